package io.tracestream.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.PiecewiseStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of all framings, from bytes that the protocols' documents and programs show. */
class FramingTest {
  private static final int CAP = 1 << 20;

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static String hex(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static FrameFormat format(String framing) {
    return new FrameFormat(Framing.parse(framing), CAP).ofClient();
  }

  private static List<String> decoded(FrameFormat format, byte[] stream, int pieces)
      throws IOException {
    FrameDecoder decoder = new FrameDecoder(format);
    List<String> payloads = new ArrayList<>();
    ByteBuffer in = ByteBuffer.allocate(stream.length + 1).limit(0);
    for (int at = 0, n; at < stream.length; at += n) {
      n = Math.min(pieces, stream.length - at);
      in.compact().put(stream, at, n).flip();
      decoder.decode(in, payload -> payloads.add(hex(payload)));
    }
    decoder.end(in);
    return payloads;
  }

  private static List<String> read(FrameFormat format, byte[] stream, int pieces)
      throws IOException {
    FrameReader reader = new FrameReader(new PiecewiseStream(stream, () -> pieces), format);
    List<String> payloads = new ArrayList<>();
    for (byte[] payload = reader.read(); payload != null; payload = reader.read()) {
      payloads.add(HexFormat.of().formatHex(payload));
    }
    return payloads;
  }

  private static byte[] written(FrameFormat format, List<byte[]> payloads) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(out, format);
    for (byte[] payload : payloads) {
      writer.write(payload);
    }
    return out.toByteArray();
  }

