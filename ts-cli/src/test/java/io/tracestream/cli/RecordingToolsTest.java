package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the user sees of inspect and check. */
@ResourceLock(Resources.SYSTEM_ERR)
class RecordingToolsTest {
  private static final String HEADER = "# ts_proxy recording v1\n";
  private static final String THREE_ENTRIES =
      HEADER + "1000\tc2s\t68656c6c6f20616e642068656c6c6f\n2500\ts2c\t00ff\n62502500\tc2s\t\n";
  private static final String DAMAGED = HEADER + "1\tc2s\t21\n2\tx2s\t22\n3\ts2c\t23\n4\ts2c\t2";
  private static final String DAMAGE =
      ": direction: found \"x2s\", expected c2s or s2c and a tab; correct the line or record again";
  private static final String CUT_OFF = ": this line is cut off: the recorder was"
      + " stopped inside it; delete the line or record again";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  /** Runs a command and gives its stdout; expects that status, and that on stderr. */
  private static List<String> run(int status, String stderr, String... args) {
    Run run = Run.of(args);
    assertEquals(stderr, run.stderr());
    assertEquals(status, run.status());
    return run.stdout();
  }

  @Test
  void inspectShowsAConversationOnOneScreen() throws Exception {
    Files.writeString(file, THREE_ENTRIES);
    assertEquals(
        List.of(
            file + ": 3 entries in 1 min 02 s, the first one after 1.00 ms",
            "",
            "                  entries     payload bytes       longest run",
            "c2s                     2                15                 1",
            "s2c                     1                 2                 1",
            "",
            "payload bytes         min         p50         p90         p99         max",
            "c2s                     0           0          15          15          15",
            "s2c                     2           2           2           2           2",
            "",
            "pause before          min         p50         p90         p99         max",
            "c2s            1 min 02 s  1 min 02 s  1 min 02 s  1 min 02 s  1 min 02 s",
            "s2c               1.50 ms     1.50 ms     1.50 ms     1.50 ms     1.50 ms",
            "",
            "2 changes of direction; an s2c entry follows 1 of 2 c2s entries"),
        run(0, "", "inspect", file.toString()));
  }

  @Test
  void inspectListsEntries() throws Exception {
    Files.writeString(file, THREE_ENTRIES);
    assertEquals(
        List.of(
            " entry    line      time s dir    bytes  payload in hex            as text",
            "     1       2    0.001000 c2s       15  68656c6c6f20616e64206865  hello and he",
            "     2       3    0.002500 s2c        2  00ff                      ..",
            "     3       4   62.502500 c2s        0"),
        run(0, "", "inspect", "--entries", file.toString()));
  }

  @Test
  void inspectShowsWhatIsWholeAndThenReportsDamage() throws Exception {
    Files.writeString(file, DAMAGED);
    String damage = "ts-proxy: " + file + ":3" + DAMAGE + "\n";
    List<String> page = run(1, damage, "inspect", file.toString());
    assertEquals(
        file + " before the damage in line 3: 1 entry in 0 us, the first one after 1 us",
        page.get(0));
    assertTrue(
        page.contains("s2c                     -           -           -           -           -"));
    assertEquals(
        "     1       2    0.000001 c2s        1  21                        !",
        run(1, damage, "inspect", "--entries", file.toString()).get(1));
  }

  @Test
  void inspectReportsDamageInTheFirstEntryToo() throws Exception {
    Files.writeString(file, HEADER + "2\tx2s\t22\n");
    run(1, "ts-proxy: " + file + ":2" + DAMAGE + "\n", "inspect", file.toString());
  }

  @Test
  void checkSaysInOneLineThatARecordingIsWhole() throws Exception {
    Files.writeString(file, THREE_ENTRIES);
    assertEquals(
        List.of(file + ": whole: 3 entries, 2 c2s and 1 s2c"),
        run(0, "", "check", file.toString()));
  }

  @Test
  void checkReportsEachDamagedLineAndTheCutOne() throws Exception {
    Files.writeString(file, DAMAGED);
    assertEquals(
        List.of(
            file + ": damaged: the last line, which is cut off, and 1 other line;"
                + " 2 whole entries, 1 c2s and 1 s2c",
            file + ":3" + DAMAGE,
            file + ":5" + CUT_OFF,
            "to keep the whole entries: ts-proxy check " + file + " --repair OUT"),
        run(1, "", "check", file.toString()));
  }

  @Test
  void checkDistinguishesATornEndFromDamageInTheMiddle() throws Exception {
    Files.writeString(file, HEADER + "1\tc2s\t21\n2\ts2");
    assertEquals(
        file + ": damaged: only the last line, which is cut off; 1 whole entry, 1 c2s and 0 s2c",
        run(1, "", "check", file.toString()).get(0));
    Files.writeString(file, HEADER + "x\n".repeat(150) + "1\tc2s\t21\n");
    List<String> output = run(1, "", "check", file.toString());
    assertEquals(file + ": damaged: 150 lines; 1 whole entry, 1 c2s and 0 s2c", output.get(0));
    assertEquals(103, output.size());
    assertEquals("and 50 more lines", output.get(101));
  }

  @Test
  void aRecordingThatWasCutOffComesWithAdviceToRepairIt() throws Exception {
    Files.writeString(file, HEADER + "1\tc2s\t21\n2\ts2");
    String advice = "; ts-proxy check FILE --repair OUT keeps the whole entries\n";
    run(1, "ts-proxy: " + file + ":3" + CUT_OFF + advice, "inspect", file.toString());
    run(1, "ts-proxy: " + file + ":3" + CUT_OFF + advice, "diff", file.toString(), file.toString());
  }

