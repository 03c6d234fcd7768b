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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a writer does to the files that are there, and to nothing else. */
class RecordingFileTest {
  private static final String HEADER = "# ts_proxy recording v1\n";
  private static final RecordingFile.Locks LOCKS = RecordingFile.locks;

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  @AfterEach
  void restore() {
    RecordingFile.locks = LOCKS;
    Thread.interrupted();
  }

  private String refusal() {
    return assertThrows(RecordingException.class, () -> RecordingWriter.create(file))
        .getMessage();
  }

  private void record(String hex) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      writer.write(1, Direction.C2S, payload(hex));
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(found -> found.getFileName().toString()).sorted().toList();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void whoReadsAnEarlierRecordingReadsItToItsEnd() throws Exception {
    record("21");
    try (Recording earlier = Recording.open(file, 100)) {
      record("22");
      assertEquals(List.of("1 c2s 21"), Lines.entries(earlier.reader()));
    }
    assertEquals(HEADER + "1\tc2s\t22\n", Files.readString(file));
    assertEquals(List.of("a.rec"), names());
  }

  @Test
  void anotherNameOfARecordingIsReplacedAlone() throws Exception {
    record("21");
    Path other = Files.createLink(dir.resolve("b.rec"), file);
    record("22");
    assertEquals(HEADER + "1\tc2s\t21\n", Files.readString(other));
  }

  @Test
  void recordingsAreTheirOwnersAlone() throws Exception {
    assumeTrue(Files.getFileStore(dir).supportsFileAttributeView("posix"));
    record("21");
    assertEquals("rw-------", permissions(file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    record("22");
    assertEquals("rw-------", permissions(file));

    Path folder = dir.resolve("new/recordings");
    try (RecordingDirectoryWriter writer =
            RecordingDirectoryWriter.open(RecordingDirectoryConfig.of(folder), warning -> {});
        ConversationWriter conversation = writer.conversation(Instant.EPOCH, 1, "a:1", 0)) {
      conversation.write(1, Direction.C2S);
    }
    assertEquals("rwx------", permissions(folder.getParent()));
    assertEquals("rwx------", permissions(folder));
    assertEquals("rw-------", permissions(folder.resolve("19700101T000000.000000Z-000001.tsv")));
  }

  @Test
  void aLinkLeadsToTheFileThatIsRecordedTo() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("a.rec"));
    for (String hex : List.of("21", "22")) { // not there at first, then to be replaced
      try (RecordingWriter writer = RecordingWriter.create(link)) {
        assertTrue(Files.isRegularFile(file));
        assertEquals(file + ": another proxy is recording to it; choose another name", refusal());
        writer.write(1, Direction.C2S, payload(hex));
      }
      assertTrue(Files.isSymbolicLink(link));
      assertEquals(HEADER + "1\tc2s\t" + hex + "\n", Files.readString(file));
    }
  }

  @Test
  void whereALinkIsSwappedInTheFileThatItLeadsToIsLeftAsItIs() throws Exception {
    Path foreign = Files.writeString(dir.resolve("foreign"), "a foreign file");
    record("21");
    RecordingFile made = RecordingFile.part(file, "a.rec", false);
    Files.delete(file);
    Files.createSymbolicLink(file, foreign);
    Exception e = assertThrows(RecordingException.class, made::takeName);
    assertEquals("a.rec: another file has taken this name; choose another name", e.getMessage());
    made.close();
    assertEquals("a foreign file", Files.readString(foreign));
    assertEquals(List.of("a.rec", "foreign"), names());
  }

  @Test
  void linksThatLeadInACircleAreRefused() throws Exception {
    Files.createSymbolicLink(file, dir.resolve("b.rec"));
    Files.createSymbolicLink(dir.resolve("b.rec"), file);
    assertEquals(file + ": leads through too many symbolic links; choose another name", refusal());
  }

  @Test
  void whatIsNotARegularFileIsRefused() throws Exception {
    for (String name : List.of("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/fd/1")) {
      file = Path.of(name);
      if (Files.exists(file)) {
        assertEquals(file + ": is not a regular file; choose another name", refusal());
      }
    }
    file = Path.of("/");
    assertEquals(file + ": is a folder; choose another name", refusal());
  }

