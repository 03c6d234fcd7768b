package io.tracestream.recording;

import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  @BeforeEach
  void nameTheFolder() {
    dir = temporary.resolve("new/recordings");
    config = RecordingDirectoryConfig.of(dir);
  }

  private ConversationWriter conversation(RecordingDirectoryWriter writer, int number) {
    return writer.conversation(EPOCH, number, "127.0.0.1:5000" + number, 1000L * number);
  }

  private void record(int number, String... payloads) throws IOException {
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config);
        ConversationWriter conversation = conversation(writer, number)) {
      for (String hex : payloads) {
        conversation.write(1000L * number + 1, Direction.C2S, payload(hex));
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
    record(2, "6869");
    assertEquals(List.of("20261123T031542.125456Z-000002.tsv"), names());
    assertEquals(
        BEGINNING + "# connection 2 from 127.0.0.1:50002, accepted 2000\n2001\tc2s\t6869\n",
        Files.readString(dir.resolve(names().get(0))));
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
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config);
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
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config);
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
  void thousandsOfConversationsShareOneThreadAndFewBuffers() throws Exception {
    List<ConversationWriter> all = new ArrayList<>();
    long threadsBefore = recordingThreads();
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config)) {
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
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config);
        ConversationWriter conversation = conversation(writer, 1)) {
      Files.delete(dir);
      IOException e = assertThrows(
          RecordingException.class, () -> conversation.write(1, Direction.C2S, payload("21")));
      assertEquals(
          dir.resolve("20261123T031542.124456Z-000001.tsv")
              + ": found no such directory, expected one to write to",
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
              RecordingException.class, () -> RecordingDirectoryWriter.open(config))
          .getMessage();
      assertTrue(refusal.startsWith(place + ": found "), refusal);
      assertTrue(
          refusal.endsWith(", expected a folder to record to; choose another name"), refusal);
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
