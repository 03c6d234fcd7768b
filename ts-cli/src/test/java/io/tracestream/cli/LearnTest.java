package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Learning rules, and using what was written. */
@ResourceLock(Resources.SYSTEM_ERR)
class LearnTest {
  @TempDir
  private Path dir;

  private String write(String name, String... lines) throws IOException {
    String text = "# ts_proxy recording v1\n" + String.join("\n", lines) + "\n";
    return Files.writeString(dir.resolve(name), text).toString();
  }

  /** Two requests with ids of four bytes, and replies that repeat them with a nonce after them. */
  private String conversation(String name, String id, String nonce, String last)
      throws IOException {
    return write(
        name,
        "0\tc2s\t01" + id + "016869",
        "5\ts2c\t" + id + "016f6b" + nonce + "0badcafe",
        "9\tc2s\t02" + id + "0263",
        "9\ts2c\t" + id + "026f6b" + last + nonce + "1badcafe");
  }

  private static String run(int status, String... args) {
    Run run = Run.of(args);
    assertEquals(status, run.status(), run.stderr());
    return String.join("\n", run.stdout()) + "\n" + run.stderr();
  }

  @Test
  void whatItWritesAreRulesUnderWhichAThirdConversationIsTheSame() throws Exception {
    String a = conversation("a.rec", "1a2b3c", "11223344", "");
    String b = conversation("b.rec", "f90817", "8899aabb", "");
    String c = conversation("c.rec", "55aa55", "deadbeef", "");
    String rules = run(0, "learn", a, b);
    assertEquals("""
        # Learned from AA (4 entries) and BB (4 entries).

        # 2 of 2 entries repeat a value of an earlier c2s entry (1 value in each recording; by chance once in 10^14)
        copy c2s:1+3->s2c:0+3

        # 2 of 2 entries that have these bytes differ in them
        ignore s2c:6+4

        # 2 rules; 14 of 41 bytes are open (34.1 %); everything that differs is explained.
        """.replace("AA", a).replace("BB", b), rules);
    String file = Files.writeString(dir.resolve("rules"), rules).toString();
    assertEquals(
        "4 entries in A, 4 in B: 4 same, 0 changed, 0 added, 0 removed\n",
        run(0, "diff", a, c, "--rules", file));
  }

  @Test
  void whatItCannotExplainIsACommentAndEndsWithOne() throws Exception {
    String a = conversation("a.rec", "1a2b3c", "11223344", "");
    String b = conversation("b.rec", "f90817", "8899aabb", "21");
    String rules = run(1, "learn", a, b);
    assertTrue(
        rules.contains("\n# Not explained: 1 changed, 0 added, 0 removed.\n# changed s2c " + a
            + ":5 (entry 4), " + b
            + ":5 (entry 4): 14 bytes in A, 15 bytes in B; first difference at payload byte 0\n"),
        rules);
    String file = Files.writeString(dir.resolve("rules"), rules).toString();
    assertTrue(run(1, "diff", a, b, "--rules", file).contains(" 3 same, 1 changed, "));
  }

  @Test
  void recordingsThatAreTheSameNeedNoRules() throws Exception {
    String a = conversation("a.rec", "1a2b3c", "11223344", "");
    assertEquals(
        "# Learned from " + a + " (4 entries) and " + a
            + " (4 entries).\n# Nothing differs: no rules are needed.\n",
        run(0, "learn", a, a));
  }

  @Test
  void aRecordingThatIsMissingEndsWithThreeAndADamagedOneWithOne() throws Exception {
    String a = conversation("a.rec", "1a2b3c", "11223344", "");
    String none = dir.resolve("none.rec").toString();
    assertTrue(run(3, "learn", a, none).contains("ts-proxy: " + none + ": there is no such file"));
    String damaged = write("c.rec", "0\tc2s\t00016869", "9\ts2c\t000179657");
    assertTrue(run(1, "learn", a, damaged).contains("ts-proxy: " + damaged + ":3: "));
  }
}
