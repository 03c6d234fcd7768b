package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own streams: what many an in-house protocol is made of. */
@Timeout(60)
class DataStreamTest {
  @TempDir
  private Path dir;

  @Test
  void textInUtfIsFramedByItself() throws Exception {
    Conversation greeting = new Conversation(new FrameFormat(2, 65_535), DataStreamTest::greet);
    Path file = dir.resolve("greeting.rec");
    try (BlockingServer server =
        BlockingServer.start((in, out) -> out.writeUTF(upperCase(in.readUTF())))) {
      assertEquals("GRÜSS GOTT, , ADIEU", greeting.record(server.address(), file));
      greeting.verify(server.address(), file, Rules.NONE);
    }
    assertEquals("GRÜSS GOTT, , ADIEU", greeting.replay(file, Rules.NONE));
  }

  private static String upperCase(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static String greet(InetSocketAddress server) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      out.writeUTF("Grüß Gott");
      out.writeUTF("");
      String first = in.readUTF() + ", " + in.readUTF();
      out.writeUTF("Adieu");
      return first + ", " + in.readUTF();
    }
  }

  @Test
  void anIdThatTheClientMakesUpIsLearntFromTwoConversations() throws Exception {
    Conversation calls = new Conversation(new FrameFormat(4, 1000), DataStreamTest::call);
    Path first = dir.resolve("first.rec");
    Path second = dir.resolve("second.rec");
    try (BlockingServer server = BlockingServer.start(DataStreamTest::answer)) {
      calls.record(server.address(), first);
      calls.record(server.address(), second);
    }

    Rules rules = calls.learn(first, second);
    assertEquals("copy c2s:0+16->s2c:1+16\n", rules.toString());
    assertEquals("ADD PAUL, ADD MARIE, ", calls.replay(first, rules));
  }

  /** Each request has an id of its own, and refuses a reply with another one. */
  private static String call(InetSocketAddress server) throws IOException {
    StringBuilder heard = new StringBuilder();
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (String request : new String[] {"add Paul", "add Marie"}) {
        UUID id = UUID.randomUUID();
        byte[] text = request.getBytes(UTF_8);
        out.writeInt(16 + text.length);
        writeId(out, id);
        out.write(text);
        int length = in.readInt();
        assertEquals(0, in.readByte(), "the status");
        assertEquals(id, readId(in));
        heard.append(new String(in.readNBytes(length - 17), UTF_8)).append(", ");
      }
    }
    return heard.toString();
  }

  private static void answer(DataInputStream in, DataOutputStream out) throws IOException {
    int length = in.readInt();
    UUID id = readId(in);
    byte[] reply = upperCase(new String(in.readNBytes(length - 16), UTF_8)).getBytes(UTF_8);
    out.writeInt(17 + reply.length);
    out.writeByte(0);
    writeId(out, id);
    out.write(reply);
  }

  private static void writeId(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  private static UUID readId(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
