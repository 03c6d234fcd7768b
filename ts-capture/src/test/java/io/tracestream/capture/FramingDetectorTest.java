package io.tracestream.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FramingDetectorTest {
  @TempDir
  private Path folder;

  private static Sample sample(Direction direction, byte[] bytes) {
    Sample sample = new Sample(direction);
    sample.add(ByteBuffer.wrap(bytes), bytes.length);
    sample.isWhole = true;
    return sample;
  }

  private static Sample text(Direction direction, String text) {
    return sample(direction, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Stream<String> presets() {
    return Framing.presets().stream().map(Framing.Preset::name);
  }

  /** Frames with payloads that say nothing, in both directions. */
  static List<Sample> traffic(Framing framing, long seed) throws IOException {
    return traffic(framing, seed, 2, 20);
  }

  private static List<Sample> traffic(Framing framing, long seed, int connections, int frames)
      throws IOException {
    Random random = new Random(seed);
    FrameFormat format = new FrameFormat(framing, 16_777_216);
    List<Sample> samples = new ArrayList<>();
    for (int connection = 0; connection < connections; connection++) {
      for (Direction direction : Direction.values()) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean isClient = direction == Direction.C2S;
        FrameWriter writer = new FrameWriter(out, isClient ? format.ofClient() : format.ofServer());
        String preamble = "preamble=" + direction + ":";
        int at = framing.toString().indexOf(preamble);
        if (at >= 0) {
          writer.write(
              new byte
                  [Integer.parseInt(
                      framing.toString().substring(at + preamble.length()).split(",")[0])]);
        }
        for (int i = 0; i < frames; i++) {
          byte[] payload = new byte[30 + random.nextInt(110)];
          random.nextBytes(payload);
          if (framing.toString().contains("mask")) {
            payload[0] = (byte) 0x80;
            payload[1] = 0;
            payload[2] = 0;
            payload[3] = 0;
          }
          writer.write(payload);
        }
        samples.add(sample(direction, out.toByteArray()));
      }
    }
    return samples;
  }

  @ParameterizedTest
  @MethodSource("presets")
  void theFramingOfEachPresetIsTheFirstAnswer(String name) throws IOException {
    Framing framing = Framing.parse(name);
    for (long seed = 0; seed < 10; seed++) {
      Detection found = FramingDetector.detect(1, traffic(framing, seed));
      assertTrue(!found.candidates().isEmpty(), found.other());
      assertEquals(framing, found.candidates().get(0).framing(), "seed " + seed);
    }
  }

  @Test
  void randomBytesAreNeverAFraming() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Sample> samples = new ArrayList<>();
      int size = 1 << random.nextInt(14);
      for (int i = random.nextInt(4); i >= 0; i--) {
        byte[] bytes = new byte[1 + random.nextInt(size)];
        random.nextBytes(bytes);
        Sample sample = sample(i % 2 == 0 ? Direction.C2S : Direction.S2C, bytes);
        sample.isWhole = random.nextInt(4) > 0;
        samples.add(sample);
      }
      Detection found = FramingDetector.detect(1, samples);
      assertEquals(
          List.of(),
          found.candidates().stream().map(Detection.Candidate::spec).toList(),
          "seed " + seed);
    }
  }

  @Test
  void whatIsNotFramedIsCalledWhatItIs() {
    byte[] random = new byte[5000];
    new Random(7).nextBytes(random);
    assertOther(
        "HTTP/1",
        text(Direction.C2S, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        text(Direction.S2C, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    assertOther(
        "Redis", text(Direction.C2S, "*1\r\n$4\r\nPING\r\n"), text(Direction.S2C, "+PONG\r\n"));
    assertOther(
        "SMTP",
        text(Direction.S2C, "220 mail.example ESMTP\r\n"),
        text(Direction.C2S, "EHLO me\r\n"));
    assertOther("SSH", text(Direction.C2S, "SSH-2.0-x\r\n"), sample(Direction.S2C, random));
    assertOther(
        "TLS",
        sample(Direction.C2S, HexFormat.of().parseHex("160301002f0100002b0303" + "ab".repeat(41))));
    assertOther("text", text(Direction.C2S, "hello\nworld\n"), text(Direction.S2C, "well\n"));
    assertOther("no framing: the bytes look random", sample(Direction.C2S, random));
    assertOther("no framing was found: there are no bytes");
  }

  private static void assertOther(String expected, Sample... samples) {
    Detection found = FramingDetector.detect(1, List.of(samples));
    assertEquals(List.of(), found.candidates());
    assertTrue(found.other() != null && found.other().startsWith(expected), found.other());
  }

  /** One request and one reply each, as they are on the wire. */
  @ParameterizedTest
  @CsvSource({
    "dns, 001d 1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001,"
        + " 002d 1234 8180 0001 0001 0000 0000 07 6578616d706c65 03 636f6d 00 0001 0001 c00c 0001"
        + " 0001 00000e10 0004 5db8d822",
    "tpkt, 0300 0013 0ee000000000000100080003000000, 0300 0013 0ed000001234000209080002000000",
    "kafka, 00000019 0012 0003 00000001 0004 61646d69 00 05 61646d69 04 312e3000,"
        + " 00000010 00000001 0000 0000000000000000 0000",
  })
  void oneRequestAndItsReplyAreEnoughForAWellKnownProtocol(String name, String c2s, String s2c) {
    Detection found = FramingDetector.detect(
        1,
        List.of(
            sample(Direction.C2S, HexFormat.of().parseHex(c2s.replace(" ", ""))),
            sample(Direction.S2C, HexFormat.of().parseHex(s2c.replace(" ", "")))));
    assertTrue(!found.candidates().isEmpty(), found.other());
    assertEquals(name, found.candidates().get(0).spec());
  }

  @ParameterizedTest
  @CsvSource({
    "mysql, S2C, 26000000 0a 352e352e3500 01000000 3132333435363738 00 fff7 21 0200 0f80 15"
        + " 00000000000000000000",
    "mongodb, C2S, 3a000000 01000000 00000000 d4070000 00000000 61646d696e2e24636d6400 00000000"
        + " ffffffff 13000000 1069734d617374657200 01000000 00",
    "kafka, C2S, 00000019 0012 0003 00000001 0004 61646d69 00 05 61646d69 04 312e3000",
    "amqp, C2S, 414d5150 00000901",
    "tpkt, C2S, 0300 0013 0ee000000000000100080003000000",
    "onc-rpc, C2S, 80000028 12345678 00000000 00000002 000186a0 00000002 00000000"
        + " 0000000000000000 0000000000000000",
    "'length=4', C2S, 00000010 0102030405060708090a0b0c0d0e0f10",
    "'length=4,order=little', C2S, 10000000 0102030405060708090a0b0c0d0e0f10",
  })
  void theFirstMessageOfAConnectionMayBeEnough(String spec, Direction side, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Detection found = FramingDetector.ofBeginning(side, bytes);
    assertTrue(!found.candidates().isEmpty(), found.other());
    assertEquals(spec, found.candidates().get(0).spec());
  }

  @Test
  void fewRandomBytesAreNotTakenForAFirstMessage() {
    int taken = 0;
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[12 + random.nextInt(200)];
      random.nextBytes(bytes);
      taken += FramingDetector.ofBeginning(Direction.C2S, bytes).candidates().size();
    }
    assertTrue(taken <= 3, taken + " of 1000");
  }

  /** Up to 127 bytes, a varint is a byte with the length, too. */
  @ParameterizedTest
  @CsvSource({"erlang1, protobuf", "iec104, mqtt"})
  void framingsUnderWhichTheFramesAreTheSameAreBothNamed(String one, String other)
      throws IOException {
    FrameFormat format = new FrameFormat(Framing.parse(one), 127);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FrameWriter frames = new FrameWriter(out, format);
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      byte[] payload = new byte[30 + random.nextInt(90)];
      random.nextBytes(payload);
      frames.write(payload);
    }
    List<Detection.Candidate> found = FramingDetector.detect(
            1, List.of(sample(Direction.C2S, out.toByteArray())))
        .candidates();
    assertEquals(
        Set.of(Framing.parse(one), Framing.parse(other)),
        Set.of(found.get(0).framing(), found.get(1).framing()));
    for (int i = 0; i < 2; i++) {
      String same =
          "ambiguous: the frames are the same under " + found.get(1 - i).spec();
      assertTrue(found.get(i).against().contains(same), found.get(i).against().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"http2", "iec104", "dns", "mysql"})
  void oneExchangeOfUnknownBytesIsNotTakenForAnotherFraming(String name) throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      List<Sample> samples = traffic(Framing.parse(name), seed, 1, 1);
      for (Detection.Candidate found : FramingDetector.detect(1, samples).candidates()) {
        boolean isRight = found.framing().equals(Framing.parse(name))
            || found.against().stream().anyMatch(clause -> clause.startsWith("ambiguous"));
        assertTrue(isRight, "seed " + seed + ": " + found.spec());
      }
    }
  }

  /** As many frames as bytes, under most framings: all of them would take minutes. */
  @Test
  void millionsOfEmptyFramesAreNotAllTried() {
    List<Sample> zeros = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      zeros.add(sample(i % 2 == 0 ? Direction.C2S : Direction.S2C, new byte[256 * 1024]));
    }
    Detection found =
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> FramingDetector.detect(1, zeros));
    assertEquals(
        List.of(), found.candidates().stream().map(Detection.Candidate::spec).toList());
  }

  @Test
  void connectionsOfACaptureAreDetectedByPort() throws IOException {
    Packets packets = new Packets().connect(0);
    int c2s = 0;
    int s2c = 0;
    for (int i = 0; i < 12; i++) {
      String payload = "x".repeat(11 + 5 * i);
      packets.c2s(10 + 20 * i, c2s, s2c, "\0\0\0" + (char) payload.length() + payload);
      c2s += 4 + payload.length();
      packets.s2c(20 + 20 * i, s2c, c2s, "\0\0\0\3yes");
      s2c += 7;
    }
    List<Detection> found = FramingDetector.ofCapture(Packets.file(folder, packets.pcap()), 0);
    assertEquals(1, found.size());
    assertEquals(Packets.PORT, found.get(0).port());
    assertEquals(Framing.parse("length=4"), found.get(0).candidates().get(0).framing());
    assertTrue(found.get(0).candidates().get(0).evidence().stream()
        .anyMatch(clause -> clause.startsWith("23 of 23 times")));
  }

  @Test
  void filesOfBytesAreDetectedTogether() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Sample sample : traffic(Framing.parse("mysql"), 3)) {
      byte[] bytes = new byte[sample.length()];
      sample.bytes().get(bytes);
      files.add(Files.write(folder.resolve("raw" + files.size()), bytes));
    }
    assertEquals(
        Framing.parse("mysql"), FramingDetector.ofRaw(files).candidates().get(0).framing());
  }
}
