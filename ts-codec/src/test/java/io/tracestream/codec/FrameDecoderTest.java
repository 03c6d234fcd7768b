package io.tracestream.codec;

import static io.tracestream.codec.Bytes.buffer;
import static io.tracestream.codec.Bytes.bytes;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameDecoderTest {
  private final FrameDecoder decoder = new FrameDecoder(new FrameFormat(2, 300));
  private final List<String> lent = new ArrayList<>();

  private void decode(ByteBuffer in) throws IOException {
    decoder.decode(in, payload -> lent.add(hex(payload)));
  }

  @Test
  void wholeFramesAreLentInOrderAndAPartialOneStaysUnread() throws Exception {
    ByteBuffer in = buffer("0002 6869" + "0001 21" + "0005 6865");
    decode(in);
    assertEquals(List.of("6869", "21"), lent);
    assertEquals("00056865", hex(in));
  }

  @Test
  void wholeFramesAreCountedWhicheverWayTheyAreRead() throws Exception {
    ByteBuffer in = buffer("0002 6869" + "0000" + "0005 6865");
    decode(in);
    assertEquals(2, decoder.frames());
    decoder.pass(buffer("0001 21" + "0001 22" + "0000" + "00"));
    assertEquals(5, decoder.frames());
    decoder.skip(9);
    assertEquals(6, decoder.frames());
  }

  @Test
  void anEmptyPayloadIsAFrameLikeAnyOther() throws Exception {
    ByteBuffer in = buffer("0000" + "0000" + "0001 21" + "0000");
    decode(in);
    assertEquals(List.of("", "", "21", ""), lent);
    assertEquals("", hex(in));
  }

  @Test
  void framesThatArePassedAreCountedAndNotLent() throws Exception {
    ByteBuffer in = buffer("0002 6869" + "0000" + "0005 6865");
    decoder.pass(in);
    assertEquals("00056865", hex(in));
    FrameException e = assertThrows(FrameException.class, () -> decoder.end(in));
    assertEquals(6, e.offset());
  }

  @Test
  void passingStopsAtABadHeaderBehindTheFramesBeforeIt() {
    ByteBuffer in = buffer("0001 21" + "012d 00");
    FrameException e = assertThrows(FrameException.class, () -> decoder.pass(in));
    assertEquals(3, e.offset());
    assertEquals("012d00", hex(in));
  }

  @Test
  void nothingIsLentOfNothing() throws Exception {
    decode(buffer(""));
    assertEquals(List.of(), lent);
  }

  @Test
  void aPartialHeaderStaysUnread() throws Exception {
    ByteBuffer in = buffer("0001 21" + "00");
    decode(in);
    assertEquals(List.of("21"), lent);
    assertEquals("00", hex(in));
  }

  @Test
  void aFrameThatArrivesByteByByteIsLentWithItsLastByte() throws Exception {
    ByteBuffer in = ByteBuffer.allocate(10).limit(0);
    for (byte b : bytes("0002 6869")) {
      assertEquals(List.of(), lent);
      in.compact().put(b).flip();
      decode(in);
    }
    assertEquals(List.of("6869"), lent);
  }

  enum Kind {
    HEAP,
    DIRECT,
    LITTLE_ENDIAN,
    READ_ONLY,
    SLICE_OF_AN_ARRAY;

    ByteBuffer of(String hex) {
      ByteBuffer heap = buffer(hex);
      return switch (this) {
        case HEAP -> heap;
        case DIRECT -> ByteBuffer.allocateDirect(heap.limit()).put(heap).flip();
        case LITTLE_ENDIAN -> heap.order(ByteOrder.LITTLE_ENDIAN);
        case READ_ONLY -> heap.asReadOnlyBuffer();
        case SLICE_OF_AN_ARRAY -> buffer("ffffff" + hex).position(3).slice();
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfBufferIsRead(Kind kind) throws Exception {
    ByteBuffer in = kind.of("ff" + "0002 6869" + "0000" + "0100" + "ffff");
    in.position(1).limit(in.limit() - 2);
    ByteOrder order = in.order();
    decode(in);
    assertEquals(List.of("6869", ""), lent);
    assertEquals("0100", hex(in));
    assertEquals(order, in.order());
    assertEquals(256, decoder.missing(in));
  }

  @Test
  void bytesBehindTheLimitAreNotLookedAt() throws Exception {
    ByteBuffer in = buffer("0001 21" + "0001 22").limit(5);
    decode(in);
    assertEquals(List.of("21"), lent);
    assertEquals("0001", hex(in));
  }

  @Test
  void thePayloadIsAViewOfTheBufferNotACopy() throws Exception {
    ByteBuffer in = buffer("0002 6869");
    decoder.decode(in, payload -> assertSame(in.array(), payload.array()));
  }

  @Test
  void nothingIsAllocatedPerFrame() throws Exception {
    ByteBuffer in = buffer("0001 21".repeat(10_000));
    decoder.decode(in, payload -> {}); // what is made once is made now
    long before = Allocated.bytes();
    decoder.decode(in.rewind(), payload -> {});
    long allocated = Allocated.bytes() - before;
    assertTrue(allocated < 100_000, allocated + " bytes for 10 000 frames");
  }

  @Test
  void aSinkMayMovePositionAndLimitAtWill() throws Exception {
    ByteBuffer in = buffer("0002 6869" + "0001 21" + "0005 68");
    decoder.decode(in, payload -> {
      lent.add(hex(payload));
      payload.clear().position(1).limit(1);
    });
    assertEquals(List.of("6869", "21"), lent);
    assertEquals("000568", hex(in));
  }

  @Test
  void aFrameThatItsSinkRefusedCountsAsUnread() throws Exception {
    ByteBuffer in = buffer("0001 21" + "0002 6869" + "0001 22" + "00");
    IOException refusal = new IOException("no room");
    IOException thrown = assertThrows(
        IOException.class,
        () -> decoder.decode(in, payload -> {
          if (payload.get() == 0x68) {
            throw refusal;
          }
        }));
    assertSame(refusal, thrown);
    assertEquals("00026869" + "000122" + "00", hex(in));

    decode(in);
    assertEquals(List.of("6869", "22"), lent);
    Exception e = assertThrows(FrameException.class, () -> decoder.end(in));
    assertEquals(
        "byte 10: found the end after 1 of 2 header bytes; the sender stopped early",
        e.getMessage());
  }

  @Test
  void anUncheckedExceptionOfASinkLeavesItsFrameUnreadToo() {
    ByteBuffer in = buffer("0001 21" + "0001 22");
    assertThrows(
        IllegalStateException.class,
        () -> decoder.decode(in, payload -> {
          throw new IllegalStateException();
        }));
    assertEquals("000121000122", hex(in));
  }

  @Test
  void aLengthAboveTheCapIsAnErrorBehindTheFramesBeforeIt() {
    ByteBuffer in = buffer("0001 21" + "0000" + "012d 00");
    FrameException e = assertThrows(FrameException.class, () -> decode(in));
    assertEquals(
        "byte 5: payload length: found 301, expected at most 300;"
            + " check the header length and the largest payload",
        e.getMessage());
    assertEquals(5, e.offset());
    assertEquals(List.of("21", ""), lent);
    assertEquals("012d00", hex(in));
  }

  @Test
  void aBrowserAtTheProxyIsToldByItsFirstBytes() {
    FrameDecoder fourByte = new FrameDecoder(new FrameFormat(4, 16_777_216));
    ByteBuffer get = buffer("47455420 2f"); // GET /
    Exception e = assertThrows(FrameException.class, () -> fourByte.decode(get, payload -> {}));
    assertEquals(
        "byte 0: payload length: found 1195725856 (0x47455420, the text \"GET \"), expected at most 16777216;"
            + " check the header length and the largest payload",
        e.getMessage());
  }

  @ParameterizedTest(name = "of {0} are missing {1}")
  @CsvSource({"'', 2", "00, 1", "0001, 1", "012c, 300", "0003 6162, 1", "012c 00, 299"})
  void whatIsMissingGoesToTheEndOfTheHeaderOrOfTheFrame(String partial, long missing)
      throws Exception {
    ByteBuffer in = buffer(partial);
    decode(in);
    assertEquals(missing, decoder.missing(in));
    assertEquals(List.of(), lent);
  }

  @Test
  void theLongestPayloadOfAllIsMissingToItsLastByte() throws Exception {
    FrameDecoder largest = new FrameDecoder(new FrameFormat(16, FrameFormat.LARGEST_PAYLOAD));
    assertEquals(2_147_483_639L, largest.missing(buffer("0000000000000000 000000007ffffff7")));
    ByteBuffer readTwice = buffer("0000000000000000 000000007ffffff7 61");
    assertEquals(2_147_483_638L, largest.missing(readTwice));
    assertEquals(2_147_483_638L, largest.missing(readTwice));
  }

  @Test
  void nothingIsMissingOfALengthAboveTheCapButAnError() {
    Exception e = assertThrows(FrameException.class, () -> decoder.missing(buffer("ffff")));
    assertEquals(
        "byte 0: payload length: found 65535, expected at most 300;"
            + " check the header length and the largest payload",
        e.getMessage());
  }

  @Test
  void anEndBetweenFramesIsNormal() throws Exception {
    decoder.end(buffer(""));
    ByteBuffer in = buffer("0001 21");
    decode(in);
    decoder.end(in);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "00, 1 of 2 header bytes",
    "0002, 0 of 2 payload bytes",
    "0002 68, 1 of 2 payload bytes",
    "012c 6868, 2 of 300 payload bytes"
  })
  void anEndInsideAFrameSaysHowMuchHadCome(String partial, String had) throws Exception {
    ByteBuffer rest = buffer("0001 21" + partial);
    decode(rest);
    FrameException e = assertThrows(FrameException.class, () -> decoder.end(rest));
    assertEquals(
        "byte 3: found the end after " + had + "; the sender stopped early", e.getMessage());
    assertEquals(3, e.offset());
  }

  @Test
  void anEndInAFrameHeldInSeveralBuffersCountsAllThatHadCome() throws Exception {
    ByteBuffer first = buffer("012c 61");
    decoder.end(first, 0);
    Exception e = assertThrows(FrameException.class, () -> decoder.end(first, 299));
    assertEquals(
        "byte 0: found the end after 297 of 300 payload bytes; the sender stopped early",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"length=2, 0003, 616263", "'length=2,offset=1', 210003, 21616263"})
  void thePayloadOfAFrameInPartsIsFoundInThem(String framing, String head, String payload)
      throws Exception {
    FrameDecoder parts = new FrameDecoder(new FrameFormat(Framing.parse(framing), 1000));
    ByteBuffer first = buffer("00" + head + "61").position(1);
    StringBuilder found = new StringBuilder();
    for (ByteBuffer part : parts.payload(new ByteBuffer[] {first, buffer("6263")})) {
      found.append(hex(part));
    }
    assertEquals(payload, found.toString());
  }

  @Test
  void offsetsGoOnBehindAFrameThatTheCallerTookByItself() throws Exception {
    decode(buffer("0001 21"));
    decoder.skip(5_000_000_000L);
    FrameException e = assertThrows(FrameException.class, () -> decoder.end(buffer("00")));
    assertEquals(5_000_000_003L, e.offset());
  }
}
