package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A conversation is recorded once, and then answered from its recording. */
@Timeout(60)
class RecordedTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir
  private Path dir;

  @Test
  void aRecordingAnswersLikeTheServerDid() throws Exception {
    Path recording = dir.resolve("greeting.rec");
    try (ServerSocket server = new ServerSocket(0, 1, ANY_PORT.getAddress());
        Proxy proxy = Proxy.start(
            ProxyConfig.of(ANY_PORT, local(server.getLocalPort())).withRecording(recording))) {
      Thread greeter = new Thread(() -> greet(server));
      greeter.start();
      assertEquals("hello, world", ask(proxy.address(), "world"));
      greeter.join();
    }

    try (ReplayServer replay = ReplayServer.start(ReplayConfig.of(ANY_PORT, recording))) {
      assertEquals("hello, world", ask(replay.address(), "world"));
      assertTrue(replay.awaitConnections(1, Duration.ofSeconds(10)));
      assertEquals(List.of(), replay.verdict().mismatches());
      assertEquals(1, replay.verdict().matched());
    }
  }

  /** The server: answers one frame. It knows nothing of the libraries under test. */
  private static void greet(ServerSocket server) {
    try (Socket client = server.accept()) {
      String name = receive(client);
      send(client, "hello, " + name);
      client.getInputStream().read(); // until the client has gone
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The client, which knows nothing of them either. */
  private static String ask(InetSocketAddress address, String name) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      send(socket, name);
      return receive(socket);
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeLong(text.length());
    out.writeBytes(text);
  }

  private static String receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    return new String(in.readNBytes(Math.toIntExact(in.readLong())));
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(ANY_PORT.getAddress(), port);
  }
}
