package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** Recordings in several files, and in memory. */
class RecordingSourcesTest {
  @TempDir
  Path dir;

  private List<Path> files(String... texts) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String text : texts) {
      files.add(Files.writeString(dir.resolve("part" + (files.size() + 1)), text));
    }
    return files;
  }

  @Test
  void partsAreOneRecordingAndEachEntryKnowsItsPlace() throws Exception {
    List<Path> files = files("# ts_proxy recording v1\n1\tc2s\t21\n2\ts2c\t", "", "\n3\tc2s\t22\n");
    try (Recording recording = Recording.open(files, 10)) {
      RecordingReader reader = recording.reader();
      List<String> places = new ArrayList<>();
      while (reader.advance()) {
        places.add(reader.elapsedMicros() + " at " + reader.fileName() + ":" + reader.line());
      }
      assertEquals(
          List.of(
              "1 at " + files.get(0) + ":2",
              "2 at " + files.get(0) + ":3",
              "3 at " + files.get(2) + ":2"),
          places);
      assertEquals(files.get(0).toString(), recording.toString());
    }
  }

  @Test
  void damageNamesThePartThatItIsIn() throws Exception {
    List<Path> files = files("1\tc2s\t21\n", "2\tc2s\t2x\n");
    try (Recording recording = Recording.open(files, 10)) {
      assertEquals(
          files.get(1) + ":1: payload: found \"x\" as digit 2, expected 0-9 and a-f; correct the"
              + " line or record again",
          Lines.refusal(recording.reader()));
    }
  }

  @Test
  void aPartThatIsGoneIsToldWhenAReaderComesToIt() throws Exception {
    List<Path> files = files("1\tc2s\t21\n", "2\tc2s\t22\n");
    try (Recording recording = Recording.open(files, 10)) {
      Files.delete(files.get(1));
      assertEquals(
          files.get(1) + ": there is no such file; record one first",
          Lines.refusal(recording.reader()));
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void aReaderThatIsAtItsEndOrClosedHoldsNoDescriptor() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "no /proc");
    try (Recording recording =
        Recording.open(files("1\tc2s\t21\n", "2\tc2s\t22\n", "3\tc2s\t23\n"), 10)) {
      long before = descriptors();
      for (int i = 0; i < 50; i++) {
        assertEquals(3, Lines.entries(recording.reader()).size());
        try (RecordingReader left = recording.reader()) {
          left.next();
          left.next();
        }
      }
      assertTrue(descriptors() < before + 40, "descriptors: " + before + ", now " + descriptors());
    }
  }

  /** Plain files, compressed ones, several in a row, and memory: all have the same entries. */
  private List<Recording> sources(List<Entry> entries) throws IOException {
    int middle = entries.size() / 2;
    List<Path> parts = List.of(dir.resolve("part1"), dir.resolve("part2"));
    List<Path> packed = List.of(dir.resolve("1.gz"), dir.resolve("2.gz"));
    for (List<Path> files : List.of(parts, packed)) {
      write(files.get(0), entries.subList(0, middle));
      write(files.get(1), entries.subList(middle, entries.size()));
    }
    Path one = dir.resolve("one");
    write(one, entries);
    return List.of(
        Recording.open(one, Lines.NO_CAP),
        Recording.open(parts, Lines.NO_CAP),
        Recording.open(packed, Lines.NO_CAP),
        Recording.of("memory", entries));
  }

  private static void write(Path file, List<Entry> entries) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (Entry entry : entries) {
        writer.write(entry.elapsedMicros(), entry.direction(), ByteBuffer.wrap(entry.payload()));
      }
    }
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void aReaderCanBeginAtAnyEntryThatAnotherOneHasFound(long seed) throws Exception {
    List<Entry> entries = Cases.of(seed).entries();
    entries.addAll(List.of(
        new Entry(Long.MAX_VALUE, Direction.C2S, new byte[9]),
        new Entry(Long.MAX_VALUE, Direction.S2C, new byte[0])));
    for (Recording recording : sources(entries)) {
      try (recording;
          RecordingReader reader = recording.reader()) {
        for (int i = 0; reader.advance(); i++) {
          try (RecordingReader other = recording.reader(reader.position())) {
            assertTrue(other.advance());
            assertEquals(reader.line(), other.line());
            assertEquals(reader.fileName(), other.fileName());
            assertEquals(entries.get(i), other.entry());
            for (int rest = i + 1; rest < entries.size(); rest++) {
              assertEquals(entries.get(rest), other.next());
            }
            assertFalse(other.advance());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void aReaderCanMoveToEntriesInAnyOrder(long seed) throws Exception {
    List<Entry> entries = Cases.of(seed).entries();
    entries.addAll(List.of(
        new Entry(Long.MAX_VALUE, Direction.C2S, new byte[9]),
        new Entry(Long.MAX_VALUE, Direction.S2C, new byte[0])));
    Random random = new Random(seed);
    for (Recording recording : sources(entries)) {
      try (recording;
          RecordingReader reader = recording.reader()) {
        List<RecordingReader.Position> positions = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        while (reader.advance()) {
          positions.add(reader.position());
          lines.add(reader.line());
        }
        for (int i = 0; i < 2 * entries.size(); i++) {
          int entry = random.nextInt(entries.size());
          reader.moveTo(positions.get(entry));
          assertTrue(reader.advance());
          assertEquals(lines.get(entry), reader.line());
          if (random.nextBoolean()) {
            assertEquals(entries.get(entry), reader.entry());
            boolean isLast = entry == entries.size() - 1;
            assertEquals(isLast ? null : entries.get(entry + 1), reader.next());
          }
        }
      }
    }
  }

  @Test
  void closingEndsReadersInAnyPart() throws Exception {
    Recording recording = Recording.open(files("1\tc2s\t21\n", "2\tc2s\t22\n".repeat(20_000)), 10);
    RecordingReader first = recording.reader();
    RecordingReader second = recording.reader();
    second.next();
    second.next();
    recording.close();
    assertThrows(IOException.class, first::next);
    assertThrows(IOException.class, () -> Lines.entries(second));
  }

  @Test
  void entriesInMemoryAreARecording() throws Exception {
    List<Entry> entries = List.of(
        new Entry(1, Direction.C2S, new byte[] {0, -1}), new Entry(0, Direction.S2C, new byte[0]));
    try (Recording recording = Recording.of("hello", entries)) {
      for (int i = 0; i < 2; i++) {
        assertEquals(List.of("1 c2s 00ff", "0 s2c "), Lines.entries(recording.reader()));
      }
      RecordingReader reader = recording.reader();
      reader.next();
      reader.next();
      assertEquals(2, reader.line());
      assertEquals("hello", reader.fileName());
    }
    assertFalse(Recording.of("nothing", List.of()).reader().advance());
  }

  @Test
  void textInMemoryIsARecordingAndItsDamageHasItsName() throws Exception {
    try (Recording recording = Recording.of("hello", "1\tc2s\t21\n2\ts2c")) {
      assertEquals(
          "hello:2: this line is cut off: the recorder was stopped inside it; delete the line or"
              + " record again",
          Lines.refusal(recording.reader()));
    }
  }

  @Test
  void commentsSayWhenTheConversationBeganAndWithWhom() throws Exception {
    String text = "# ts_proxy recording v1\n# epoch 2026-11-23T03:15:42.123456Z\n"
        + "# connection 12 from [2001:db8:1234:5678:9abc:def0:1234:5678]:51234, accepted 4711\n"
        + "5000\tc2s\t21\n";
    RecordingReader reader = Recording.of("a", text).reader();
    assertTrue(reader.advance());
    assertEquals(4711, reader.startMicros());
    assertEquals(Instant.parse("2026-11-23T03:15:42.123456Z"), reader.epoch());
    assertEquals("[2001:db8:1234:5678:9abc:def0:1234:5678]:51234", reader.client());
    RecordingReader other =
        Lines.reader("# epoch today\n# connection 12, accepted soon\n1\tc2s\t\n");
    assertTrue(other.advance());
    assertEquals(0, other.startMicros());
    assertNull(other.epoch());
    assertNull(other.client());
  }
}
