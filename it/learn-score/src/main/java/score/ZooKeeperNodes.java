package score;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
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

/** Apache ZooKeeper: a session, nodes, and events that the server sends unasked. */
final class ZooKeeperNodes extends Subject {
  private static final int SESSION_MILLIS = 60_000; // so that no ping is due

  ZooKeeperNodes() {
    super("ZooKeeper: nodes and a watch", 4);
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    Path folder = Files.createTempDirectory("zookeeper");
    ServerCnxnFactory server = ServerCnxnFactory.createFactory(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.startup(new ZooKeeperServer(folder.toFile(), folder.toFile(), 3000));
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return server.getLocalAddress();
      }

      @Override
      public void close() {
        server.shutdown();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
    ZooKeeper client =
        new ZooKeeper(server.getHostString() + ":" + server.getPort(), SESSION_MILLIS, events::add);
    try {
      if (next(events).getState() != Watcher.Event.KeeperState.SyncConnected) {
        throw new IOException("not connected");
      }
      client.create(
          "/greeting", bytes("hello"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      String before = new String(client.getData("/greeting", true, null), UTF_8);
      client.setData("/greeting", bytes("hello again"), 0);
      WatchedEvent event = next(events);
      client.create("/greeting/a", bytes("A"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      client.create("/greeting/b", bytes("B"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
      String after = client.getChildren("/greeting", false).stream().sorted().toList()
          + new String(client.getData("/greeting/b", false, null), UTF_8);
      return before + ", " + event.getType() + ", " + after;
    } finally {
      client.close();
    }
  }

  private static WatchedEvent next(BlockingQueue<WatchedEvent> events) throws Exception {
    WatchedEvent event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new IOException("no event came");
    }
    return event;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
