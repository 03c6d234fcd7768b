package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.tracestream.rules.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;
import org.apache.qpid.server.model.port.AmqpPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** AMQP 0-9-1, whose client begins without a length: RabbitMQ's client talks to Qpid. */
@EnabledForJreRange(max = JRE.JAVA_23, disabledReason = "Qpid needs what JDK 24 removed")
@Timeout(60)
class AmqpTest {
  private static final String BROKER = """
      {
        "name": "broker",
        "modelVersion": "9.0",
        "authenticationproviders": [{
          "name": "users",
          "type": "Plain",
          "secureOnlyMechanisms": [],
          "users": [{"name": "guest", "type": "managed", "password": "guest"}]
        }],
        "ports": [{
          "name": "amqp",
          "type": "AMQP",
          "port": 0,
          "bindingAddress": "127.0.0.1",
          "authenticationProvider": "users",
          "virtualhostaliases": [{"name": "names", "type": "nameAlias"}],
          "protocols": ["AMQP_0_9_1"]
        }],
        "virtualhostnodes": [{
          "name": "default",
          "type": "Memory",
          "defaultVirtualHostNode": "true",
          "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
        }]
      }
      """;

  @TempDir
  private Path dir;

  private SystemLauncher broker;
  private SystemConfig<?> running;
  private InetSocketAddress address;

  @BeforeEach
  void startBroker() throws Exception {
    Path config = Files.writeString(dir.resolve("broker.json"), BROKER);
    broker = new SystemLauncher(new DefaultSystemLauncherListener() {
      @Override
      public void onContainerResolve(SystemConfig<?> system) {
        running = system;
      }
    });
    broker.startup(Map.of(
        "type",
        "Memory",
        "initialConfigurationLocation",
        config.toString(),
        "startupLoggedToSystemOut",
        "false",
        "context",
        Map.of("qpid.work_dir", dir.toString())));
    AmqpPort<?> port =
        (AmqpPort<?>) running.getContainer().getChildren(Port.class).iterator().next();
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getBoundPort());
  }

  @AfterEach
  void stopBroker() {
    broker.shutdown();
  }

  @Test
  void aClientDoesWithoutItsBrokerAndTheBrokerWithoutItsClient() throws Exception {
    Conversation orders = Conversation.of("amqp", AmqpTest::order);
    Path file = dir.resolve("amqp.rec");
    String heard = orders.record(address, file);
    assertEquals("tea, cake", heard);
    orders.verify(address, file, Rules.NONE);
    assertEquals(heard, orders.replay(file, Rules.NONE));
    List<String> bodies = List.of("746561", "63616b65", "746561", "63616b65");
    Tshark.assertFinds(bodies, "amqp.payload", file, orders.format());
  }

  private static String order(InetSocketAddress server) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(server.getHostString());
    factory.setPort(server.getPort());
    factory.setVirtualHost("default");
    factory.setRequestedHeartbeat(0);
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("orders", false, false, true, null);
      BlockingQueue<String> orders = new LinkedBlockingQueue<>();
      channel.confirmSelect();
      for (String order : List.of("tea", "cake")) {
        channel.basicPublish("", "orders", MessageProperties.TEXT_PLAIN, order.getBytes(UTF_8));
        channel.waitForConfirms(10_000);
      }
      channel.basicConsume(
          "orders",
          false,
          "kitchen",
          (tag, order) -> {
            channel.basicAck(order.getEnvelope().getDeliveryTag(), false);
            orders.add(new String(order.getBody(), UTF_8));
          },
          tag -> {});
      List<String> heard = new ArrayList<>();
      while (heard.size() < 2) {
        heard.add(orders.poll(10, TimeUnit.SECONDS));
      }
      channel.basicCancel("kitchen");
      return String.join(", ", heard);
    }
  }
}
