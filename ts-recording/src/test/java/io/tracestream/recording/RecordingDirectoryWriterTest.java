package io.tracestream.recording;

import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingDirectoryWriterTest {
  private static final Instant EPOCH = Instant.parse("2026-11-23T03:15:42.123456Z");
  private static final String BEGINNING =
      "# ts_proxy recording v1\n# epoch 2026-11-23T03:15:42.123456Z\n";

  @TempDir
  Path temporary;

  private Path dir;
  private RecordingDirectoryConfig config;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void nameTheFolder() {
    dir = temporary.resolve("new/recordings");
    config = RecordingDirectoryConfig.of(dir);
  }

  private ConversationWriter conversation(RecordingDirectoryWriter writer, int number) {
    return writer.conversation(EPOCH, number, "127.0.0.1:5000" + number, 1000L * number);
  }

  /** A separate run that begins the given number of milliseconds after the epoch. */
  private void record(int number, String... payloads) throws IOException {
    Instant epoch = EPOCH.plusMillis(number);
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = writer.conversation(epoch, number, "a:1", 0)) {
      for (String hex : payloads) {
        conversation.write(1, Direction.C2S, payload(hex));
      }
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aConversationsFileIsExactlyThis() throws Exception {
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = conversation(writer, 2)) {
      conversation.write(2001, Direction.C2S, payload("6869"));
      conversation.close(RecordedEnd.TARGET);
    }
    assertEquals(List.of("20261123T031542.125456Z-000002.tsv"), names());
    assertEquals(
        BEGINNING + "# connection 2 from 127.0.0.1:50002, accepted 2000\n2001\tc2s\t6869\n"
            + "# ended by target\n",
        Files.readString(dir.resolve(names().get(0))));
  }

  private String recorded() throws IOException {
    String text = Files.readString(dir.resolve(names().get(0)));
    return text.substring(text.indexOf("\n", text.indexOf("# connection ")) + 1);
  }

  @Test
  void aConversationThatIsJustClosedWasCutOff() throws Exception {
    record(1, "21");
    assertEquals("1\tc2s\t21\n# cut off\n", recorded());
  }

  @Test
  void whereOneSideEndedItsSendingAndFramesStillFollowTheFileSaysSo() throws Exception {
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = conversation(writer, 1)) {
      conversation.write(1, Direction.C2S, payload("21"));
      conversation.ended(Direction.C2S);
      conversation.ended(Direction.C2S);
      conversation.write(2, Direction.S2C, payload("22"));
      conversation.ended(Direction.S2C);
      conversation.close(RecordedEnd.CLIENT);
    }
    assertEquals(
        "1\tc2s\t21\n# client ended its sending\n2\ts2c\t22\n# ended by client\n", recorded());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ofSeveralFilesOnlyTheLastSaysHowTheConversationEnded(boolean gzip) throws Exception {
    config = config.withRotateSize(150).withGzip(gzip);
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = conversation(writer, 1)) {
      for (int i = 0; i < 20; i++) {
        conversation.write(i, Direction.S2C, payload("21222324"));
        conversation.flush();
        conversation.ended(Direction.C2S);
      }
      conversation.close(RecordedEnd.CLIENT);
    }
    Conversation read = RecordingDirectory.open(dir).conversations().get(0);
    assertTrue(read.parts().size() > 2);
    List<RecordedEnd> ends = new ArrayList<>();
    for (Path part : read.parts()) {
      ends.add(RecordingCheck.of(part, 100).end());
    }
    assertEquals(RecordedEnd.CLIENT, ends.remove(ends.size() - 1));
    assertTrue(ends.stream().allMatch(end -> end == null), ends.toString());
    try (Recording recording = read.open(100);
        RecordingReader reader = recording.reader()) {
      assertTrue(reader.advance());
      assertFalse(reader.clientEnded());
      assertEquals(4, reader.skipPayload());
      assertTrue(reader.advance());
      RecordingReader.Position second = reader.position();
      for (int i = 1; i < 20; i++) {
        assertTrue(reader.clientEnded());
        assertEquals(i < 19, reader.advance());
      }
      assertEquals(RecordedEnd.CLIENT, reader.end());
      try (RecordingReader later = recording.reader(second)) {
        assertTrue(later.advance());
        assertTrue(later.clientEnded());
      }
    }
  }

  @Test
  void aConversationWithoutAnEntryLeavesNoFile() throws Exception {
    record(1);
    assertEquals(List.of(), names());
  }

  @Test
  void aFileOfTheSameNameIsNeverOverwritten() throws Exception {
    record(1, "21");
    record(1, "22");
    assertEquals(
        List.of("20261123T031542.124456Z-000001.tsv", "20261123T031542.124457Z-000001.tsv"),
        names());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileOfTheSizeEndsOnAWholeLineAndAnotherGoesOn(boolean gzip) throws Exception {
    config = config.withRotateSize(1000).withGzip(gzip);
    List<String> expected = new ArrayList<>();
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = conversation(writer, 1)) {
      for (int i = 0; i < 200; i++) {
        String hex = String.format("%08x", i * 0x9e3779b9).repeat(5);
        conversation.write(i, Direction.S2C, payload(hex));
        conversation.flush();
        expected.add(i + " s2c " + hex);
      }
    }
    RecordingDirectory read = RecordingDirectory.open(dir);
    assertEquals(1, read.conversations().size());
    List<Path> parts = read.conversations().get(0).parts();
    assertTrue(parts.size() > 5, parts.size() + " parts");
    for (Path part : parts) {
      assertTrue(Files.size(part) <= (gzip ? 1200 : 1000), part + ": " + Files.size(part));
      assertTrue(RecordingCheck.of(part, 100).isWhole());
    }
    try (Recording recording = read.conversations().get(0).open(100)) {
      assertEquals(expected, Lines.entries(recording.reader()));
    }
  }

  @Test
  void anEntryLargerThanTheSizeHasAFileOfItsOwn() throws Exception {
    config = config.withRotateSize(10);
    record(1, "21", "22".repeat(500_000), "23");
    assertEquals(
        List.of(
            "20261123T031542.124456Z-000001.0001.tsv",
            "20261123T031542.124456Z-000001.0002.tsv",
            "20261123T031542.124456Z-000001.0003.tsv"),
        names());
  }

  @Test
  void theOldestFilesGoWhenThereAreTooManyAndOthersStay() throws Exception {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("0000.tsv"), "mine");
    for (int number = 1; number <= 4; number++) {
      record(number, "21");
    }
    config = config.withMaxFiles(2);
    record(5, "21");
    assertEquals(
        List.of(
            "0000.tsv", "20261123T031542.127456Z-000004.tsv", "20261123T031542.128456Z-000005.tsv"),
        names());
  }

  @Test
  void whatIsBeingRecordedIsNotDeletedUntilItIsFinished() throws Exception {
    config = config.withMaxFiles(1);
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        RecordingDirectoryWriter another = writer.forAnotherThread();
        ConversationWriter second = conversation(another, 2)) {
      ConversationWriter first = conversation(writer, 1);
      first.write(1, Direction.C2S);
      second.write(1, Direction.C2S);
      assertEquals(2, names().size());
      record(3, "21"); // as another proxy would
      assertEquals(2, names().size());
      first.close();
      assertEquals(List.of("20261123T031542.125456Z-000002.tsv"), names());
    }
    assertEquals(1, names().size());
  }

  @Test
  void whatOnlyBearsARecordingsNameIsLeftThereAndStopsNothing() throws Exception {
    Files.createDirectories(dir);
    Files.createDirectory(dir.resolve("20261122T000000.000000Z-000001.tsv"));
    RecordingFileTest.makePipe(dir.resolve("20261122T000000.000000Z-000002.tsv"));
    Path mine = Files.writeString(temporary.resolve("mine"), "mine");
    Files.createSymbolicLink(dir.resolve("20261122T000000.000000Z-000003.tsv"), mine);
    config = config.withMaxFiles(1);
    record(1, "21");
    record(2, "22");
    assertEquals(List.of(), warnings);
    assertEquals(
        List.of(
            "20261122T000000.000000Z-000001.tsv",
            "20261122T000000.000000Z-000002.tsv",
            "20261122T000000.000000Z-000003.tsv",
            "20261123T031542.125456Z-000002.tsv"),
        names());
  }

  @Test
  void anOldRecordingThatCannotBeDeletedIsAWarning() throws Exception {
    record(1, "21");
    config = config.withMaxFiles(1);
    Path old = dir.resolve(names().get(0));
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add)) {
      Files.delete(old);
      Files.createDirectory(old);
      for (int number = 2; number <= 3; number++) {
        try (ConversationWriter next =
            writer.conversation(EPOCH.plusMillis(number), number, "a:1", 0)) {
          next.write(1, Direction.C2S);
        }
      }
    }
    assertEquals(List.of(old + ": is not a regular file; not deleted"), warnings);
    assertEquals(
        List.of(old.getFileName().toString(), "20261123T031542.126456Z-000003.tsv"), names());
  }

  @Test
  void aWarningThatCannotBeGivenStopsNothing() throws Exception {
    record(1, "21");
    config = config.withMaxFiles(1);
    Path old = dir.resolve(names().get(0));
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warning -> {
          throw new AssertionError(warning);
        });
        ConversationWriter second = conversation(writer, 2)) {
      Files.delete(old);
      Files.createDirectory(old);
      second.write(2001, Direction.C2S);
    }
    assertEquals(2, names().size());
  }

  @Test
  void whereTheClockWasAheadOnceTheNewestRecordingsAreStillTheLastToGo() throws Exception {
    Files.createDirectories(dir);
    String ahead = "20371231T235959.999999Z-000007.tsv";
    Files.writeString(dir.resolve(ahead), "# ts_proxy recording v1\n");
    config = config.withMaxFiles(2);
    record(1, "21");
    String warning =
        ": has a time in the future in its name; the names of new recordings continue from there";
    assertEquals(List.of(dir.resolve(ahead) + warning), warnings);
    assertEquals(List.of(ahead, "20380101T000000.000000Z-000001.tsv"), names());
    record(2, "22");
    assertEquals(
        List.of("20380101T000000.000000Z-000001.tsv", "20380101T000000.000001Z-000002.tsv"),
        names());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"99991231T235959.999999Z-000001.tsv", "20261399T250000.000000Z-000001.tsv"})
  void aNameOfATimeThatNoneCanFollowIsNotOneOfOurs(String strange) throws Exception {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve(strange), "1\tc2s\t21\n");
    config = config.withMaxFiles(1);
    record(1, "21");
    record(2, "22");
    assertEquals(List.of(), warnings);
    assertEquals(
        Stream.of("20261123T031542.125456Z-000002.tsv", strange).sorted().toList(), names());
  }

  @Test
  void withoutLocksOnTheFileSystemTheOldestGoAsWell() throws Exception {
    RecordingFile.Locks locks = RecordingFile.locks;
    RecordingFile.locks = (file, shared) -> {
      throw new IOException("No locks available");
    };
    try {
      config = config.withMaxFiles(2);
      for (int number = 1; number <= 4; number++) {
        record(number, "21");
      }
    } finally {
      RecordingFile.locks = locks;
    }
    assertEquals(
        List.of("20261123T031542.126456Z-000003.tsv", "20261123T031542.127456Z-000004.tsv"),
        names());
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "th-TH-u-nu-thai", "hi-IN-u-nu-deva", "tr-TR"})
  void namesAreTheSameInEveryLanguage(String language) throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      config = config.withMaxFiles(2).withRotateSize(1);
      record(1, "21", "22", "23");
      assertEquals(
          List.of(
              "20261123T031542.124456Z-000001.0002.tsv", "20261123T031542.124456Z-000001.0003.tsv"),
          names());
      assertEquals(
          "# ts_proxy recording v1\n# epoch 2026-11-23T03:15:42.124456Z\n"
              + "# connection 1 from a:1, accepted 0\n1\tc2s\t23\n# cut off\n",
          Files.readString(dir.resolve(names().get(1))));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aFolderThatNoFileCanBeMadeInIsRefusedAtTheStart() throws Exception {
    config = RecordingDirectoryConfig.of(Path.of("/proc/self"));
    assumeTrue(Files.isDirectory(config.directory()));
    String refusal = assertThrows(
            RecordingException.class, () -> RecordingDirectoryWriter.open(config, warnings::add))
        .getMessage();
    assertTrue(refusal.startsWith("/proc/self: "), refusal);
  }

  @Test
  void thousandsOfConversationsShareOneThreadAndFewBuffers() throws Exception {
    List<ConversationWriter> all = new ArrayList<>();
    long threadsBefore = recordingThreads();
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add)) {
      for (int i = 1; i <= 500; i++) {
        ConversationWriter conversation = writer.conversation(EPOCH, i, "a:1", 0);
        all.add(conversation);
        conversation.write(i, Direction.C2S, ByteBuffer.allocate(40_000));
      }
      assertTrue(recordingThreads() <= threadsBefore + 1);
      for (ConversationWriter conversation : all) {
        conversation.write(1000, Direction.S2C, ByteBuffer.allocate(300_000));
        conversation.close();
      }
    }
    RecordingDirectory read = RecordingDirectory.open(dir);
    assertEquals(500, read.conversations().size());
    for (int i = 0; i < 500; i++) {
      try (Recording recording = read.conversations().get(i).open(300_000)) {
        RecordingReader reader = recording.reader();
        assertEquals(new Entry(i + 1, Direction.C2S, new byte[40_000]), reader.next());
        assertEquals(new Entry(1000, Direction.S2C, new byte[300_000]), reader.next());
        assertFalse(reader.advance());
      }
    }
  }

  private static long recordingThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("ts-recording"))
        .count();
  }

  @Test
  void aFolderThatIsGoneBreaksTheConversation() throws Exception {
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warnings::add);
        ConversationWriter conversation = conversation(writer, 1)) {
      Files.delete(dir);
      IOException e = assertThrows(
          RecordingException.class, () -> conversation.write(1, Direction.C2S, payload("21")));
      assertEquals(
          dir.resolve("20261123T031542.124456Z-000001.tsv")
              + ": there is no such folder; make it first",
          e.getMessage());
      assertThrows(IOException.class, () -> conversation.write(2, Direction.C2S));
    }
  }

  @Test
  void aFileInTheFoldersPlaceIsRefused() throws Exception {
    Path file = Files.writeString(temporary.resolve("a"), "");
    for (Path place : List.of(file, file.resolve("b"))) {
      config = RecordingDirectoryConfig.of(place);
      String refusal = assertThrows(
              RecordingException.class, () -> RecordingDirectoryWriter.open(config, warnings::add))
          .getMessage();
      assertTrue(refusal.startsWith(place + ": "), refusal);
      assertTrue(refusal.contains("folder"), refusal);
      assertTrue(refusal.endsWith("; choose another name"), refusal);
    }
  }

  @Test
  void aFullDiskLeavesEveryFileWithWholeLines() throws Exception {
    assertEquals(
        List.of("broken", "closed"),
        RecordingWriterFullDiskTest.saidBy(temporary, FillDirectory.class, dir));
    assertEquals(3, names().size());
    for (String name : names()) {
      RecordingCheck check = RecordingCheck.of(dir.resolve(name), 1000);
      assertTrue(check.isWhole(), name + ": " + check.damage());
      assertEquals(0, check.unendedLine());
      assertTrue(check.entries() > 400, name + ": " + check.entries());
    }
  }
}
