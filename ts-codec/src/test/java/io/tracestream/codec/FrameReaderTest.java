package io.tracestream.codec;

import static io.tracestream.codec.Bytes.bytes;
import static io.tracestream.codec.Bytes.counting;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.PiecewiseStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final FrameFormat TWO_BYTES = new FrameFormat(2, 300);
  private static final FrameFormat FOUR_BYTES = new FrameFormat(4, FrameFormat.LARGEST_PAYLOAD);

  private static FrameReader reader(String hex) {
    return new FrameReader(PiecewiseStream.whole(bytes(hex)), TWO_BYTES);
  }

  @Test
  void framesAreReadInOrderUntilTheEnd() throws Exception {
    FrameReader reader = reader("0002 6869" + "0000" + "0001 21");
    assertEquals("6869", hex(reader.read()));
    assertEquals("", hex(reader.read()));
    assertEquals("21", hex(reader.read()));
    assertNull(reader.read());
    assertNull(reader.read());
  }

  @Test
  void anEmptyStreamEndsCleanly() throws Exception {
    assertNull(reader("").read());
    assertNull(reader("").lend());
  }

  @Test
  void aReadPayloadIsTheCallersOwn() throws Exception {
    FrameReader reader = reader("0002 6869" + "0002 6a6b");
    byte[] first = reader.read();
    first[0] = 0;
    assertEquals("6a6b", hex(reader.read()));
    assertEquals("0069", hex(first));
  }

  @Test
  void aLentPayloadIsAViewBackedByAnArray() throws Exception {
    FrameReader reader = reader("0002 6869" + "0001 21");
    ByteBuffer first = reader.lend();
    assertTrue(first.hasArray());
    assertEquals("6869", hex(first));
    first.position(first.limit()).order(ByteOrder.LITTLE_ENDIAN); // is nothing to the reader
    ByteBuffer second = reader.lend();
    assertEquals("21", hex(second));
    assertEquals(ByteOrder.BIG_ENDIAN, second.order());
    assertSame(first.array(), second.array());
    assertNull(reader.lend());
  }

  @Test
  void lendingAllocatesNothingPerFrame() throws Exception {
    byte[] frames = new byte[1_000_000]; // of empty payloads
    FrameReader reader = new FrameReader(PiecewiseStream.whole(frames), TWO_BYTES);
    reader.lend(); // makes what is used over and over
    long before = Allocated.bytes();
    while (reader.lend() != null) {}
    long allocated = Allocated.bytes() - before;
    assertTrue(allocated < 100_000, "allocated " + allocated);
  }

  @Test
  void aStreamThatComesByteByByteGivesTheSameFrames() throws Exception {
    FrameReader reader =
        new FrameReader(PiecewiseStream.byteByByte(bytes("0002 6869 0000 0001 21")), TWO_BYTES);
    assertEquals("6869", hex(reader.read()));
    assertEquals("", hex(reader.read()));
    assertEquals("21", hex(reader.read()));
    assertNull(reader.read());
  }

  @Test
  void aFrameIsGivenAsSoonAsItsLastByteHasCome() throws Exception {
    PiecewiseStream stream = PiecewiseStream.byteByByte(bytes("0002 6869 0001 21"));
    FrameReader reader = new FrameReader(stream, TWO_BYTES);
    assertEquals("6869", hex(reader.read()));
    assertEquals(4, stream.position());
  }

  @Test
  void aReaderIsReadyWhileWholeFramesAreAtHand() throws Exception {
    FrameReader reader = reader("0002 6869" + "0000" + "0001");
    assertFalse(reader.ready()); // nothing was read yet
    reader.read();
    assertTrue(reader.ready());
    reader.read();
    assertFalse(reader.ready());
    assertThrows(FrameException.class, reader::read);
  }

  @Test
  void aReaderIsNotReadyInsideAHeaderOrALargeFrame() throws Exception {
    byte[] large = counting(100_000);
    FrameReader reader =
        new FrameReader(PiecewiseStream.withTimeOuts(encoded(large, large), 70_000), FOUR_BYTES);
    readOrTimeOut(reader);
    assertFalse(reader.ready());
    assertEquals(hex(large), readOrTimeOut(reader));
    assertFalse(reader.ready());
    FrameReader inHeader = reader("0001 21" + "00");
    inHeader.read();
    assertFalse(inHeader.ready());
  }

  @Test
  void aReaderIsReadyToRefuseALengthAboveTheCap() throws Exception {
    FrameReader reader = reader("0001 21" + "012d");
    reader.read();
    assertTrue(reader.ready());
    assertThrows(FrameException.class, reader::read);
  }

  /** Sizes around those of the reader's buffer and of its first array for a large payload. */
  @ParameterizedTest
  @ValueSource(
      ints = {65_531, 65_532, 65_533, 65_536, 65_537, 131_071, 131_072, 131_073, 262_145, 3_000_000
      })
  void aLargePayloadComesBetweenSmallOnesInAnyPieces(int length) throws Exception {
    byte[] large = counting(length);
    byte[] stream = encoded(counting(3), large, large, counting(5));
    for (int piece : new int[] {1000, 65_536, 65_537, Integer.MAX_VALUE}) {
      FrameReader reader = new FrameReader(new PiecewiseStream(stream, () -> piece), FOUR_BYTES);
      assertArrayEquals(counting(3), reader.read());
      assertArrayEquals(large, reader.read());
      assertEquals(ByteBuffer.wrap(large), reader.lend());
      assertArrayEquals(counting(5), reader.read());
      assertNull(reader.read());
    }
  }

  @Test
  void aTimeOutKeepsWhatHadComeOfASmallFrame() throws Exception {
    FrameReader reader =
        new FrameReader(PiecewiseStream.withTimeOuts(bytes("0002 6869 0001 21"), 1), TWO_BYTES);
    List<String> heard = new ArrayList<>();
    while (heard.size() < 9) {
      heard.add(readOrTimeOut(reader));
    }
    assertEquals(
        List.of("later", "later", "later", "6869", "later", "later", "later", "21", "later"),
        heard);
    assertNull(reader.read());
  }

  @Test
  void aTimeOutKeepsWhatHadComeOfALargeFrame() throws Exception {
    byte[] large = counting(300_000);
    FrameReader reader = new FrameReader(
        PiecewiseStream.withTimeOuts(encoded(large, counting(2)), 10_000), FOUR_BYTES);
    int timeOuts = 0;
    String heard = readOrTimeOut(reader);
    for (; heard.equals("later"); heard = readOrTimeOut(reader)) {
      timeOuts++;
    }
    assertEquals(hex(large), heard);
    assertTrue(timeOuts >= 29, "time-outs: " + timeOuts);
    assertEquals("later", readOrTimeOut(reader));
    assertEquals("0001", hex(reader.read()));
  }

  private static String readOrTimeOut(FrameReader reader) throws IOException {
    try {
      return hex(reader.read());
    } catch (SocketTimeoutException e) {
      return "later";
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "00, 1 of 2 header bytes",
    "0002, 0 of 2 payload bytes",
    "0002 68, 1 of 2 payload bytes",
    "012c 6868, 2 of 300 payload bytes"
  })
  void anEndInsideAFrameSaysHowMuchHadCome(String partial, String had) throws Exception {
    FrameReader reader = reader("0001 21" + partial);
    assertEquals("21", hex(reader.read()));
    FrameException e = assertThrows(FrameException.class, reader::read);
    assertEquals(
        "byte 3: found the end after " + had + "; the sender stopped early", e.getMessage());
    assertEquals(3, e.offset());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_531, 65_532, 65_533, 131_072, 199_999})
  void anEndInsideALargePayloadSaysHowMuchHadCome(int had) {
    byte[] cut = Arrays.copyOf(encoded(counting(200_000)), 4 + had);
    FrameReader reader = new FrameReader(PiecewiseStream.whole(cut), FOUR_BYTES);
    Exception e = assertThrows(FrameException.class, reader::lend);
    assertEquals(
        "byte 0: found the end after " + had + " of 200000 payload bytes; the sender stopped early",
        e.getMessage());
  }

  @Test
  void aLengthAboveTheCapIsAnErrorBehindTheFramesBeforeIt() throws Exception {
    FrameReader reader = reader("0001 21" + "012d");
    assertEquals("21", hex(reader.read()));
    FrameException e = assertThrows(FrameException.class, reader::read);
    assertEquals(
        "byte 3: payload length: found 301, expected at most 300;"
            + " check the header length and the largest payload",
        e.getMessage());
    assertEquals(3, e.offset());
  }

  @Test
  void aSixteenByteHeaderIsAboveTheCapByItsFirstByteAlone() {
    byte[] header = bytes("01" + "00".repeat(15));
    FrameReader reader =
        new FrameReader(PiecewiseStream.whole(header), new FrameFormat(16, 16_777_216));
    Exception e = assertThrows(FrameException.class, reader::read);
    assertEquals(
        "byte 0: payload length: found 1329227995784915872903807060280344576,"
            + " expected at most 16777216; check the header length and the largest payload",
        e.getMessage());
  }

  @Test
  void twoGigabytesAnnouncedTakeNoMemoryBeforeTheyCome() {
    PiecewiseStream stream = PiecewiseStream.whole(bytes("7ffffff7" + "0102"));
    FrameReader reader = new FrameReader(stream, FOUR_BYTES);
    Exception e = assertThrows(FrameException.class, reader::read);
    assertEquals(
        "byte 0: found the end after 2 of 2147483639 payload bytes; the sender stopped early",
        e.getMessage());
    assertTrue(stream.largestArray() <= 128 * 1024, "took " + stream.largestArray());
  }

  @Test
  void memoryIsAtMostTwiceWhatHasCome() {
    byte[] cut = bytes("7ffffff7" + "00".repeat(1_000_000));
    PiecewiseStream stream = PiecewiseStream.whole(cut);
    assertThrows(FrameException.class, () -> new FrameReader(stream, FOUR_BYTES).read());
    assertTrue(stream.largestArray() <= 2_097_152, "took " + stream.largestArray());
  }

  @Test
  void offsetsCountLargeFramesToo() throws Exception {
    byte[] stream = encoded(counting(200_000), counting(1));
    stream[200_004] = (byte) 0xff;
    FrameReader reader = new FrameReader(PiecewiseStream.whole(stream), FOUR_BYTES);
    assertNotNull(reader.read());
    assertEquals(200_004, assertThrows(FrameException.class, reader::read).offset());
  }

  @Test
  void whatTheStreamThrowsIsThrownOn() {
    IOException reset = new IOException("connection reset");
    InputStream broken = new InputStream() {
      @Override
      public int read() throws IOException {
        throw reset;
      }
    };
    FrameReader reader = new FrameReader(broken, TWO_BYTES);
    assertSame(reset, assertThrows(IOException.class, reader::read));
  }

  private static byte[] encoded(byte[]... payloads) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] payload : payloads) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(payload.length).array());
      out.writeBytes(payload);
    }
    return out.toByteArray();
  }
}
