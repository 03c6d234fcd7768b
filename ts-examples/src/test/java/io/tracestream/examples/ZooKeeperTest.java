package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole product, with sessions, and events that its server sends unasked. */
@Timeout(60)
class ZooKeeperTest {
  private static final FrameFormat FORMAT = new FrameFormat(4, 1_000_000);
  private static final int TICK_MILLIS = 3000;
  private static final int SESSION_MILLIS = 60_000; // without a ping in a test of some seconds

  @TempDir
  private Path dir;

  private ServerCnxnFactory server;

  @BeforeEach
  void startServer() throws Exception {
    server = ServerCnxnFactory.createFactory(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.startup(new ZooKeeperServer(
        dir.resolve("snapshots").toFile(), dir.resolve("log").toFile(), TICK_MILLIS));
  }

  @AfterEach
  void stopServer() {
    server.shutdown();
  }

  @Test
  void itsClientDoesWithoutItsServerAndItsServerWithoutItsClient() throws Exception {
    Conversation session = new Conversation(FORMAT, ZooKeeperTest::useNodes);
    Path file = dir.resolve("session.rec");
    String heard = session.record(server.getLocalAddress(), file);
    assertEquals("hello, NodeDataChanged on /greeting, hello again", heard);

    session.verify(server.getLocalAddress(), file, whatItsServerMakesUp());
    server.shutdown();
    assertEquals(heard, session.replay(file, Rules.NONE));
  }

  private static Rules whatItsServerMakesUp() {
    return Rules.of(
        "ignore s2c:8+8", // the session's id, in the first reply
        "ignore s2c:20+16", // and its password
        "ignore s2c:4+8", // the transaction's id, in the others
        "ignore s2c:-68+32", // of a node: two transactions' ids, and two times
        "ignore s2c:-8+8"); // and the id of the transaction that changed its children
  }

  private static String useNodes(InetSocketAddress server) throws Exception {
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    String hostAndPort = server.getHostString() + ":" + server.getPort();
    ZooKeeper client = new ZooKeeper(hostAndPort, SESSION_MILLIS, events::add);
    try {
      assertEquals(Watcher.Event.KeeperState.SyncConnected, next(events).getState());
      return useNodes(client, events);
    } finally {
      client.close();
    }
  }

  private static String useNodes(ZooKeeper client, BlockingQueue<WatchedEvent> events)
      throws Exception {
    String node = "/greeting";
    client.create(node, bytes("hello"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    String before = new String(client.getData(node, true, null), UTF_8);
    client.setData(node, bytes("hello again"), 0);
    WatchedEvent event = next(events);
    String after = new String(client.getData(node, false, null), UTF_8);
    client.delete(node, 1);
    return before + ", " + event.getType() + " on " + event.getPath() + ", " + after;
  }

  private static WatchedEvent next(BlockingQueue<WatchedEvent> events) throws Exception {
    WatchedEvent event = events.poll(10, TimeUnit.SECONDS);
    assertNotNull(event, "an event in time");
    return event;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