  @Test
  void stdoutIsRefusedAlsoWhereItIsARegularFile() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/stdout")));
    assertEquals(
        List.of("/dev/stdout: is not a regular file; choose another name"),
        RecordingWriterFullDiskTest.saidBy(
            dir, WriteUntilFull.Start.class, Path.of("/dev/stdout")));
  }

  @Test
  void aPipeIsRefusedAtOnce() throws Exception {
    makePipe(file);
    assertEquals(file + ": is not a regular file; choose another name", refusal());
  }

  static void makePipe(Path path) throws Exception {
    Path program = Path.of("/usr/bin/mkfifo");
    assumeTrue(Files.isExecutable(program), "there is no mkfifo");
    Process process = new ProcessBuilder(program.toString(), path.toString()).start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  @Test
  void aFileInTheFoldersPlaceIsTold() throws Exception {
    Path notFolder = Files.writeString(dir.resolve("b"), "");
    file = notFolder.resolve("a.rec");
    String refusal = refusal();
    assertTrue(refusal.startsWith(file + ": cannot be created: "), refusal);
  }

  @Test
  void aNameThatIsTooLongIsToldAndNotItsPathAlone() {
    file = dir.resolve("a".repeat(300));
    String refusal = refusal();
    assertTrue(refusal.startsWith(file + ": "), refusal);
    assertTrue(refusal.endsWith("; choose another name"), refusal);
  }

  @Test
  void withoutLocksOnTheFileSystemARecordingIsMadeAllTheSame() throws Exception {
    RecordingFile.locks = (channel, shared) -> {
      throw new IOException("No locks available");
    };
    record("21");
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      assertEquals(file + ": another proxy is recording to it; choose another name", refusal());
      writer.write(1, Direction.C2S, payload("22"));
    }
    assertEquals(HEADER + "1\tc2s\t22\n", Files.readString(file));
  }

  @Test
  void withoutLocksOneOfTwoProcessesNotices() throws Exception {
    try (RecordingWriter first = RecordingWriter.create(file)) {
      Path moved = Files.move(file, dir.resolve("moved"));
      record("21"); // as another process can, which does not know of this one
      Exception e = LostRecordingTest.awaitFailure(first::flush);
      assertTrue(e.getMessage().contains("was replaced by another file"), e.getMessage());
      assertEquals(HEADER, Files.readString(moved));
    }
    assertEquals(HEADER + "1\tc2s\t21\n", Files.readString(file));
  }

  @Test
  void aStartThatFailsLeavesTheEarlierRecordingAndNothingElse() throws Exception {
    record("21");
    try (RecordingWriter part = RecordingWriter.part(file)) {
      assertEquals(2, names().size());
      part.write(1, Direction.C2S, payload("22"));
    }
    assertEquals(List.of("a.rec"), names());
    assertEquals(HEADER + "1\tc2s\t21\n", Files.readString(file));
    record("23");
  }

  @Test
  void whileAPartIsWrittenNobodyElseReplacesTheRecording() throws Exception {
    record("21");
    try (RecordingWriter part = RecordingWriter.part(file)) {
      assertEquals(file + ": another proxy is recording to it; choose another name", refusal());
      part.write(1, Direction.C2S, payload("22"));
      part.commit();
    }
    assertEquals(HEADER + "1\tc2s\t22\n", Files.readString(file));
    record("23");
  }

  @Test
  void anInterruptedThreadRecordsAConversation() throws Exception {
    RecordingDirectoryConfig config = RecordingDirectoryConfig.of(dir).withMaxFiles(2);
    Thread.currentThread().interrupt();
    try (RecordingDirectoryWriter writer = RecordingDirectoryWriter.open(config, warning -> {})) {
      for (int number = 1; number <= 3; number++) {
        try (ConversationWriter conversation =
            writer.conversation(Instant.EPOCH, number, "a:1", number)) {
          conversation.write(1, Direction.C2S, payload("21"));
        }
      }
    }
    assertTrue(Thread.interrupted());
    assertEquals(2, RecordingDirectory.open(dir).conversations().size());
  }

  @Test
  void anInterruptedThreadRecordsAndStaysInterrupted() throws Exception {
    record("21");
    Thread.currentThread().interrupt();
    RecordingWriter writer = RecordingWriter.create(file);
    assertTrue(Thread.currentThread().isInterrupted());
    writer.write(1, Direction.C2S, payload("22"));
    writer.flush();
    writer.write(2, Direction.C2S, ByteBuffer.allocate(2_000_000));
    writer.close();
    assertTrue(Thread.interrupted());
    assertEquals(
        HEADER + "1\tc2s\t22\n2\tc2s\t" + "00".repeat(2_000_000) + "\n", Files.readString(file));
    record("23"); // nobody is recording to it any more
  }

  @Test
  void interruptsInTheMiddleOfWritingLoseNothing() throws Exception {
    Thread writing = Thread.currentThread();
    AtomicBoolean done = new AtomicBoolean();
    Thread interrupting = new Thread(() -> {
      while (!done.get()) {
        writing.interrupt();
      }
    });
    StringBuilder expected = new StringBuilder(HEADER);
    interrupting.start();
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (int i = 0; i < 2000; i++) {
        writer.write(i, Direction.C2S, ByteBuffer.allocate(1000));
        writer.flush();
        expected.append(i).append("\tc2s\t").append("00".repeat(1000)).append('\n');
      }
    } finally {
      done.set(true);
      while (interrupting.isAlive()) {
        Thread.interrupted();
        Thread.onSpinWait();
      }
      Thread.interrupted();
    }
    assertEquals(expected.toString(), Files.readString(file));
  }

  @Test
  void closingTellsNothingTwiceAndFreesTheNameAlsoOfALostRecording() throws Exception {
    RecordingWriter writer = RecordingWriter.create(file);
    Files.delete(file);
    assertThrows(RecordingException.class, writer::close);
    writer.close();
    record("21");
    assertFalse(names().isEmpty());
  }
}
