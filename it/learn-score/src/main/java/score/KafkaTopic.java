package score;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache Kafka: a producer and a consumer, each on connections of its own. */
final class KafkaTopic extends Subject {
  KafkaTopic() {
    super("Kafka: a producer and a consumer", 4);
  }

  @Override
  boolean hasManyConnections() {
    return true;
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    Path folder = Files.createTempDirectory("kafka");
    int port = Programs.freePort();
    int controller = Programs.freePort();
    int inside = Programs.freePort();
    Path config = folder.resolve("server.properties");
    Files.write(
        config,
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + controller,
            "listeners=PLAINTEXT://127.0.0.1:" + port + ",INSIDE://127.0.0.1:" + inside
                + ",CONTROLLER://127.0.0.1:" + controller,
            "advertised.listeners=PLAINTEXT://127.0.0.1:" + front.getPort()
                + ",INSIDE://127.0.0.1:" + inside,
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names=CONTROLLER",
            "offsets.topic.replication.factor=1",
            "num.partitions=1",
            "log.dirs=" + folder.resolve("log")));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> jvm = List.of(
        java, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"));
    Programs.run(command(
            jvm,
            "kafka.tools.StorageTool",
            "format",
            "-t",
            "MkU3OEVBNTcwNTJENDM2Qg",
            "-c",
            config.toString())
        .toArray(new String[0]));
    Server broker = Programs.serve(
        port, folder.resolve("server.log"), command(jvm, "kafka.Kafka", config.toString()));
    // Otherwise clients ask again and again until there is a topic, some more often than others.
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + inside))) {
      admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
    }
    while (!Files.exists(folder.resolve("log").resolve("orders-0"))) {
      Thread.sleep(50);
    }
    return broker;
  }

  private static List<String> command(List<String> jvm, String... more) {
    return Stream.concat(jvm.stream(), Stream.of(more)).toList();
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    String address = InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getPort();
    Map<String, Object> settings =
        new HashMap<>(Map.of("bootstrap.servers", address, "client.id", "shop"));
    settings.put("max.block.ms", 10_000);
    settings.put("request.timeout.ms", 5_000);
    settings.put("delivery.timeout.ms", 10_000);
    settings.put("enable.idempotence", false);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < 3; i++) {
        producer.send(new ProducerRecord<>("orders", "key" + i, "order " + i)).get();
      }
    }
    StringBuilder heard = new StringBuilder();
    settings = new HashMap<>(Map.of("bootstrap.servers", address, "client.id", "shop"));
    settings.put("default.api.timeout.ms", 15_000);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", false);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("orders", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      int count = 0;
      for (int polls = 0; polls < 20 && count < 3; polls++) {
        for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofSeconds(1))) {
          heard.append(each.value()).append(", ");
          count++;
        }
      }
    }
    return heard.toString();
  }
}
