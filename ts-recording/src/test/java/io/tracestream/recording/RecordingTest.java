package io.tracestream.recording;

import static io.tracestream.recording.Lines.entries;
import static io.tracestream.recording.Lines.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  private static final String TWO_ENTRIES = "# ts_proxy recording v1\n1\tc2s\t21\n2\ts2c\t22\n";

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  private Recording open() throws IOException {
    return Recording.open(file, 100);
  }

  private String refusal() {
    return assertThrows(RecordingException.class, this::open).getMessage();
  }

  @Test
  void itsReadersBeginAtTheTopAndDoNotDisturbEachOther() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    try (Recording recording = open();
        RecordingReader one = recording.reader();
        RecordingReader other = recording.reader()) {
      assertEquals("1 c2s 21", shown(one.next()));
      assertEquals("1 c2s 21", shown(other.next()));
      assertEquals("2 s2c 22", shown(one.next()));
      assertNull(one.next());
      assertEquals("2 s2c 22", shown(other.next()));
      assertEquals(List.of("1 c2s 21", "2 s2c 22"), entries(recording.reader()));
    }
  }

  @Test
  void closingAReaderLeavesTheOthersOpen() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    try (Recording recording = open()) {
      recording.reader().close();
      assertEquals(List.of("1 c2s 21", "2 s2c 22"), entries(recording.reader()));
    }
  }

  @Test
  void readersOnSeveralThreadsReadTheSame() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append("\tc2s\t6869\n");
    }
    Files.writeString(file, text);
    List<String> expected = entries(text.toString());
    try (Recording recording = open()) {
      List<CompletableFuture<List<String>>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(CompletableFuture.supplyAsync(() -> entriesUnchecked(recording.reader())));
      }
      for (CompletableFuture<List<String>> one : all) {
        assertEquals(expected, one.get());
      }
    }
  }

  private static List<String> entriesUnchecked(RecordingReader reader) {
    try {
      return entries(reader);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itGoesOnWithItsFileWhenAnotherOneTakesTheName() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    try (Recording recording = open()) {
      Path other = Files.writeString(dir.resolve("other"), "9\tc2s\t99\n");
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(List.of("1 c2s 21", "2 s2c 22"), entries(recording.reader()));
    }
    try (Recording recording = open()) {
      assertEquals(List.of("9 c2s 99"), entries(recording.reader()));
    }
  }

  @Test
  void aReaderSeesWhatIsAppendedWhileItReads() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    try (Recording recording = open()) {
      RecordingReader reader = recording.reader();
      assertEquals("1 c2s 21", shown(reader.next()));
      Files.writeString(file, "3\tc2s\t23\n", StandardOpenOption.APPEND);
      assertEquals("2 s2c 22", shown(reader.next()));
      assertEquals("3 c2s 23", shown(reader.next()));
    }
  }

  @Test
  void itsNameIsThePathAsItWasGiven() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    try (Recording recording = open()) {
      assertEquals(file.toString(), recording.toString());
    }
  }

  @Test
  void aFileWithoutAnEntryIsRefusedUnlessSomebodyOnlyLooksAtIt() throws Exception {
    String header = "# ts_proxy recording v1\n";
    for (String text : List.of("", header, "# mine\n", "\n\r\n\n", "\ufeff", header + "#\n\n")) {
      Files.writeString(file, text);
      assertEquals(
          file + ": is not a recording: it has no entry; record again or delete it", refusal());
      try (Recording recording = Recording.openEvenIfDamaged(file, 100)) {
        assertNull(recording.reader().next());
      }
    }
  }

  @Test
  void aRecordingWithoutAnEntryIsNotOpenedToBePlayedFromMemoryEither() throws Exception {
    Conversation nothing = Conversation.of(Recording.of("nothing", "# ts_proxy recording v1\n"));
    assertEquals(
        "nothing: is not a recording: it has no entry; record again or delete it",
        assertThrows(RecordingException.class, () -> nothing.open(100)).getMessage());
    nothing.openEvenIfDamaged(100);
  }

  @Test
  void anEndThatWasReportedStaysTheEnd() throws Exception {
    for (String last : List.of("2\ts2c\t22\n", "2\ts2c\t22", "2\ts2c\t22\r", "# comment")) {
      Files.writeString(file, "1\tc2s\t21\n" + last);
      try (Recording recording = open()) {
        RecordingReader reader = recording.reader();
        assertEquals(last.startsWith("#") ? 1 : 2, entries(reader).size());
        Files.writeString(file, "33\n3\tc2s\t23\n", StandardOpenOption.APPEND);
        assertNull(reader.next());
        assertNull(reader.next());
      }
    }
  }

  @Test
  void anEntryThatWasTakenWithoutItsLineEndIsTheLastOneThoughTheFileGrows() throws Exception {
    Files.writeString(file, "1\tc2s\t21\n2\ts2c\t22");
    try (Recording recording = open()) {
      RecordingReader reader = recording.reader();
      reader.next();
      assertFalse(reader.mayBeCutShort());
      assertEquals("2 s2c 22", shown(reader.next()));
      assertTrue(reader.mayBeCutShort());
      Files.writeString(file, "2324\n3\tc2s\t23\n", StandardOpenOption.APPEND);
      assertNull(reader.next());
    }
  }

  @Test
  void aReaderOfAPackedFileThatGrowsSeesWhatIsAppended() throws Exception {
    file = dir.resolve("a.gz");
    Files.write(file, GzipRecordingTest.gzip(TWO_ENTRIES));
    try (Recording recording = open()) {
      RecordingReader reader = recording.reader();
      assertEquals("1 c2s 21", shown(reader.next()));
      assertEquals("2 s2c 22", shown(reader.next()));
      Files.write(file, GzipRecordingTest.gzip("3\tc2s\t23\n"), StandardOpenOption.APPEND);
      assertEquals("3 c2s 23", shown(reader.next()));
      assertNull(reader.next());
      Files.write(file, GzipRecordingTest.gzip("4\tc2s\t24\n"), StandardOpenOption.APPEND);
      assertNull(reader.next());
    }
  }

  @Test
  void runningOutOfDescriptorsIsNotAFaultOfTheRecording() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    List<String> said =
        RecordingWriterFullDiskTest.saidBy(dir, "ulimit -n 40", OpenUntilThatFails.class, file);
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).startsWith("not read: " + file + ": cannot be opened: "), said.get(0));
  }

  @Test
  void runningOutOfMemoryIsNotAFaultOfTheRecording() throws Exception {
    try (Writer writer = Files.newBufferedWriter(file)) {
      writer.write("1\tc2s\t");
      for (int i = 0; i < 20; i++) {
        writer.write("00".repeat(1_000_000));
      }
      writer.write("\n");
    }
    List<String> said = RecordingWriterFullDiskTest.saidBy(
        dir, "export JAVA_TOOL_OPTIONS=-Xmx16m", OpenUntilThatFails.class, file);
    String last = said.get(said.size() - 1);
    assertTrue(
        last.startsWith("not read: " + file + ":1: not enough memory for a payload of "),
        said.toString());
  }

  @Test
  void aBinaryFileIsNotARecording() throws Exception {
    List<String> files = List.of(
        "ffd8ffe000104a46494600", // JPEG
        "89504e470d0a1a0a0000000d49484452", // PNG
        "504b0304140000000800", // ZIP
        "00000018667479706d703432", // MP4
        "d4c3b2a1020004000000000000000000", // pcap
        "28b52ffd2458c90000", // zstd
        "fffe23002000", // UTF-16
        "7f454c46020101000000000000000000", // ELF
        "312032ff0a"); // nothing known, that begins with a figure
    for (String hex : files) {
      Files.write(file, HexFormat.of().parseHex(hex));
      String said = refusal();
      assertTrue(said.startsWith(file + ":1: is not a recording: found \""), said);
      assertEquals(
          said,
          assertThrows(RecordingException.class, () -> Recording.openEvenIfDamaged(file, 100))
              .getMessage());
    }
  }

  @Test
  void aWrongLineThatCouldBeAnEntryIsTold() throws Exception {
    for (String line : List.of("1 c2s 21", "x1\tc2s\t21", "12", "-1\ts2c\t")) {
      Files.writeString(file, line + "\n");
      assertTrue(refusal().contains("correct the line"), refusal());
    }
    Files.writeString(file, "# ts_proxy recording v1\nhello\n");
    assertTrue(refusal().contains("correct the line"), refusal());
  }

  @Test
  void aMissingFileIsTold() {
    assertEquals(file + ": there is no such file; record one first", refusal());
  }

  @Test
  void aDirectoryIsTold() {
    file = dir;
    assertEquals(dir + ": is not a regular file; name a recording", refusal());
  }

  @Test
  void aFileThatCannotBeReadIsTold() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    file.toFile().setReadable(false);
    assumeFalse(Files.isReadable(file), "root reads everything");
    assertEquals(file + ": cannot be read: permission denied", refusal());
  }

  @Test
  void anotherVersionIsToldAtOnce() throws Exception {
    Files.writeString(file, "# ts_proxy recording v2\n1\tc2s\t21\n");
    assertEquals(
        file + ":1: version: found \"v2\", expected v1; correct the line or record again",
        refusal());
  }

  @Test
  void anotherKindOfFileIsToldAtOnce() throws Exception {
    Files.writeString(file, "Dear reader,\n");
    assertEquals(
        file + ":1: is not a recording: found \"Dear reader,\", expected an entry or the line"
            + " \"# ts_proxy recording v1\"",
        refusal());
  }

  @Test
  void aDamagedLineFurtherDownIsToldWhereItStands() throws Exception {
    Files.writeString(file, TWO_ENTRIES + "3\tc2s\t2x\n");
    try (Recording recording = open()) {
      assertEquals(
          file + ":4: payload: found \"x\" as digit 2, expected 0-9 and a-f;"
              + " correct the line or record again",
          Lines.refusal(recording.reader()));
    }
  }

  @Test
  void theCapIsThatOfAllItsReaders() throws Exception {
    Files.writeString(file, "1\tc2s\t21\n2\tc2s\t" + "00".repeat(101));
    try (Recording recording = open()) {
      assertEquals(
          file + ":2: payload: found more than 100 bytes, expected at most 100;"
              + " raise the largest payload or correct the line",
          Lines.refusal(recording.reader()));
    }
  }

  @Test
  void afterClosingItNothingIsRead() throws Exception {
    Files.writeString(file, TWO_ENTRIES);
    Recording recording = open();
    recording.close();
    assertThrows(IOException.class, () -> recording.reader().next());
  }

  @Test
  void evenIfDamagedItOpensWhatBeginsAsARecordingDoes() throws Exception {
    Files.writeString(file, "# ts_proxy recording v1\nx\n");
    assertEquals(2, assertThrows(RecordingException.class, this::open).line());
    try (Recording recording = Recording.openEvenIfDamaged(file, 100)) {
      assertEquals(
          2, assertThrows(RecordingException.class, recording.reader()::next).line());
    }
    Files.writeString(file, "1\tc2s\t21\nx\n");
    try (Recording recording = Recording.openEvenIfDamaged(file, 100)) {
      assertEquals("1 c2s 21", shown(recording.reader().next()));
    }
  }

  @Test
  void evenIfDamagedItRefusesAnotherKindOfFile() throws Exception {
    for (String text : List.of("hello\n", "#\nhello\n", "# ts_proxy recording v2\n1\tc2s\t21\n")) {
      Files.writeString(file, text);
      RecordingException e =
          assertThrows(RecordingException.class, () -> Recording.openEvenIfDamaged(file, 100));
      assertTrue(e.isOtherFormat(), e.getMessage());
    }
  }

  @Test
  void aLastLineWithoutItsEndIsSeenBeforeAnythingIsRead() throws Exception {
    for (String text : List.of("1\tc2s\t21", "1\tc2s\t21\n# ended by cli", "1\tc2s\t21\r")) {
      Files.writeString(file, text);
      try (Recording recording = open()) {
        assertTrue(recording.mayBeCutShort(), text);
        RecordingReader reader = recording.reader();
        entries(reader);
        assertTrue(reader.mayBeCutShort(), text);
      }
    }
    for (String text :
        List.of("1\tc2s\t21\n", "1\tc2s\t21\r\n", "1\tc2s\t21\n\n", "1\tc2s\t\n#\n")) {
      Files.writeString(file, text);
      try (Recording recording = open()) {
        assertFalse(recording.mayBeCutShort(), text);
        RecordingReader reader = recording.reader();
        entries(reader);
        assertFalse(reader.mayBeCutShort(), text);
      }
    }
    Files.writeString(file, "");
    try (Recording empty = Recording.openEvenIfDamaged(file, 10)) {
      assertFalse(empty.mayBeCutShort());
    }
  }

  @Test
  void whereThereAreSeveralFilesTheLastOneSaysWhetherItWasCutShort() throws Exception {
    Path second = Files.writeString(dir.resolve("b.rec"), "2\tc2s\t22");
    Files.writeString(file, "1\tc2s\t21\n");
    try (Recording recording = Recording.open(List.of(file, second), 10)) {
      assertTrue(recording.mayBeCutShort());
    }
    try (Recording recording = Recording.open(List.of(second, file), 10)) {
      assertFalse(recording.mayBeCutShort());
    }
  }

  @Test
  void ofGzipDataOnlyAReaderAtTheEndKnowsWhetherTheLastLineLacksItsEnd() throws Exception {
    Files.write(file, GzipRecordingTest.gzip("1\tc2s\t21"));
    try (Recording recording = open()) {
      assertFalse(recording.mayBeCutShort());
      RecordingReader reader = recording.reader();
      entries(reader);
      assertTrue(reader.mayBeCutShort());
    }
    assertFalse(Recording.of("memory", "1\tc2s\t21").mayBeCutShort());
  }
}
