package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.RandomSeeds;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class RecordingRepairTest {
  private static final String HEADER = "# ts_proxy recording v1\n";
  private static final String DAMAGED = HEADER + "1\tc2s\t21\n2\tx\n3\ts2c\t2";
  private static final String REPAIRED = HEADER + "1\tc2s\t21\n";

  @TempDir
  Path dir;

  private Path file;
  private Path out;

  @BeforeEach
  void nameTheFiles() {
    file = dir.resolve("a.rec");
    out = dir.resolve("b.rec");
  }

  private RecordingCheck repair(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return RecordingCheck.repair(file, 100, out);
  }

  private String refusal() throws IOException {
    Files.writeString(file, DAMAGED);
    return assertThrows(RecordingException.class, () -> RecordingCheck.repair(file, 100, out))
        .getMessage();
  }

  private List<String> filesLeft() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsWholeIsWrittenAndTheDamagedFileLeftAsItIs() throws Exception {
    RecordingCheck check = repair(DAMAGED);
    assertEquals(2, check.damagedLines());
    assertTrue(check.cutOff());
    assertEquals(REPAIRED, Files.readString(out));
    assertEquals(DAMAGED, Files.readString(file));
    assertEquals(List.of("a.rec", "b.rec"), filesLeft());
    assertTrue(RecordingCheck.of(out, 100).isWhole());
  }

  @Test
  void commentsAreKeptAndEntriesBecomeCanonical() throws Exception {
    String longComment = "# " + "long ".repeat(200_000);
    repair(
        "# mine\r\n\n" + HEADER + "05\tc2s\t4B\r\n" + longComment + "\n4\ts2c\t22\n#\u00e9 last");
    assertEquals(
        HEADER + "# mine\n5\tc2s\t4b\n" + longComment + "\n4\ts2c\t22\n#\u00e9 last\n",
        Files.readString(out, StandardCharsets.ISO_8859_1));
  }

  @Test
  void aLineOfAnotherVersionInTheMiddleIsLeftOut() throws Exception {
    repair("1\tc2s\t21\n# ts_proxy recording v2\n" + HEADER + "2\tc2s\t22\n");
    assertEquals(REPAIRED + "2\tc2s\t22\n", Files.readString(out));
  }

  @Test
  void anEarlierRecordingIsReplacedAlsoBehindALink() throws Exception {
    Path real = Files.writeString(dir.resolve("real.rec"), "9\tc2s\t99\n");
    Files.createSymbolicLink(out, real.getFileName());
    repair(DAMAGED);
    assertTrue(Files.isSymbolicLink(out));
    assertEquals(REPAIRED, Files.readString(real));
  }

  @Test
  void theRecordingItselfIsNotWrittenTo() throws Exception {
    Files.writeString(file, DAMAGED);
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    Path hardLink = Files.createLink(dir.resolve("hard"), file);
    for (Path same : List.of(file, link, hardLink, dir.resolve("./a.rec"))) {
      out = same;
      assertEquals(same + ": is the recording to repair; choose another name", refusal());
    }
    assertEquals(List.of("a.rec", "hard", "link"), filesLeft());
  }

  @Test
  void anotherKindOfFileIsNotReplaced() throws Exception {
    Files.writeString(out, "my notes\n");
    assertEquals(out + ": is not a recording and is left as it is; choose another name", refusal());
    assertEquals("my notes\n", Files.readString(out));
    out = dir;
    assertTrue(refusal().startsWith(dir + ": is a folder"));
  }

  @Test
  void aRecordingThatIsBeingRecordedIsNotReplaced() throws Exception {
    try (RecordingWriter writer = RecordingWriter.create(out)) {
      assertTrue(refusal().startsWith(out + ": another proxy is recording to it"));
      writer.write(1, Direction.C2S);
    }
    assertEquals(HEADER + "1\tc2s\t\n", Files.readString(out));
  }

  @Test
  void aPlaceThatIsNotThereIsTold() throws Exception {
    out = dir.resolve("none").resolve("b.rec");
    assertEquals(out + ": there is no such folder; make it first", refusal());
  }

  @Test
  void whatIsNoRecordingLeavesNothingBehind() throws Exception {
    for (String text : List.of("hello\n", "\0\0", "# ts_proxy recording v2\n1\tc2s\t21\n")) {
      assertThrows(RecordingException.class, () -> repair(text));
      assertEquals(List.of("a.rec"), filesLeft());
    }
  }

  @Test
  void aFullDiskLeavesTheEarlierRecordingAndNothingElse() throws Exception {
    Files.writeString(out, REPAIRED);
    Files.writeString(file, HEADER + ("1\tc2s\t" + "21".repeat(100) + "\n").repeat(10_000));
    assertEquals(
        List.of(out + ": cannot be written: File too large"),
        RecordingWriterFullDiskTest.saidBy(dir, RepairUntilFull.class, file, out));
    assertEquals(REPAIRED, Files.readString(out));
    assertEquals(List.of("a.rec", "b.rec", "output"), filesLeft());
  }

  @Test
  void itIsReadableForItsOwnerOnlyWhateverTheModeOfTheDamagedRecording() throws Exception {
    assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"), "no modes");
    Files.createFile(file);
    for (String mode : List.of("rw-------", "rw-r--r--", "rwxrwxrwx")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      repair(DAMAGED);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(out)));
    }
  }

  @Test
  void whatIsSaidAboutTheEndIsKept() throws Exception {
    String end = "# client ended its sending\n2\ts2c\t22\n# ended by client\n";
    RecordingCheck check = repair(HEADER + "1\tc2s\t21\nx\n" + end);
    assertEquals(RecordedEnd.CLIENT, check.end());
    assertEquals(REPAIRED + end, Files.readString(out));
    assertEquals(RecordedEnd.CLIENT, RecordingCheck.of(out, 100).end());
    assertNull(repair(DAMAGED).end());
  }

  @Test
  void aSignalLeavesNothingUnfinished() throws Exception {
    Files.writeString(file, HEADER + "1\tc2s\t21\n");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child = new ProcessBuilder(
            java,
            "-cp",
            System.getProperty("java.class.path"),
            RepairForEver.class.getName(),
            file.toString(),
            out.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (BufferedReader said = child.inputReader()) {
      assertEquals("begun", said.readLine());
      assertEquals(2, filesLeft().size(), "there is no unfinished file");
      child.toHandle().destroy();
      assertTrue(child.waitFor(20, TimeUnit.SECONDS));
    } finally {
      child.destroyForcibly();
    }
    assertEquals(List.of("a.rec"), filesLeft());
  }

  @Test
  void nothingIsWrittenWhereNothingIsWhole() throws Exception {
    for (String text : List.of("", HEADER, "# mine\n\n", HEADER + "x\n")) {
      assertEquals(0, repair(text).entries());
      assertEquals(List.of("a.rec"), filesLeft());
    }
  }

  @Test
  void theFirstEntryAfterAByteOrderMarkIsKept() throws Exception {
    assertTrue(repair("\u00ef\u00bb\u00bf1\tc2s\t21\n").isWhole());
    assertEquals(REPAIRED, Files.readString(out));
  }

  @Test
  void theEntryAfterAHoleIsKept() throws Exception {
    repair("\0".repeat(70_000) + "1\tc2s\t21\n2\tc2s" + "\0".repeat(10) + "3\ts2c\t22\n");
    assertEquals(REPAIRED + "3\ts2c\t22\n", Files.readString(out));
  }

  @ParameterizedTest
  @RandomSeeds(200)
  void aRepairedRecordingIsWholeAndHoldsWhatTheCheckCounted(long seed) throws Exception {
    Files.write(file, Cases.of(seed).damagedText());
    RecordingCheck check;
    try {
      check = RecordingCheck.repair(file, 100, out);
    } catch (RecordingException e) {
      return; // no recording
    }
    if (check.entries() == 0) {
      assertFalse(Files.exists(out));
      return;
    }
    RecordingCheck after = RecordingCheck.of(out, 100);
    assertTrue(after.isWhole());
    assertEquals(check.c2sEntries(), after.c2sEntries());
    assertEquals(check.s2cEntries(), after.s2cEntries());
    assertEquals(check.earlierEntries(), after.earlierEntries());
    if (check.isWhole()) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String written = Files.readString(out, StandardCharsets.ISO_8859_1);
      assertEquals(Lines.entries(text), Lines.entries(written));
    }
  }
}
