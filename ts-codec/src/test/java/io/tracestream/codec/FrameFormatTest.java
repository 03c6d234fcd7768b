package io.tracestream.codec;

import static io.tracestream.codec.Bytes.buffer;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameFormatTest {
  @Test
  void aFormatIsItsFramingAndItsCap() {
    FrameFormat format = new FrameFormat(4, 100);
    assertEquals(new FrameFormat(Framing.parse("length=4"), 100), format);
    assertEquals(new FrameFormat(4, 100).hashCode(), format.hashCode());
    assertNotEquals(new FrameFormat(4, 101), format);
    assertNotEquals(new FrameFormat(5, 100), format);
    assertEquals("length=4, payloads of at most 100 bytes", format.toString());
    FrameFormat amqp = new FrameFormat(Framing.parse("amqp"), 100);
    assertNotEquals(amqp.ofServer(), amqp.ofClient());
  }

  @Test
  void theDefaultIsAnEightByteHeaderAndSixteenMebibytes() {
    assertEquals(new FrameFormat(8, 16_777_216), FrameFormat.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 15, 16})
  void aHeaderOfOneToSixteenBytesIsTaken(int headerLength) {
    assertEquals(headerLength, new FrameFormat(headerLength, 10).headerLength());
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 17, Integer.MAX_VALUE})
  void anyOtherHeaderLengthIsRefusedByName(int headerLength) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> new FrameFormat(headerLength, 10));
    assertEquals("headerLength: found " + headerLength + ", expected 1 to 16", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_777_216, 2_147_483_639})
  void aCapOfNothingUpToTheLongestArrayIsTaken(int cap) {
    assertEquals(cap, new FrameFormat(8, cap).maxPayloadLength());
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 2_147_483_640, Integer.MAX_VALUE})
  void anyOtherCapIsRefusedByName(int cap) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> new FrameFormat(8, cap));
    assertEquals("maxPayloadLength: found " + cap + ", expected 0 to 2147483639", e.getMessage());
  }

  @ParameterizedTest(name = "{0} bytes of header, cap {1}: {2}")
  @CsvSource({
    "1, 2147483639, 255",
    "2, 2147483639, 65535",
    "3, 2147483639, 16777215",
    "4, 2147483639, 2147483639",
    "16, 2147483639, 2147483639",
    "1, 254, 254",
    "1, 255, 255",
    "1, 256, 255",
    "2, 0, 0",
    "8, 10, 10",
  })
  void theLongestPayloadIsTheCapOrWhatTheHeaderCanSay(int header, int cap, int longest) {
    assertEquals(longest, new FrameFormat(header, cap).longestPayload());
  }

  @ParameterizedTest(name = "{1} in {0} bytes: {2}")
  @CsvSource({
    "1, 0, 00",
    "1, 255, ff",
    "2, 255, 00ff",
    "2, 65535, ffff",
    "3, 66051, 010203",
    "4, 2147483639, 7ffffff7",
    "8, 16777216, 0000000001000000",
    "16, 0, 00000000000000000000000000000000",
    "16, 2147483639, 0000000000000000000000007ffffff7",
  })
  void aHeaderIsBigEndianAndFillsItsBytes(int header, int payloadLength, String bytes)
      throws Exception {
    FrameFormat format = new FrameFormat(header, FrameFormat.LARGEST_PAYLOAD);
    ByteBuffer put = ByteBuffer.allocate(header);
    format.putPlainHeader(put, payloadLength);
    assertEquals(bytes, hex(put.flip()));
    assertEquals(header + (long) payloadLength, format.frameLength(put, 0, 0));
  }

  @Test
  void aHeaderIsPutWhereItBelongsAndNowhereElse() {
    ByteBuffer bytes = buffer("aaaaaaaa").order(ByteOrder.LITTLE_ENDIAN).position(1);
    new FrameFormat(2, 10).putPlainHeader(bytes, 5);
    assertEquals(3, bytes.position());
    assertEquals("aa0005aa", hex(bytes.rewind()));
  }

  @Test
  void aHeaderIsReadAtAnyIndexAndStaysUnread() throws Exception {
    ByteBuffer in = buffer("ffff 0003 ffff");
    assertEquals(5, new FrameFormat(2, 10).frameLength(in, 2, 0));
    assertEquals(0, in.position());
  }

  @Test
  void aHeaderIsBigEndianInALittleEndianBufferToo() throws Exception {
    ByteBuffer in = buffer("0102").order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(260, new FrameFormat(2, 1000).frameLength(in, 0, 0));
  }

  @Test
  void aLengthEqualToTheCapIsTakenAndOneMoreIsNot() throws Exception {
    FrameFormat format = new FrameFormat(4, 300);
    assertEquals(304, format.frameLength(buffer("0000012c"), 0, 0));
    FrameException e =
        assertThrows(FrameException.class, () -> format.frameLength(buffer("0000012d"), 0, 77));
    assertEquals(
        "byte 77: payload length: found 301, expected at most 300;"
            + " check the header length and the largest payload",
        e.getMessage());
    assertEquals(77, e.offset());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void anyOneByteOfASixteenByteHeaderCanPutItAboveTheCap(int index) {
    byte[] header = new byte[16];
    header[index] = (byte) 0x80;
    Exception e = assertThrows(FrameException.class, () -> new FrameFormat(16, 127)
        .frameLength(ByteBuffer.wrap(header), 0, 0));
    assertEquals(
        "byte 0: payload length: found " + BigInteger.ONE.shiftLeft(127 - 8 * index)
            + ", expected at most 127; check the header length and the largest payload",
        e.getMessage());
  }

  @Test
  void theLargestHeaderOfAllIsToldInFull() {
    ByteBuffer header = buffer("ff".repeat(16));
    Exception e = assertThrows(
        FrameException.class, () -> new FrameFormat(16, 0x7fff_fff7).frameLength(header, 0, 0));
    assertEquals(
        "byte 0: payload length: found 340282366920938463463374607431768211455,"
            + " expected at most 2147483639; check the header length and the largest payload",
        e.getMessage());
  }

  /** Lengths that would come back into the range if one int or long overflowed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000080000000",
        "00000000ffffffff",
        "0000000100000000",
        "0000000100000005",
        "8000000000000000",
        "ffffffffffffffff",
        "ffffffff00000005"
      })
  void aLengthThatOverflowsIsAboveTheCap(String header) {
    FrameFormat format = new FrameFormat(8, FrameFormat.LARGEST_PAYLOAD);
    assertThrows(FrameException.class, () -> format.frameLength(buffer(header), 0, 0));
  }
}
