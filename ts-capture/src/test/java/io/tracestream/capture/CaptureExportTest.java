package io.tracestream.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.RecordingDirectoryWriter;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureExportTest {
  private static final int PORT = 5000;
  private static final FrameFormat FORMAT = new FrameFormat(4, 200_000);

  @TempDir
  private Path folder;

  private final List<String> notes = new ArrayList<>();

  private Path exported(List<Conversation> all) throws IOException {
    Path capture = folder.resolve("a.pcapng");
    try (OutputStream out = Files.newOutputStream(capture)) {
      new CaptureExport(out, FORMAT, PORT).addAll(all);
    }
    return capture;
  }

  private List<String> throughACapture(Path recording, Framing named) throws IOException {
    Path back = folder.resolve("back.rec");
    FrameFormat format = named == null ? FORMAT : new FrameFormat(named, 200_000);
    try (CaptureImport capture =
        CaptureImport.open(exported(List.of(Conversation.of(recording))), PORT, format)) {
      capture.toFile(back, named, notes::add);
    }
    return Files.readAllLines(back);
  }

  @ParameterizedTest
  @RandomSeeds(100)
  void whatWasExportedIsImportedAgain(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>(List.of("# ts_proxy recording v1"));
    long micros = 0;
    for (int i = random.nextInt(30); i >= 0; i--) {
      byte[] payload =
          new byte[random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(99)];
      random.nextBytes(payload);
      micros += random.nextInt(3) * random.nextInt(1_000_000);
      lines.add(micros
          + (random.nextBoolean() ? "\tc2s\t" : "\ts2c\t")
          + HexFormat.of().formatHex(payload));
    }
    Path recording = Files.write(folder.resolve("a.rec"), lines);
    long first = Long.parseLong(lines.get(1).split("\t")[0]);
    assertEquals(lines, throughACapture(recording, null), "first at " + first);
    assertEquals(List.of(), notes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "onc-rpc", "amqp", "tpkt", "protobuf", "iso8583-bcd2"})
  void framesGetTheHeadersOfTheirFraming(String name) throws IOException {
    Framing framing = Framing.parse(name);
    Path recording = Files.write(
        folder.resolve("a.rec"),
        List.of(
            "# ts_proxy recording v1",
            "# framing " + framing,
            "5\tc2s\t8000000008000000",
            "10\tc2s\t80000000616263ce",
            "20\ts2c\t80000000616263ce"));
    assertEquals(Files.readAllLines(recording), throughACapture(recording, framing));
    assertEquals(List.of(), notes);
  }

  @Test
  void aFolderIsTheSameAfterwards() throws IOException {
    Path recordings = Files.createDirectory(folder.resolve("recordings"));
    String[] clients = {"127.0.0.1:50001", "[2001:db8:0:0:0:0:0:7]:50002", "10.1.2.3:50003"};
    String[] ends = {"ended by client", "ended by target", "cut off"};
    for (int i = 0; i < 3; i++) {
      Files.write(
          recordings.resolve("20261123T031542.00000" + i + "Z-00000" + (i + 1) + ".tsv"),
          List.of(
              "# ts_proxy recording v1",
              "# framing length=2",
              "# epoch 2026-11-23T03:15:42.000000Z",
              "# connection " + (i + 1) + " from " + clients[i] + ", accepted " + i,
              "100\tc2s\t6869",
              i == 1 ? "# target ended its sending" : "# client ended its sending",
              i == 1 ? "200\tc2s\t21" : "200\ts2c\t21",
              "# " + ends[i]));
    }
    Path back = folder.resolve("back");
    FrameFormat format = new FrameFormat(2, 100);
    try (CaptureImport capture = CaptureImport.open(
            exported(RecordingDirectory.open(recordings).conversations()), PORT, format);
        RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(
            RecordingDirectoryConfig.of(back).withFraming(format.framing()), notes::add)) {
      capture.toFolder(writer, notes::add);
    }
    assertEquals(
        List.of("connection 3 from 10.1.2.3:50003 to 192.0.2.1:5000: still open where the capture"
            + " ends"),
        notes);
    assertEquals(texts(recordings), texts(back));
  }

  /** More connections than are read side by side, but few of them at a time. */
  @Test
  void thePacketsOfAFolderAreInOrderOfTime() throws IOException {
    Path recordings = Files.createDirectory(folder.resolve("recordings"));
    for (int i = 0; i < 300; i++) {
      Files.write(
          recordings.resolve("%06d.tsv".formatted(1000 - i)),
          List.of(
              "# epoch 2026-11-23T03:15:42.000000Z",
              "# connection " + (i + 1) + " from 10.1.2.3:" + (50_000 + i) + ", accepted "
                  + 100 * i,
              (100 * i + 50) + "\tc2s\t6869",
              (100 * i + 5000) + "\ts2c\t21"));
    }
    Path capture = exported(RecordingDirectory.open(recordings).conversations());
    try (CaptureReader packets = CaptureReader.open(capture)) {
      long before = 0;
      int count = 0;
      while (packets.next()) {
        assertTrue(before <= packets.micros(), "packet " + count);
        before = packets.micros();
        count++;
      }
      assertEquals(300 * 8, count);
    }
  }

  private static List<String> texts(Path folder) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        texts.add(file.getFileName() + ":\n" + Files.readString(file));
      }
    }
    return texts;
  }

  @Test
  void anEntryThatNoFrameCanCarryIsReportedWithItsLine() throws IOException {
    Path recording = Files.write(
        folder.resolve("a.rec"),
        List.of("# ts_proxy recording v1", "# framing length=4,offset=9", "5\tc2s\t21"));
    String message = assertThrows(
            CaptureException.class, () -> exported(List.of(Conversation.of(recording))))
        .getMessage();
    assertEquals(
        recording + ":3: payload: found 1 bytes, expected at least 9, as the framing is"
            + " length=4,offset=9; correct it or the framing",
        message);
  }
}