  private static byte[] writtenToChannel(FrameFormat format, List<byte[]> payloads)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(new Gathered(out), format);
    for (byte[] payload : payloads) {
      writer.write(ByteBuffer.allocateDirect(payload.length).put(payload).flip());
    }
    return out.toByteArray();
  }

  /** A channel into memory. */
  private record Gathered(ByteArrayOutputStream out) implements GatheringByteChannel {
    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      long count = 0;
      for (int i = offset; i < offset + length; i++) {
        count += write(sources[i]);
      }
      return count;
    }

    @Override
    public long write(ByteBuffer[] sources) {
      return write(sources, 0, sources.length);
    }

    @Override
    public int write(ByteBuffer source) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      out.writeBytes(bytes);
      return bytes.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "kafka | 00000014 0012 0000 00000001 000a 6b61666b612d746f6f6c"
            + " | 0012 0000 00000001 000a 6b61666b612d746f6f6c",
        "zookeeper | 00000008 fffffffe 0000000b | fffffffe 0000000b",
        "thrift | 00000011 80010001 00000004 70696e67 00000000 00"
            + " | 80010001 00000004 70696e67 00000000 00",
        "dns | 001d 0001 0100 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001"
            + " | 0001 0100 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001",
        "erlang1 | 03 616263 | 616263",
        "erlang2 | 0003 616263 | 616263",
        "erlang4 | 00000003 616263 | 616263",
        "iso8583-2 | 0004 30383030 | 30383030",
        "iso8583-2-inclusive | 0006 30383030 | 30383030",
        "iso8583-ascii4 | 30303034 30383030 | 30383030",
        "iso8583-ascii4-inclusive | 30303038 30383030 | 30383030",
        "iso8583-bcd2 | 0012 303830302020202020202020 | 303830302020202020202020",
        "iso8583-bcd2-inclusive | 0014 303830302020202020202020 | 303830302020202020202020",
        "netbios | 00 000004 fe534d42 | 00 fe534d42",
        "tpkt | 0300 000b 06e00000000000 | 0300 06e00000000000",
        "onc-rpc | 80000004 deadbeef 00000001 01 | 80000000 deadbeef , 00000000 01",
        "protobuf | 03 089601 | 089601",
        "mysql | 010000 00 01 | 00 01",
        "mongodb | 10000000 01000000 00000000 d8070000 | 01000000 00000000 d8070000",
        "amqp | 414d515000000901 08 0000 00000000 ce | 414d515000000901 , 08 0000 ce",
        "bgp | ffffffffffffffffffffffffffffffff 0013 04 | ffffffffffffffffffffffffffffffff 04",
        "cassandra | 0400000005 00000000 | 0400000005",
        "mqtt | c000 10 10 00044d5154540402003c000464696769"
            + " | c0 , 10 00044d5154540402003c000464696769",
        "diameter | 01 000014 80000101 00000000 00000001 00000002"
            + " | 01 80000101 00000000 00000001 00000002",
        "smpp | 00000010 00000015 00000000 00000001 | 00000015 00000000 00000001",
        "modbus | 0001 0000 0006 11 03 006b 0003 | 0001 0000 11 03 006b 0003",
        "iec104 | 68 04 07000000 | 68 07000000",
        "openflow | 0400 0008 00000001 | 0400 00000001",
        "dicom | 0500 00000004 00000000 | 0500 00000000",
        "tds | 1201 0008 00000000 | 1201 00000000",
        "9p | 13000000 64 ffff 00200000 0600 395032303030 | 64 ffff 00200000 0600 395032303030",
        "bitcoin | f9beb4d9 76657261636b000000000000 00000000 5df6e0e2"
            + " | f9beb4d9 76657261636b000000000000 5df6e0e2",
        "openwire | 00000001 0a | 0a",
        "http2 | 505249202a20485454502f322e300d0a0d0a534d0d0a0d0a 000000 04 00 00000000"
            + " | 505249202a20485454502f322e300d0a0d0a534d0d0a0d0a , 04 00 00000000",
      })
  void framesOfAPresetAreWhatItsProtocolSends(String preset, String stream, String payloads)
      throws Exception {
    FrameFormat format = format(preset);
    byte[] sent = bytes(stream);
    List<byte[]> all =
        Arrays.stream(payloads.split(",")).map(FramingTest::bytes).toList();
    List<String> expected =
        all.stream().map(HexFormat.of()::formatHex).collect(Collectors.toList());
    for (int pieces : List.of(1, 5, sent.length)) {
      assertEquals(expected, decoded(format, sent, pieces), "decoder");
      assertEquals(expected, read(format, sent, pieces), "reader");
    }
    assertEquals(HexFormat.of().formatHex(sent), HexFormat.of().formatHex(written(format, all)));
    assertEquals(
        HexFormat.of().formatHex(sent), HexFormat.of().formatHex(writtenToChannel(format, all)));
  }

  @Test
  void everyPresetIsShownAbove() {
    assertEquals(34, Framing.presets().size());
  }

  static List<Object[]> seedsOfAllPresets() {
    List<Object[]> all = new ArrayList<>();
    for (Framing.Preset preset : Framing.presets()) {
      all.add(new Object[] {preset.name(), new Random().nextLong()});
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("seedsOfAllPresets")
  void whatWasWrittenIsReadWhateverThePieces(String preset, long seed) throws Exception {
    Random random = new Random(seed);
    FrameFormat format = format(preset);
    int before = format.framing().toString().contains("mask=") ? 4 : format.headerLength();
    int preamble = format.framing().clientPreamble;
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int most = i == 10 ? 200_000 : 300;
      byte[] payload = new byte
          [i == 0 && preamble > 0
              ? preamble
              : Math.min(format.longestPayload(), before + 20 + random.nextInt(most))];
      random.nextBytes(payload);
      if (format.framing().mask != 0) {
        payload[0] &= (byte) 0x80;
        payload[1] = payload[2] = payload[3] = 0;
      }
      payloads.add(payload);
    }
    byte[] stream = written(format, payloads);
    List<String> expected = payloads.stream().map(HexFormat.of()::formatHex).toList();
    int pieces = 1 + random.nextInt(5000);
    assertEquals(expected, decoded(format, stream, pieces), "decoder");
    assertEquals(expected, read(format, stream, pieces), "reader");
    for (int cut = stream.length - 1; cut > stream.length - 12; cut--) {
      byte[] some = Arrays.copyOf(stream, cut);
      assertThrows(FrameException.class, () -> decoded(format, some, 4096));
      assertThrows(FrameException.class, () -> read(format, some, 4096));
    }
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "length=4 | length=4",
        "kafka | length=4",
        "ascii:4 | ascii:4",
        "ascii=4 | ascii:4",
        "varint,offset=1 | varint,offset=1",
        "offset=2,counts=frame,length=2 | length=2,offset=2,counts=frame",
        "order=big,counts=payload,adjust=0,length=2 | length=2",
        "length=4,mask=7FFFFFFF | length=4,mask=7fffffff",
        "adjust=-4,offset=1,length=4 | length=4,offset=1,adjust=-4",
        "preamble=c2s:8,length=4,preamble=s2c:3 | length=4,preamble=c2s:8,preamble=s2c:3",
      })
  void aFramingIsReadFromItsTextAndWrittenWithoutDefaults(String text, String canonical) {
    assertEquals(canonical, Framing.parse(text).toString());
    assertEquals(Framing.parse(canonical), Framing.parse(text));
    assertEquals(Framing.parse(canonical).hashCode(), Framing.parse(text).hashCode());
  }

  @ParameterizedTest(name = "framing {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "kafak | framing: found \"kafak\", expected a name such as kafka, or keys such as length=4",
        "'' | framing: found \"\", expected a name such as kafka, or keys such as length=4",
        "length | framing: found \"length\", expected a number from 1 to 16",
        "length=17 | framing: found \"length=17\", expected a number from 1 to 16",
        "ascii:0 | framing: found \"ascii:0\", expected a number from 1 to 10",
        "bcd:x | framing: found \"bcd:x\", expected a number from 1 to 5",
        "varint=3 | framing: found \"varint=3\", expected varint without a number",
        "length=4,order=middle | framing: found \"order=middle\", expected big or little",
        "length=4,counts=all | framing: found \"counts=all\", expected payload or frame",
        "length=4,offset=256 | framing: found \"offset=256\", expected a number from 0 to 255",
        "length=4,mask=xyz | framing: found \"mask=xyz\", expected hex digits such as 7fffffff",
        "length=4,mask=fffffffe | framing: mask=fffffffe: the length has to be the lowest bits of 4"
            + " bytes, such as 7fffffff",
        "length=2,mask=0000 | framing: mask=0: the length has to be the lowest bits of 2 bytes, such as"
            + " 7fff",
        "length=2,mask=7fffffff | framing: mask=7fffffff: the length has to be the lowest bits of 2"
            + " bytes, such as 7fff",
        "varint,mask=7f | framing: mask: goes with length=1 to length=8 only",
        "ascii:4,order=little | framing: order=little: only length=N has a byte order; leave it out",
        "varint,counts=frame | framing: counts=frame: a varint can only count what follows it",
        "length=4,preamble=8 | framing: found \"preamble=8\", expected preamble=c2s:N or"
            + " preamble=s2c:N",
        "length=4,size=3 | framing: found \"size=3\", expected a name such as kafka, or keys such"
            + " as length=4",
        "length=4,ascii:2 | framing: \"ascii:2\" in \"length=4,ascii:2\": the length is there twice",
      })
  void aWrongFramingIsRefusedByTheWordsThatAreWrong(String text, String message) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> Framing.parse(text));
    assertEquals(message, e.getMessage());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "iso8583-ascii4 | 47455420 2f | byte 0: length: found 0x47455420, expected 4 digits; check"
            + " the framing",
        "iso8583-bcd2 | 00fa 00 | byte 0: length: found 0x00fa, expected 4 packed digits; check the"
            + " framing",
        "tpkt | 0300 0003 00 | byte 0: length: found 3, expected at least 4; check the framing",
        "length=4,adjust=-4 | 00000003 00 | byte 0: length: found 3, expected at least 4; check the"
            + " framing",
        "protobuf | ffffffffff01 | byte 0: length: found a varint of more than 5 bytes, expected at"
            + " most 4294967295; check the framing",
        "kafka | 1b000000 00 | byte 0: payload length: found 452984832 (0x1b000000, which is 27 in"
            + " little-endian), expected at most 1048576; check the header length and the largest"
            + " payload",
        "mongodb | 0000001b 00 | byte 0: payload length: found 452984828, expected at most 1048576;"
            + " check the header length and the largest payload",
        "ascii:7 | 31303438353737 00 | byte 0: payload length: found 1048577, expected at most"
            + " 1048576; check the header length and the largest payload",
        "length=16,offset=1 | 21 01000000000000000000000000000000 | byte 0: payload length: found"
            + " 1329227995784915872903807060280344577, expected at most 1048576; check the header"
            + " length and the largest payload",
        "length=9,order=little | 000000000000000001 | byte 0: payload length: found"
            + " 18446744073709551616, expected at most 1048576; check the header length and the"
            + " largest payload",
      })
  void aLengthThatIsNoneIsRefused(String framing, String stream, String message) {
    byte[] sent = bytes(stream);
    FrameFormat format = format(framing);
    assertEquals(
        message,
        assertThrows(FrameException.class, () -> decoded(format, sent, sent.length))
            .getMessage());
    assertEquals(
        message,
        assertThrows(FrameException.class, () -> read(format, sent, sent.length))
            .getMessage());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "bgp | ffff | byte 0: payload: found 2 bytes, expected at least 16, as the framing is"
            + " length=2,offset=16,counts=frame; correct it or the framing",
        "mysql | '' | byte 0: payload: found 0 bytes, expected at least 1, as the framing is"
            + " length=3,order=little,adjust=1; correct it or the framing",
        "onc-rpc | 80000004deadbeef | byte 0: payload: found a length in its bytes from 0 on,"
            + " expected zeros there: the length is computed again; correct it or the framing",
        "'length=4,offset=1,mask=7fffffff' | 2180000001 | byte 0: payload: found a length in its bytes"
            + " from 1 on, expected zeros there: the length is computed again; correct it or the framing",
        "amqp | 0102 | byte 0: payload: found 2 bytes, expected 8, the preamble; correct it or the"
            + " framing",
      })
  void aPayloadThatNoFrameHasIsNotWritten(String framing, String payload, String message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(out, format(framing));
    Exception e = assertThrows(FrameException.class, () -> writer.write(bytes(payload)));
    assertEquals(message, e.getMessage());
    assertEquals(0, out.size());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "ascii:2, 99",
    "'ascii:2,counts=frame', 97",
    "bcd:1, 99",
    "'length=1,counts=frame', 254",
    "'length=1,offset=3', 258",
    "'length=1,adjust=1', 256",
    "'length=2,mask=0fff', 4097",
    "varint, 1048576",
  })
  void theLongestPayloadIsWhatTheLengthFieldCanSay(String framing, int longest) throws Exception {
    FrameFormat format = format(framing);
    assertEquals(longest, format.longestPayload());
    byte[] stream = written(format, List.of(new byte[longest]));
    assertEquals(1, read(format, stream, stream.length).size());
    assertThrows(FrameException.class, () -> written(format, List.of(new byte[longest + 1])));
  }

  @ParameterizedTest(name = "{0}: {1} bytes after {2}")
  @CsvSource({"varint, 127, 7f", "varint, 128, 8001", "ascii:3, 9, 303039", "bcd:2, 110, 0110"})
  void aLengthIsWrittenInItsShortestOrItsWholeForm(String framing, int length, String head)
      throws Exception {
    byte[] stream = written(format(framing), List.of(new byte[length]));
    assertEquals(head, hex(ByteBuffer.wrap(stream, 0, head.length() / 2)));
    assertEquals(head.length() / 2 + length, stream.length);
  }

  @Test
  void aMaskMayStandAfterOtherBytes() throws Exception {
    FrameFormat format = format("length=2,offset=3,mask=0fff");
    byte[] stream = bytes("ffffff f002 6869");
    assertEquals(List.of("fffffff0006869"), read(format, stream, 1));
    assertEquals(List.of("fffffff0006869"), decoded(format, stream, stream.length));
    assertArrayEquals(stream, written(format, List.of(bytes("fffffff0006869"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "varint",
        "length=4,offset=1",
        "length=4,order=little",
        "length=4,counts=frame",
        "length=4,adjust=1",
        "length=4,mask=7fffffff",
        "length=4,preamble=c2s:1",
        "length=4,preamble=s2c:1"
      })
  void aFramingIsPlainIfItIsOnlyALength(String other) {
    Framing plain = Framing.parse("length=4");
    assertTrue(plain.isPlain());
    assertFalse(Framing.parse(other).isPlain());
    assertNotEquals(plain, Framing.parse(other));
    assertNotEquals(format("length=4"), format(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "length=2 | LL LL ...",
        "length=2,offset=5 | .. .. .. .. .. LL LL ...",
        "length=2,offset=6 | (6 bytes) LL LL ...",
        "ascii:2,counts=frame | DD DD ...  counts the whole frame",
        "bcd:1,adjust=1 | BB ...  1 byte more than it says",
        "varint | VV ...",
        "length=1,order=little,adjust=-2 | LL ...  low byte first, 2 bytes fewer than it says",
        "length=2,mask=0fff | LL LL ...  only the bits of 0fff",
        "length=1,preamble=c2s:8,preamble=s2c:3 | LL ...  c2s begins with 8 other bytes, s2c begins"
            + " with 3 other bytes",
      })
  void aPictureShowsTheBytesOfAFrame(String framing, String picture) {
    assertEquals(picture, Framing.parse(framing).picture());
  }

  @Test
  void aPreambleIsOfOneDirection() throws Exception {
    FrameFormat both = new FrameFormat(Framing.parse("amqp"), CAP);
    Exception e = assertThrows(IllegalArgumentException.class, () -> new FrameDecoder(both));
    assertTrue(e.getMessage().contains("ofClient()"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new FrameWriter(out(), both));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FrameReader(new ByteArrayInputStream(new byte[0]), both));
    byte[] heartbeat = bytes("08 0000 00000000 ce");
    assertEquals(List.of("080000ce"), read(both.ofServer(), heartbeat, 3));
    FrameFormat without = new FrameFormat(4, CAP);
    assertEquals(without, without.ofClient());
  }

  private static ByteArrayOutputStream out() {
    return new ByteArrayOutputStream();
  }
}
