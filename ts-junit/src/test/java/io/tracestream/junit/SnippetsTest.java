package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Frames;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Java code about this module that the pages in {@code docs} show, compiled and run. Each
 * snippet is between two lines of dashes; {@code PagesTest} in ts-examples looks for it in the
 * pages. They are not in that module, as it would then have to be built after this one, and ts-cli
 * after both.
 */
@Timeout(60)
class SnippetsTest {
  // ----
  @ReplayTest(value = "hello.tsv", target = "localhost:9001")
  void theServerSendsBackWhatItGot(InetSocketAddress server) throws Exception {
    try (SimpleClient client = new SimpleClient(server, FrameFormat.DEFAULT)) {
      client.send("hello", 1, reply -> assertEquals("1_hello", reply));
    }
  }
  // ----

  @Nested
  class WithFaults {
    // ----
    @ReplayTest(
        value = "balance.tsv",
        headerLength = 4,
        rules = "copy c2s:0+4->s2c:0+4",
        faults = "s2c truncate 10")
    void halfABalanceIsAnError(InetSocketAddress server) throws Exception {
      try (BankClient client = new BankClient(server)) {
        assertThrows(EOFException.class, () -> client.ask("balance anna"));
      }
    }
    // ----

    // ----
    @ReplayTest(value = "balance.tsv", headerLength = 4, rules = "copy c2s:0+4->s2c:0+4")
    void theSecondAnswerMayBeLate(InetSocketAddress server, Faults faults) throws Exception {
      annaHasSomeMoney(server);
      faults.set(Fault.delay(Frames.of(Direction.S2C), Duration.ofMillis(200)));
      annaHasSomeMoney(server);
    }
    // ----

    private void annaHasSomeMoney(InetSocketAddress server) throws Exception {
      try (BankClient client = new BankClient(server)) {
        assertEquals("42.00", client.ask("balance anna"));
      }
    }
  }

  /** The client of the README, but one that notices when a reply is cut short. */
  private static final class BankClient implements AutoCloseable {
    private final Socket socket;

    private BankClient(InetSocketAddress server) throws IOException {
      socket = new Socket(server.getAddress(), server.getPort());
    }

    private String ask(String question) throws IOException {
      byte[] text = question.getBytes(StandardCharsets.UTF_8);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(4 + text.length);
      out.writeInt(7);
      out.write(text);

      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] reply = new byte[in.readInt()];
      in.readFully(reply);
      assertEquals(7, ByteBuffer.wrap(reply).getInt());
      return new String(reply, 4, reply.length - 4, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Nested
  class WithAField {
    // ----
    @RegisterExtension
    private final ReplayExtension server =
        ReplayExtension.of("hello.tsv").withRules("ignore c2s:0+1");

    @ParameterizedTest
    @ValueSource(strings = {"1_hello", "2_hello"})
    void theFirstByteMayVary(String greeting) throws Exception {
      greet(server.address(), greeting);
      assertFalse(server.isRecording());
    }
    // ----

    private void greet(InetSocketAddress address, String greeting) throws Exception {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        assertEquals("1_hello", ask(socket, FrameFormat.DEFAULT, greeting));
      }
    }
  }

  /** Acts as the one in ts-examples. */
  private static final class SimpleClient implements AutoCloseable {
    private final Socket socket;
    private final FrameFormat format;

    private SimpleClient(InetSocketAddress server, FrameFormat format) throws IOException {
      this.socket = new Socket(server.getAddress(), server.getPort());
      this.format = format;
    }

    private void send(String text, int count, Consumer<String> replies) throws IOException {
      for (int i = 1; i <= count; i++) {
        replies.accept(ask(socket, format, i + "_" + text));
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static String ask(Socket socket, FrameFormat format, String text) throws IOException {
    new FrameWriter(socket.getOutputStream(), format).write(text.getBytes());
    return new String(new FrameReader(socket.getInputStream(), format).read());
  }
}
