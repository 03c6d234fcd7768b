package io.tracestream.recording;

import static io.tracestream.recording.Lines.NO_CAP;
import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GzipRecordingTest {
  private static final String TEXT =
      "# ts_proxy recording v1\n1\tc2s\t6869\n2\ts2c\t\n3\tc2s\t21\n";
  private static final List<String> ENTRIES = List.of("1 c2s 6869", "2 s2c ", "3 c2s 21");

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.tsv.gz");
  }

  /** What another program makes of a text: one member, flushed after each line. */
  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed, 512, true)) {
      for (String line : text.split("(?<=\n)")) {
        out.write(line.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
    }
    return packed.toByteArray();
  }

  private static RecordingReader reader(byte[] bytes) {
    return new RecordingReader(new ByteArrayInputStream(bytes), "a.tsv.gz", NO_CAP);
  }

  private byte[] written() throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      writer.write(1, Direction.C2S, payload("6869"));
      writer.flush();
      writer.write(2, Direction.S2C);
      writer.write(3, Direction.C2S, payload("21"));
    }
    return Files.readAllBytes(file);
  }

  /** All entries up to the end, or up to a cut, which then comes last. */
  private static List<String> readUpToCut(byte[] bytes) throws IOException {
    List<String> entries = new ArrayList<>();
    RecordingReader reader = reader(bytes);
    try {
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(Lines.shown(entry));
      }
    } catch (RecordingException e) {
      assertTrue(e.isCutOff(), e.getMessage());
      entries.add("cut off");
    }
    return entries;
  }

  @Test
  void aFileNamedGzIsWhatGzipReads() throws Exception {
    byte[] bytes = written();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      assertEquals(TEXT, new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
    try (Recording recording = Recording.open(file, 10)) {
      assertEquals(ENTRIES, Lines.entries(recording.reader()));
    }
  }

  @Test
  void ourFileIsReadableWhereverItIsCut() throws Exception {
    byte[] bytes = written();
    int whole = 0;
    for (int length = 2; length < bytes.length; length++) {
      List<String> entries = readUpToCut(Arrays.copyOf(bytes, length));
      boolean cut = entries.remove("cut off");
      assertEquals(ENTRIES.subList(0, entries.size()), entries, "cut at " + length);
      whole += cut ? 0 : 1;
    }
    assertEquals(2, whole, "ends between two flushes");
  }

  @Test
  void anyGzipFileThatIsCutOffSaysSoBehindWhatWasFlushed() throws Exception {
    byte[] bytes = gzip(TEXT);
    int entriesBefore = 0;
    for (int length = 2; length < bytes.length; length++) {
      List<String> entries = readUpToCut(Arrays.copyOf(bytes, length));
      assertTrue(entries.remove("cut off"), "cut at " + length);
      assertEquals(ENTRIES.subList(0, entries.size()), entries, "cut at " + length);
      assertTrue(entries.size() >= entriesBefore, "cut at " + length);
      entriesBefore = entries.size();
    }
    assertEquals(3, entriesBefore);
  }

  @Test
  void aCutIsToldWithTheLineBeforeIt() throws Exception {
    byte[] bytes = gzip(TEXT);
    assertEquals(
        "a.tsv.gz:4: the gzip data is cut off; save what is whole or record again",
        Lines.refusal(reader(Arrays.copyOf(bytes, bytes.length - 1))));
    assertEquals(
        "a.tsv.gz: the gzip data is cut off; save what is whole or record again",
        Lines.refusal(reader(Arrays.copyOf(bytes, 5))));
  }

  @Test
  void aWrongBitNeverGivesAnythingButAnErrorOfOurs() throws Exception {
    byte[] bytes = gzip(TEXT);
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertEquals(ENTRIES, Lines.entries(reader(damaged)), "bit " + bit);
      } catch (RecordingException e) {
        assertTrue(e.getMessage().startsWith("a.tsv.gz"), e.getMessage());
      }
    }
  }

  @Test
  void aWrongChecksumIsDamage() throws Exception {
    byte[] bytes = gzip(TEXT);
    bytes[bytes.length - 8] ^= 1;
    assertEquals(
        "a.tsv.gz:4: the gzip data is damaged (a wrong checksum); copy the file again or record"
            + " again",
        Lines.refusal(reader(bytes)));
  }

  @Test
  void zerosAfterGzipDataArePadding() throws Exception {
    for (int zeros : new int[] {1, 511, 100_000}) {
      byte[] bytes = gzip(TEXT);
      byte[] padded = Arrays.copyOf(bytes, bytes.length + zeros);
      assertEquals(ENTRIES, Lines.entries(reader(padded)));
      Files.write(file, padded);
      assertTrue(RecordingCheck.of(file, 10).isWhole());
      padded[padded.length - 1] = 1;
      assertTrue(Lines.refusal(reader(padded)).contains("is damaged (no gzip header)"));
    }
  }

  @Test
  void whatFollowsGzipDataAndIsNoneIsDamage() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(gzip(TEXT));
    bytes.writeBytes("notes".getBytes(StandardCharsets.US_ASCII));
    RecordingException e =
        assertThrows(RecordingException.class, () -> Lines.entries(reader(bytes.toByteArray())));
    assertTrue(e.getMessage().contains("is damaged (no gzip header)"), e.getMessage());
    assertFalse(e.isCutOff());
  }

  @Test
  void aHeaderMayHaveAllThatGzipAllows() throws Exception {
    byte[] plain = gzip(TEXT);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HexFormat.of().parseHex("1f8b081e000000000003" + "0200aabb"));
    bytes.writeBytes("a.tsv\0by hand\0".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[2]);
    bytes.write(plain, 10, plain.length - 10);
    assertEquals(ENTRIES, Lines.entries(reader(bytes.toByteArray())));
  }

  @Test
  void largeRecordingsAreTheSameTextAndHalfAsLongOrLess() throws Exception {
    Random random = new Random(11);
    byte[] noise = new byte[10_000];
    byte[] words = "balance of anna: 42.00; ".repeat(400).getBytes(StandardCharsets.US_ASCII);
    for (byte[] payload : List.of(noise, words)) {
      StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
      try (RecordingWriter writer = RecordingWriter.create(file)) {
        for (int i = 0; i < 200; i++) {
          if (payload == noise) {
            random.nextBytes(noise);
          }
          writer.write(i, Direction.C2S, ByteBuffer.wrap(payload));
          text.append(i)
              .append("\tc2s\t")
              .append(HexFormat.of().formatHex(payload))
              .append('\n');
        }
      }
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        assertEquals(text.toString(), new String(in.readAllBytes(), StandardCharsets.US_ASCII));
      }
      assertTrue(Files.size(file) < 0.52 * text.length(), Files.size(file) + " bytes");
    }
  }

  @Test
  void manyReadersReadOneFileAtOnce() throws Exception {
    byte[] noise = new byte[300_000];
    new Random(7).nextBytes(noise);
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (int i = 0; i < 5; i++) {
        writer.write(i, Direction.C2S, ByteBuffer.wrap(noise));
      }
    }
    assertTrue(Files.size(file) < 5 * 2 * noise.length * 3 / 4, Files.size(file) + " bytes");
    try (Recording recording = Recording.open(file, noise.length)) {
      IntStream.range(0, 8).parallel().forEach(i -> {
        try {
          RecordingReader reader = recording.reader();
          for (int entry = 0; entry < 5; entry++) {
            assertTrue(reader.advance());
            assertEquals(ByteBuffer.wrap(noise), reader.payload());
          }
          assertFalse(reader.advance());
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
    }
  }

  @Test
  void anEarlierPackedRecordingIsReplacedAndAnythingElseRefused() throws Exception {
    Files.write(file, gzip(TEXT));
    RecordingWriter.create(file).close();
    Files.write(file, gzip("my notes\n"));
    assertEquals(
        file + ": is not a recording and is left as it is; choose another name",
        assertThrows(RecordingException.class, () -> RecordingWriter.create(file))
            .getMessage());
  }

  @Test
  void whatIsWholeOfACutFileCanBeSavedPackedOrNot() throws Exception {
    byte[] bytes = gzip(TEXT);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 9));
    for (String name : List.of("b.tsv", "b.tsv.gz")) {
      Path out = dir.resolve(name);
      RecordingCheck check = RecordingCheck.repair(file, 10, out);
      assertEquals(3, check.entries());
      assertEquals(1, check.damagedLines());
      assertTrue(check.cutOff());
      try (Recording recording = Recording.open(out, 10)) {
        assertEquals(ENTRIES, Lines.entries(recording.reader()));
      }
    }
    assertEquals(0x1f, Files.readAllBytes(dir.resolve("b.tsv.gz"))[0]);
    assertEquals('#', Files.readAllBytes(dir.resolve("b.tsv"))[0]);
  }

  @Test
  void zerosBetweenMembersAreAHoleAndWhatFollowsThemCanBeSaved() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(gzip("# ts_proxy recording v1\n1\tc2s\t6869\n"));
    bytes.writeBytes(new byte[100_000]);
    bytes.writeBytes(gzip("2\ts2c\t\n3\tc2s\t21\n"));
    assertEquals(
        "a.tsv.gz:3: found NUL bytes: the file was truncated while it was recorded; save what is"
            + " whole or record again",
        Lines.refusal(reader(bytes.toByteArray())));
    Files.write(file, bytes.toByteArray());
    Path out = dir.resolve("b.tsv");
    assertEquals(1, RecordingCheck.repair(file, 10, out).damagedLines());
    assertEquals(TEXT, Files.readString(out));
  }
}
