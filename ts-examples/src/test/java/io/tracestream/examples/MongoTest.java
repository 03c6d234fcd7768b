package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoClientSettings;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.tracestream.codec.FrameFormat;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * MongoDB's driver, which uses a connection for its commands and another to look after the server.
 */
@Timeout(60)
class MongoTest {
  private static final FrameFormat FORMAT = Conversation.framesOf("mongodb");
  /** A reply names its request. */
  private static final String REQUEST_ID = "copy c2s:0+4->s2c:4+4";
  /** In the reply to a driver that introduces itself. */
  private static final String TIME = "ignore s2c[len=190]:-21+8";

  @TempDir
  private Path dir;

  private final MongoServer server = new MongoServer(new MemoryBackend());
  private final MongoServer another = new MongoServer(new MemoryBackend());

  @AfterEach
  void stopServers() {
    server.shutdownNow();
    another.shutdownNow();
  }

  @Test
  void aDriverDoesWithoutItsServerAndAServerWithoutItsDriver() throws Exception {
    Path folder = dir.resolve("mongo");
    ProxyConfig recording = ProxyConfig.of(Conversation.ANY_PORT, server.bind())
        .withFormat(FORMAT)
        .withRecordingDirectory(folder);
    String heard;
    try (Proxy proxy = Proxy.start(recording)) {
      heard = takeOrders(proxy.address());
    }
    assertEquals("tea 3, cake 5, cake 6", heard);

    verify(another.bind(), folder);
    assertEquals(heard, replay(folder));
    Tshark.assertFinds(
        List.of(
            "isMaster",
            "ismaster",
            "isMaster",
            "ismaster",
            "insert",
            "n",
            "find",
            "cursor",
            "update",
            "n",
            "find",
            "cursor"),
        "mongo.element.name",
        folder,
        FORMAT);
  }

  /** Its driver opens both connections in any order, so each request gets its recorded reply. */
  private static String replay(Path folder) throws Exception {
    ReplayConfig config = ReplayConfig.of(
            Conversation.ANY_PORT, RecordingDirectory.open(folder).conversations())
        .withFormat(FORMAT)
        .withTiming(Timing.NONE)
        .withRules(Rules.of(REQUEST_ID))
        .withStub(true);
    try (ReplayServer stub = ReplayServer.start(config)) {
      String heard = takeOrders(stub.address());
      assertTrue(stub.awaitConnections(2, Conversation.DEADLINE), "the driver is at its end");
      assertTrue(stub.verdict().passed(), stub.verdict().toString());
      assertEquals(0, stub.verdict().unusedRequests());
      return heard;
    }
  }

  private static void verify(InetSocketAddress fresh, Path folder) throws Exception {
    VerifyConfig config = VerifyConfig.of(fresh, RecordingDirectory.open(folder).conversations())
        .withFormat(FORMAT)
        .withTiming(Timing.NONE)
        .withRules(Rules.of(REQUEST_ID, TIME));
    try (Verifier verifier = Verifier.start(config)) {
      assertTrue(verifier.awaitConnections(2, Conversation.DEADLINE), "the server is at its end");
      assertEquals(List.of(), verifier.verdict().mismatches());
      assertTrue(verifier.verdict().passed(), verifier.verdict().toString());
    }
  }

  private static String takeOrders(InetSocketAddress server) {
    MongoClientSettings settings = MongoClientSettings.builder()
        .applyToClusterSettings(to -> to.hosts(List.of(new ServerAddress(server))))
        .applyToServerSettings(to -> to.heartbeatFrequency(1, TimeUnit.HOURS))
        .build();
    try (MongoClient client = MongoClients.create(settings)) {
      MongoCollection<Document> orders = client.getDatabase("shop").getCollection("orders");
      orders.insertMany(List.of(
          new Document("_id", 1).append("name", "tea").append("count", 3),
          new Document("_id", 2).append("name", "cake").append("count", 5)));
      List<String> found = new ArrayList<>();
      orders.find().sort(new Document("_id", 1)).forEach(order -> found.add(text(order)));
      orders.updateOne(Filters.eq("_id", 2), Updates.inc("count", 1));
      orders.find(Filters.gt("count", 5)).forEach(order -> found.add(text(order)));
      return String.join(", ", found);
    }
  }

  private static String text(Document order) {
    return order.getString("name") + " " + order.getInteger("count");
  }
}
