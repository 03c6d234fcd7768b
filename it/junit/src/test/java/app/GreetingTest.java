package app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.junit.ReplayExtension;
import io.tracestream.junit.ReplayTest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client is tested against recordings of the server: one is committed, one is made here. */
@Timeout(60)
class GreetingTest {
  /** The first run records; each later one needs no server. */
  @Nested
  class RecordedOnce {
    @RegisterExtension
    private final ReplayExtension server =
        ReplayExtension.of("made.tsv").withTarget(GreetingTest::startServer);

    @Test
    void theServerGreetsByName() throws IOException {
      assertEquals("hello, world", ask(server.address(), "world"));
    }
  }

  @ReplayTest("committed.tsv")
  void theRecordingGreetsByName(InetSocketAddress recorded) throws IOException {
    assertEquals("hello, world", ask(recorded, "world"));
  }

  @ReplayTest(value = "committed.tsv", rules = "ignore c2s:0+1")
  @ParameterizedTest
  @ValueSource(strings = {"world", "World"})
  void theFirstLetterMayVary(String name, InetSocketAddress recorded) throws IOException {
    assertEquals("hello, world", ask(recorded, name));
  }

  /** The client under test, which knows nothing of the libraries. */
  private static String ask(InetSocketAddress address, String name) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      send(socket, name);
      return receive(socket);
    }
  }

  /** The real server: greets one client. It knows nothing of them either. */
  private static InetSocketAddress startServer() {
    try {
      ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      new Thread(() -> greet(listener)).start();
      return (InetSocketAddress) listener.getLocalSocketAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void greet(ServerSocket listener) {
    try (listener;
        Socket client = listener.accept()) {
      send(client, "hello, " + receive(client));
      client.getInputStream().read(); // until the client has gone
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeLong(bytes.length);
    out.write(bytes);
  }

  private static String receive(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    return new String(in.readNBytes(Math.toIntExact(in.readLong())), StandardCharsets.UTF_8);
  }
}
