package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClientSendTest {
  private static final int FRAME_LENGTH = 8 + ClientSend.PAYLOAD_LENGTH;

  @Test
  void aRunPrintsItsSixFigures() throws Exception {
    List<String> lines = new ClientSend(20, 3).run().text().lines().toList();
    assertEquals(
        "messages payload_len payload_total elapsed messages/s MiB/s",
        lines.stream().map(line -> line.split(": ")[0]).collect(Collectors.joining(" ")));
    assertEquals(
        List.of("messages: 20", "payload_len: 10240", "payload_total: 204800"),
        lines.subList(0, 3));
  }

  @Test
  void aFlippedByteAnywhereInAPayloadIsFound() {
    for (long index = 8; index < FRAME_LENGTH; index += 101) {
      long at = 12L * FRAME_LENGTH + index;
      Exception e = assertThrows(IOException.class, () -> sendFlipping(at));
      String place = "frame 13: payload byte " + (index - 8) + ": found ";
      assertTrue(e.getMessage().startsWith(place), e::getMessage);
    }
  }

  @Test
  void aShorterLengthInAHeaderIsFound() {
    Exception e = assertThrows(IOException.class, () -> sendFlipping(2 * FRAME_LENGTH + 6));
    assertEquals("frame 3: found 10496 payload bytes, expected 10240", e.getMessage());
  }

  @Test
  void aLongLengthInAHeaderIsRefusedByTheCodec() {
    assertThrows(FrameException.class, () -> sendFlipping(2 * FRAME_LENGTH + 1));
  }

  @Test
  void aMissingFrameIsFound() throws Exception {
    Pipe pipe = new Pipe(ClientSend.payload());
    send(pipe);
    Exception e = assertThrows(IOException.class, () -> pipe.requireFrames(21));
    assertEquals("found 20 frames, expected 21", e.getMessage());
  }

  private static void sendFlipping(long at) throws IOException {
    send(new Flipping(at));
  }

  private static void send(Pipe pipe) throws IOException {
    FrameWriter writer = new FrameWriter(pipe, FrameFormat.DEFAULT);
    for (int i = 0; i < 20; i++) {
      writer.write(ClientSend.payload());
    }
    pipe.close();
  }

  /** Flips one bit on the way into the pipe. */
  private static final class Flipping extends Pipe {
    private long bytesBefore;

    Flipping(long at) {
      super(ClientSend.payload());
      bytesBefore = at;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      if (bytesBefore >= 0 && bytesBefore < from.remaining()) {
        int index = from.position() + (int) bytesBefore;
        from.put(index, (byte) (from.get(index) ^ 1));
      }
      bytesBefore -= from.remaining();
      return super.write(from);
    }
  }
}
