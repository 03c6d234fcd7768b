package io.tracestream.codec;

import static io.tracestream.codec.Bytes.buffer;
import static io.tracestream.codec.Bytes.bytes;
import static io.tracestream.codec.Bytes.counting;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@link FrameWriter} on a stream. */
class FrameWriterTest {
  private final Writes writes = new Writes();
  private final FrameWriter writer = new FrameWriter(writes, new FrameFormat(2, 300));

  /** Keeps each write apart, as a socket would send them. */
  private static final class Writes extends OutputStream {
    final List<String> heard = new ArrayList<>();

    @Override
    public void write(byte[] from, int at, int count) {
      heard.add(hex(ByteBuffer.wrap(from, at, count)));
    }

    @Override
    public void write(int one) {
      throw new AssertionError("byte by byte is slow: nobody should call this");
    }

    @Override
    public void flush() {
      heard.add("flush");
    }

    @Override
    public void close() {
      throw new AssertionError("closing is the owner's business");
    }
  }

  @Test
  void eachFrameGoesOutInOneWriteAndAtOnce() throws Exception {
    writer.write(bytes("6869"));
    assertEquals(List.of("00026869"), writes.heard);
    writer.write(bytes("21"));
    assertEquals(List.of("00026869", "000121"), writes.heard);
  }

  @Test
  void anEmptyPayloadIsAFrameLikeAnyOther() throws Exception {
    writer.write(new byte[0]);
    writer.write(ByteBuffer.allocate(0));
    assertEquals(List.of("0000", "0000"), writes.heard);
  }

  @Test
  void aFrameOfSixtyFourKibibytesIsOneWriteStill() throws Exception {
    byte[] payload = counting(64 * 1024 - 8);
    new FrameWriter(writes, FrameFormat.DEFAULT).write(payload);
    assertEquals(List.of("000000000000fff8" + hex(payload)), writes.heard);
  }

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024 - 7, 64 * 1024, 1_000_000})
  void aLongerFrameIsTwoWrites(int length) throws Exception {
    byte[] payload = counting(length);
    new FrameWriter(writes, FrameFormat.DEFAULT).write(payload);
    assertEquals(2, writes.heard.size());
    assertEquals(
        String.format("%016x", length) + hex(payload), writes.heard.get(0) + writes.heard.get(1));
  }

  @Test
  void aBufferIsWrittenFromPositionToLimitAndLeftRead() throws Exception {
    ByteBuffer payload = buffer("ff 6869 ff").position(1).limit(3);
    writer.write(payload);
    assertEquals(List.of("00026869"), writes.heard);
    assertEquals(3, payload.position());
    assertEquals(3, payload.limit());
  }

  @Test
  void aSliceOfAnArrayIsWrittenFromItsOwnStart() throws Exception {
    writer.write(buffer("ffff 6869 ff").position(2).slice().limit(2));
    assertEquals(List.of("00026869"), writes.heard);
  }

  @Test
  void aDirectBufferIsWrittenAndLeftRead() throws Exception {
    ByteBuffer payload = ByteBuffer.allocateDirect(4).put(bytes("ff 6869 ff"));
    payload.position(1).limit(3);
    writer.write(payload);
    assertEquals(List.of("00026869"), writes.heard);
    assertEquals(3, payload.position());
  }

  @Test
  void aLongDirectBufferIsWrittenInPiecesAndLeftRead() throws Exception {
    byte[] payload = counting(150_000);
    ByteBuffer direct = ByteBuffer.allocateDirect(payload.length).put(payload).flip();
    new FrameWriter(writes, FrameFormat.DEFAULT).write(direct);
    assertEquals("00000000000249f0" + hex(payload), String.join("", writes.heard));
    assertEquals(0, direct.remaining());
  }

  @Test
  void aReadOnlyLittleEndianBufferIsWrittenAndLeftRead() throws Exception {
    ByteBuffer payload = buffer("6869").asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    writer.write(payload);
    assertEquals(List.of("00026869"), writes.heard);
    assertEquals(2, payload.position());
  }

  @Test
  void thePayloadIsLentForTheCallOnly() throws Exception {
    byte[] payload = bytes("6869");
    writer.write(payload);
    payload[0] = 0;
    writer.write(payload);
    assertEquals(List.of("00026869", "00020069"), writes.heard);
  }

  @Test
  void aPayloadAsLongAsTheCapIsTaken() throws Exception {
    writer.write(counting(300));
    assertEquals(List.of("012c" + hex(counting(300))), writes.heard);
  }

  @Test
  void aLongerPayloadIsRefusedAndNothingIsWritten() throws Exception {
    writer.write(bytes("21"));
    FrameException e = assertThrows(FrameException.class, () -> writer.write(new byte[301]));
    assertEquals(
        "byte 3: payload length: found 301, expected at most 300 (header length 2);"
            + " send less or agree on another format",
        e.getMessage());
    assertEquals(3, e.offset());
    assertEquals(List.of("000121"), writes.heard);
  }

  @Test
  void theWriterGoesOnAfterARefusal() throws Exception {
    assertThrows(FrameException.class, () -> writer.write(new byte[301]));
    writer.write(bytes("21"));
    assertEquals(List.of("000121"), writes.heard);
  }

  @Test
  void aRefusedBufferIsLeftUnreadWhereverItsBytesAre() {
    for (ByteBuffer payload : List.of(ByteBuffer.allocate(301), ByteBuffer.allocateDirect(301))) {
      assertThrows(FrameException.class, () -> writer.write(payload));
      assertEquals(301, payload.remaining());
    }
    assertEquals(List.of(), writes.heard);
  }

  @ParameterizedTest(name = "{0} bytes can say {1}")
  @CsvSource({"1, 255", "2, 65535", "3, 16777215"})
  void aShortHeaderLowersTheCap(int header, int longest) throws Exception {
    FrameFormat format = new FrameFormat(header, FrameFormat.LARGEST_PAYLOAD);
    Exception e = assertThrows(
        FrameException.class, () -> new FrameWriter(writes, format).write(new byte[longest + 1]));
    assertEquals(
        "byte 0: payload length: found " + (longest + 1) + ", expected at most " + longest
            + " (header length " + header + "); send less or agree on another format",
        e.getMessage());
    assertEquals(List.of(), writes.heard);
  }

  @Test
  void aOneByteHeaderSays255() throws Exception {
    new FrameWriter(writes, new FrameFormat(1, 1000)).write(counting(255));
    assertEquals(List.of("ff" + hex(counting(255))), writes.heard);
  }

  @Test
  void aSixteenByteHeaderIsFilledWithZeros() throws Exception {
    FrameWriter sixteen = new FrameWriter(writes, new FrameFormat(16, 300));
    sixteen.write(counting(300));
    sixteen.write(bytes("21"));
    assertEquals(
        List.of("00".repeat(14) + "012c" + hex(counting(300)), "00".repeat(15) + "01" + "21"),
        writes.heard);
  }

  @Test
  void whatTheStreamThrowsIsThrownOn() {
    IOException reset = new IOException("connection reset");
    OutputStream broken = new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        throw reset;
      }
    };
    FrameWriter toBroken = new FrameWriter(broken, FrameFormat.DEFAULT);
    assertSame(reset, assertThrows(IOException.class, () -> toBroken.write(new byte[1])));
  }
}
