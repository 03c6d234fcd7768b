package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tracestream.rules.Rules;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages of Protocol Buffers, each after its length as a varint of one to three bytes. */
@Timeout(60)
class ProtobufTest {
  private static final List<Integer> SIZES = List.of(0, 1, 100, 127, 128, 129, 20_000);

  @TempDir
  private Path dir;

  @Test
  void delimitedMessagesAreReplayedToTheClientAndToTheServer() throws Exception {
    Conversation delimited = Conversation.of("protobuf", ProtobufTest::ask);
    Path file = dir.resolve("protobuf.rec");
    String heard;
    try (BlockingServer server = BlockingServer.start(ProtobufTest::answer)) {
      heard = delimited.record(server.address(), file);
      delimited.verify(server.address(), file, Rules.NONE);
    }
    assertEquals(SIZES.toString(), heard);
    assertEquals(heard, delimited.replay(file, Rules.NONE));
  }

  /** Sends texts of all sizes, and gives the sizes of those that come back. */
  private static String ask(InetSocketAddress server) throws IOException {
    List<Integer> sizes = new ArrayList<>();
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      OutputStream out = socket.getOutputStream();
      for (int size : SIZES) {
        text("x".repeat(size)).writeDelimitedTo(out);
        Struct reply = Struct.parseDelimitedFrom(socket.getInputStream());
        sizes.add(reply.getFieldsOrThrow("text").getStringValue().length());
      }
    }
    return sizes.toString();
  }

  private static Struct text(String text) {
    Value value = Value.newBuilder().setStringValue(text).build();
    return Struct.newBuilder().putFields("text", value).build();
  }

  private static void answer(DataInputStream in, DataOutputStream out) throws IOException {
    Struct request = Struct.parseDelimitedFrom(in);
    if (request == null) {
      throw new EOFException();
    }
    request.writeDelimitedTo(out);
  }
}