  @Test
  void aFolderInPlaceOfAFileIsRejectedWithTheOtherOption() throws Exception {
    Files.writeString(file, THREE_ENTRIES);
    run(
        3,
        "ts-proxy: --record: " + dir + " is a folder; use --record-dir to play the recordings in"
            + " it\n",
        "replay",
        "--listen=127.0.0.1:0",
        "--record=" + dir);
    run(
        3,
        "ts-proxy: --record-dir: " + file + " is a file; use --record to play it\n",
        "verify",
        "--target=127.0.0.1:1",
        "--record-dir=" + file);
  }

  @Test
  void checkNotesWhatIsNoDamage() throws Exception {
    Files.writeString(file, HEADER + "2\tc2s\t21\n1\ts2c\t22");
    assertEquals(
        List.of(
            file + ": whole: 2 entries, 1 c2s and 1 s2c",
            file + ":3: note: no line end after the last entry: it is complete, or was cut off"
                + " between two bytes",
            file + ":3: note: time goes backwards here, 1 time in all; a replay takes that as no"
                + " pause"),
        run(0, "", "check", file.toString()));
  }

  @Test
  void checkWritesWhatIsWhole() throws Exception {
    Path out = dir.resolve("b.rec");
    Files.writeString(file, DAMAGED);
    List<String> output = run(1, "", "check", file.toString(), "--repair", out.toString());
    assertEquals(
        out + ": wrote 2 entries, left out 2 damaged lines; exit status is 1 because " + file
            + " is damaged",
        output.get(3));
    assertEquals(HEADER + "1\tc2s\t21\n3\ts2c\t23\n", Files.readString(out));
    assertEquals(
        List.of(out + ": whole: 2 entries, 1 c2s and 1 s2c", file + ": wrote 2 entries"),
        run(0, "", "check", out.toString(), "--repair", file.toString()));
  }

  @Test
  void checkDoesNotWriteToTheRecordingItself() throws Exception {
    Files.writeString(file, DAMAGED);
    run(
        3,
        "ts-proxy: " + file + ": is the recording to repair; choose another name\n",
        "check",
        file.toString(),
        "--repair",
        file.toString());
    assertEquals(DAMAGED, Files.readString(file));
  }

  @Test
  void whatIsNoRecordingEndsWithStatusThree() throws Exception {
    Files.write(file, new byte[] {-1, -40, -1, -32, 0, 16, 'J', 'F', 'I', 'F', 0});
    String none = "ts-proxy: " + file
        + ":1: is not a recording: found \"\\xff\\xd8\\xff\\xe0\\x00\\x10JFIF\\x00\", expected an"
        + " entry or the line \"" + HEADER.strip() + "\"\n";
    for (String command : List.of("check", "inspect")) {
      run(3, none, command, file.toString());
    }
    run(3, none, "diff", file.toString(), file.toString());
  }

  @Test
  void lookingAtAFileWithoutAnEntrySaysSo() throws Exception {
    for (String text : List.of("", HEADER, "# mine\n\n")) {
      Files.writeString(file, text);
      List<String> none = List.of(file + ": is not a recording: no entry");
      assertEquals(none, run(0, "", "inspect", file.toString()));
      assertEquals(none, run(0, "", "inspect", "--entries", file.toString()));
      List<String> check = run(1, "", "check", file.toString());
      assertEquals(List.of(none.get(0) + ", 0 c2s and 0 s2c"), check);
    }
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.writeString(folder.resolve("a.tsv"), HEADER);
    Files.writeString(folder.resolve("b.tsv"), THREE_ENTRIES);
    String line = run(0, "", "inspect", folder.toString()).get(1);
    assertTrue(line.endsWith(folder.resolve("a.tsv") + ": is not a recording: no entry"), line);
  }

  @Test
  void nothingIsPlayedVerifiedComparedOrLearnedFromAFileWithoutAnEntry() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.writeString(folder.resolve("b.tsv"), THREE_ENTRIES);
    Files.writeString(folder.resolve("._b.tsv"), "not looked at");
    Path empty = Files.createFile(folder.resolve("a.tsv"));
    Path whole = Files.writeString(file, THREE_ENTRIES);
    for (String args : List.of(
        "replay --listen 127.0.0.1:0 --record " + empty,
        "replay --listen 127.0.0.1:0 --record-dir " + folder,
        "replay --listen 127.0.0.1:0 --select match --record-dir " + folder,
        "verify --target 127.0.0.1:1 --record " + empty,
        "verify --target 127.0.0.1:1 --record-dir " + folder,
        "diff " + empty + " " + whole,
        "diff " + whole + " " + empty,
        "learn " + empty + " " + whole,
        "learn " + whole + " " + empty)) {
      run(
          3,
          "ts-proxy: " + empty
              + ": is not a recording: it has no entry; record again or delete it\n",
          args.split(" "));
    }
  }

  @Test
  void aLongerPayloadThanTheCapIsDamage() throws Exception {
    Files.writeString(file, THREE_ENTRIES);
    String tooLong = file + ":2: payload: found more than 14 bytes, expected at most 14;"
        + " raise the largest payload or correct the line";
    String[] cap = {"--max-payload-len", "14", file.toString()};
    assertEquals(tooLong, run(1, "", "check", cap[0], cap[1], cap[2]).get(1));
    run(1, "ts-proxy: " + tooLong + "\n", "inspect", "--entries", cap[0], cap[1], cap[2]);
  }
}
