package io.tracestream.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.testing.RandomSeeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureImportTest {
  private static final FrameFormat FORMAT = new FrameFormat(Framing.parse("length=1"), 1000);

  @TempDir
  private Path folder;

  private final List<String> notes = new ArrayList<>();
  private ImportSummary summary;

  /** The lines of the only recording, or of all of them. */
  private List<String> imported(byte[] capture) throws IOException {
    return imported(capture, FORMAT);
  }

  private List<String> imported(byte[] capture, FrameFormat format) throws IOException {
    notes.clear();
    Path out = Files.createTempDirectory(folder, "out");
    try (CaptureImport opened =
            CaptureImport.open(Packets.file(folder, capture), Packets.PORT, format);
        RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(
            RecordingDirectoryConfig.of(out).withFraming(format.framing()), notes::add)) {
      summary = opened.toFolder(writer, notes::add);
    }
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static Packets conversation(Packets packets) {
    return packets
        .connect(100)
        .c2s(200, 0, 0, "\2hi")
        .s2c(1_000_300, 0, 3, "\3yes")
        .end(1_000_400, true, 3, 4)
        .s2c(1_000_500, 4, 4, "\1.")
        .end(1_000_600, false, 6, 4);
  }

  private static final List<String> CONVERSATION = List.of(
      "# ts_proxy recording v1",
      "# framing length=1",
      "# epoch 2023-11-14T22:13:20.000100Z",
      "# connection 1 from 10.0.0.1:50000, accepted 0",
      "100\tc2s\t6869",
      "1000200\ts2c\t796573",
      "# client ended its sending",
      "1000400\ts2c\t2e",
      "# ended by client");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12, 101, 108, 113, 228, 276})
  void aConnectionBecomesARecordingWhateverTheLinkAndTheFile(int linkType) throws IOException {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      for (boolean v6 : new boolean[] {false, true}) {
        Packets packets = conversation(v6 ? new Packets().v6() : new Packets());
        List<String> expected = v6
            ? CONVERSATION.stream()
                .map(line -> line.replace("10.0.0.1", "[2001:db8:0:0:0:0:0:1]"))
                .toList()
            : CONVERSATION;
        for (byte[] capture : List.of(
            packets.pcap(linkType, order, false, 65_535),
            packets.pcap(linkType, order, true, 65_535),
            packets.pcapng(linkType, order, 6),
            packets.pcapng(linkType, order, 9),
            packets.pcapng(linkType, order, 0x80 | 40))) {
          assertEquals(expected, imported(capture));
          assertEquals(expected, imported(Packets.gzip(capture)));
          assertEquals(List.of(), notes);
          assertTrue(summary.isWhole());
        }
      }
    }
  }

  @Test
  void sectionsOfBothByteOrdersMayFollowEachOther() throws IOException {
    Packets packets = conversation(new Packets());
    List<Packets.Packet> rest =
        new ArrayList<>(packets.all().subList(4, packets.all().size()));
    packets.all().subList(4, packets.all().size()).clear();
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(packets.pcapng(1, ByteOrder.BIG_ENDIAN, 6));
    packets.all().clear();
    packets.all().addAll(rest);
    both.write(packets.pcapng(113, ByteOrder.LITTLE_ENDIAN, 9));
    assertEquals(CONVERSATION, imported(both.toByteArray()));
  }

  @Test
  void aSegmentThatComesTwiceOrLateIsTakenOnceAndInOrder() throws IOException {
    List<String> lines = imported(new Packets()
        .connect(0)
        .c2s(10, 2, 0, "i\2yo")
        .c2s(20, 2, 0, "i\2")
        .c2s(30, 0, 0, "\2hi")
        .c2s(40, 0, 0, "\2hi\2y")
        .end(50, true, 6, 0)
        .end(60, false, 0, 7)
        .pcap());
    assertEquals(
        List.of("30\tc2s\t6869", "30\tc2s\t796f", "# ended by client"),
        lines.subList(4, lines.size()));
    assertEquals(List.of(), notes);
  }

  @Test
  void aReplyThatWasCapturedBeforeItsRequestStandsAfterIt() throws IOException {
    List<String> lines = imported(new Packets()
        .connect(0)
        .s2c(10, 0, 3, "\3yes")
        .c2s(20, 0, 0, "\2hi")
        .end(30, false, 4, 3)
        .end(40, true, 3, 5)
        .pcap());
    assertEquals(
        List.of("20\tc2s\t6869", "20\ts2c\t796573", "# ended by target"),
        lines.subList(4, lines.size()));
  }

  @Test
  void bytesThatWereAcknowledgedAndNotCapturedAreReportedAndEndTheRecording() throws IOException {
    List<String> lines = imported(new Packets()
        .connect(0)
        .c2s(10, 0, 0, "\2hi")
        .s2c(20, 0, 3, "\3yes")
        .s2c(30, 0, 103, "\3yes")
        .c2s(40, 103, 4, "\2yo")
        .s2c(2_000_000, 4, 106, "\3yes")
        .pcap());
    assertEquals(
        List.of("10\tc2s\t6869", "20\ts2c\t796573", "# cut off"), lines.subList(4, lines.size()));
    assertEquals(
        List.of("connection 1 from 10.0.0.1:50000 to 10.0.0.2:9000: c2s byte 3: 100 bytes were not"
            + " captured; recorded up to there"),
        notes);
    assertFalse(summary.isWhole());
  }

  @Test
  void aConnectionThatBeganBeforeTheCaptureIsReadFromItsFirstByteThere() throws IOException {
    List<String> lines = imported(
        new Packets().c2s(10, 5000, 70, "\2hi").s2c(20, 70, 5003, "\3yes").pcap());
    assertEquals(
        List.of("0\tc2s\t6869", "10\ts2c\t796573", "# cut off"), lines.subList(4, lines.size()));
    String connection = "connection 1 from 10.0.0.1:50000 to 10.0.0.2:9000: ";
    String why = ": its beginning is not in the capture; read from the first byte that is";
    assertEquals(
        List.of(
            connection + "c2s" + why,
            connection + "s2c" + why,
            connection + "still open where the capture ends"),
        notes);
    assertTrue(summary.isWhole());
  }

  @Test
  void aPreambleIsNotExpectedAfterTheStartOfAConnection() throws IOException {
    FrameFormat amqp = new FrameFormat(Framing.parse("amqp"), 1000);
    String frame = "\1\0\1\0\0\0\2hi\u00ce";
    List<String> lines = imported(new Packets().c2s(10, 5000, 70, frame).pcap(), amqp);
    assertEquals(List.of("0\tc2s\t0100016869ce", "# cut off"), lines.subList(4, lines.size()));
    lines =
        imported(new Packets().connect(0).c2s(10, 0, 0, "AMQP\0\0\t\1" + frame).pcap(), amqp);
    assertEquals(
        List.of("10\tc2s\t414d515000000901", "10\tc2s\t0100016869ce", "# cut off"),
        lines.subList(4, lines.size()));
  }

  @Test
  void aFrameThatIsNotCompleteWhereTheCaptureEndsIsReported() throws IOException {
    imported(new Packets().connect(0).c2s(10, 0, 0, "\2hi\7abc").pcap());
    assertEquals(
        List.of("connection 1 from 10.0.0.1:50000 to 10.0.0.2:9000: still open where the capture"
            + " ends, c2s byte 3: found the end after 3 of 7 payload bytes; recorded up to there"),
        notes);
    assertFalse(summary.isWhole());
  }

  @Test
  void aConnectionThatWasResetIsCutOff() throws IOException {
    List<String> lines = imported(new Packets()
        .connect(0)
        .c2s(10, 0, 0, "\2hi")
        .add(20, false, 0, 3, Segment.RST | Segment.ACK, "")
        .pcap());
    assertEquals(List.of("10\tc2s\t6869", "# cut off"), lines.subList(4, lines.size()));
    assertEquals(
        List.of("connection 1 from 10.0.0.1:50000 to 10.0.0.2:9000: reset by the target"), notes);
  }

  @Test
  void aHeaderThatIsNoLengthSaysWhere() throws IOException {
    imported(new Packets().connect(0).c2s(10, 0, 0, "\2hi\7").pcap(), new FrameFormat(1, 5));
    assertTrue(
        notes.get(0).contains("c2s byte 3: payload length: found 7, expected at most 5"),
        notes::toString);
  }

  @Test
  void aPortThatIsUsedAgainIsAnotherConnection() throws IOException {
    Packets packets = conversation(new Packets());
    packets.withBases(77, 88).connect(2_000_000).c2s(2_000_100, 0, 0, "\2yo");
    List<String> lines = imported(packets.pcap());
    assertEquals(2, summary.recorded());
    assertTrue(lines.contains("# connection 2 from 10.0.0.1:50000, accepted 1999900"));
  }

  @Test
  void fragmentsAndPacketsThatWereCutAreReported() throws IOException {
    Packets packets = new Packets().connect(0).c2s(10, 0, 0, "\2hi").splitLast();
    packets.s2c(20, 0, 3, "\3yes");
    imported(packets.pcap());
    assertTrue(
        notes.contains("connection 1 from 10.0.0.1:50000 to 10.0.0.2:9000: c2s byte 0: 3"
            + " bytes were not captured"),
        notes::toString);
    assertTrue(notes.get(1).contains(": 2 packets are fragments of IP datagrams"), notes::toString);

    imported(conversation(new Packets()).pcap(101, ByteOrder.BIG_ENDIAN, false, 46));
    assertTrue(notes.get(0).contains("c2s byte 2: 1 byte was not captured"), notes::toString);
    assertTrue(notes.get(1).contains(": 2 packets were captured only in part"), notes::toString);

    imported(conversation(new Packets()).pcap(101, ByteOrder.BIG_ENDIAN, false, 30));
    assertTrue(notes.get(0).contains("without all of their headers"), notes::toString);

    imported(conversation(new Packets()).pcap(127, ByteOrder.BIG_ENDIAN, false, 65_535));
    assertTrue(notes.get(0).contains(": 8 packets have link type 127"), notes::toString);
  }

  @Test
  void aCaptureThatEndsInsideAPacketIsTakenUpToThere() throws IOException {
    byte[] capture = conversation(new Packets()).pcap();
    List<String> lines = imported(Arrays.copyOf(capture, capture.length - 1));
    assertEquals(CONVERSATION.size(), lines.size());
    assertTrue(
        notes
            .get(1)
            .endsWith("ends inside a packet, at byte " + (capture.length - 1)
                + "; the packets before it were taken"),
        notes::toString);
    byte[] packed = Packets.gzip(capture);
    imported(Arrays.copyOf(packed, packed.length - 12));
    assertTrue(notes.get(notes.size() - 1).contains("ends inside a packet"), notes::toString);
    assertFalse(summary.isWhole());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "# ts_proxy recording v1\n", "\n\r\r\n", "\u001f\u008b"})
  void anythingElseIsRefused(String text) throws IOException {
    Path file = Packets.file(folder, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    String message = assertThrows(
            CaptureException.class, () -> CaptureImport.open(file, 1, FORMAT).close())
        .getMessage();
    assertTrue(message.startsWith(file + ": is not a "), message);
  }

  @Test
  void oneFileHoldsOneConnection() throws IOException {
    Packets packets = conversation(new Packets());
    conversation(packets.from(50_001));
    Path out = folder.resolve("one.rec");
    try (CaptureImport opened =
        CaptureImport.open(Packets.file(folder, packets.pcap()), Packets.PORT, FORMAT)) {
      summary = opened.toFile(out, null, notes::add);
    }
    assertEquals(
        List.of(
            "# ts_proxy recording v1",
            "100\tc2s\t6869",
            "1000200\ts2c\t796573",
            "1000400\ts2c\t2e"),
        Files.readAllLines(out));
    assertEquals(
        List.of("connection 2 from 10.0.0.1:50001 to 10.0.0.2:9000: left out, as one file holds one"
            + " connection; give a folder"),
        notes);
    assertFalse(summary.isWhole());
  }

  @ParameterizedTest
  @RandomSeeds(200)
  void whateverTheNetworkDoesToSegmentsTheFramesAreTheSame(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> expected = new ArrayList<>();
    Packets packets =
        new Packets().withBases(random.nextInt(), random.nextInt()).connect(0);
    int[] sent = new int[2];
    for (int turn = 0; turn < 20; turn++) {
      boolean isClient = random.nextBoolean();
      byte[] payload = new byte[random.nextInt(100)];
      random.nextBytes(payload);
      expected.add((isClient ? "c2s" : "s2c") + "\t" + HexFormat.of().formatHex(payload));
      byte[] frame = ByteBuffer.allocate(1 + payload.length)
          .put((byte) payload.length)
          .put(payload)
          .array();
      int had = sent[isClient ? 1 : 0];
      int at = sent[isClient ? 0 : 1];
      List<byte[][]> pieces = new ArrayList<>();
      for (int from = 0; from < frame.length; ) {
        int to = Math.min(frame.length, from + 1 + random.nextInt(40));
        int start = Math.max(0, from - random.nextInt(3) * random.nextInt(20));
        pieces.add(new byte[][] {{(byte) start}, Arrays.copyOfRange(frame, start, to)});
        from = to;
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        pieces.add(pieces.get(random.nextInt(pieces.size())));
      }
      Collections.shuffle(pieces, random);
      for (byte[][] piece : pieces) {
        packets.add(1000L * turn, isClient, at + piece[0][0], had, Segment.ACK, piece[1]);
      }
      sent[isClient ? 0 : 1] += frame.length;
    }
    packets.end(30_000, true, sent[0], sent[1]).end(30_001, false, sent[1], sent[0] + 1);
    // Packets near each other also come in another order.
    for (int i = 3; i + 2 < packets.all().size(); i += 2) {
      if (random.nextBoolean()) {
        Collections.swap(packets.all(), i, i + 1);
      }
    }
    List<String> lines = imported(packets.pcap(), new FrameFormat(1, 255));
    assertEquals(List.of(), notes);
    List<String> entries = lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst("^\\d+\t", ""))
        .toList();
    for (String direction : List.of("c2s", "s2c")) {
      assertEquals(of(direction, expected), of(direction, entries));
    }
    assertEquals("# ended by client", lines.get(lines.size() - 1));
  }

  private static String of(String direction, List<String> entries) {
    return entries.stream()
        .filter(line -> line.startsWith(direction))
        .collect(Collectors.joining("\n"));
  }
}
