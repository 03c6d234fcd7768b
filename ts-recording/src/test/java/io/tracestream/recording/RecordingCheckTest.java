package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingCheckTest {
  private static final String HEADER = "# ts_proxy recording v1\n";

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  private RecordingCheck check(String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return RecordingCheck.of(file, 100_000);
  }

  /** The lines that are damaged, each with the subject of what is wrong. */
  private List<String> damage(RecordingCheck check) {
    List<String> damage = new ArrayList<>();
    for (RecordingException e : check.damage()) {
      assertTrue(e.getMessage().startsWith(file + ":" + e.line() + ": "), e.getMessage());
      String said = e.getMessage().substring((file + ":" + e.line() + ": ").length());
      damage.add(e.line() + " " + said.substring(0, said.indexOf(' ')));
    }
    return damage;
  }

  @Test
  void aWholeRecordingIsCountedByDirection() throws Exception {
    RecordingCheck check = check(HEADER + "1\tc2s\t21\n2\ts2c\t\n3\tc2s\t22\n");
    assertTrue(check.isWhole());
    assertEquals(2, check.c2sEntries());
    assertEquals(1, check.s2cEntries());
    assertEquals(3, check.entries());
    assertEquals(List.of(), check.damage());
    assertEquals(0, check.unendedLine() + check.earlierEntries() + check.firstEarlierLine());
  }

  @Test
  void whatAnEditorLeavesIsWhole() throws Exception {
    RecordingCheck check = check("# mine\r\n\r\n1\tc2s\t4B\r\n\n" + HEADER + "2\ts2c\t22\r\n#");
    assertTrue(check.isWhole());
    assertEquals(2, check.entries());
    assertEquals(0, check.unendedLine());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello             | elapsed_us:",
        "x1_c2s_21         | elapsed_us:",
        "CR1_c2s_21        | elapsed_us:",
        "99999999999999999999_c2s_21 | elapsed_us:",
        "2_x2s_21          | direction:",
        "2_c2s             | direction:",
        "2__               | direction:",
        "2_c2s_2           | payload:",
        "2_c2s_2CR         | payload:",
        "2_c2s_222         | payload:",
        "2_c2s_2x          | payload:",
        "2_c2s_x2          | payload:",
        "2_c2s_21CR22      | payload:",
        "# ts_proxy recording v2 | version:",
        "# ts_proxy recording vCR | version:",
      })
  void itGoesOnBehindALineWithAnyDamage(String line, String subject) throws Exception {
    String damaged = line.replace('_', '\t').replace("ts\tproxy", "ts_proxy").replace("CR", "\r");
    RecordingCheck check = check("1\tc2s\t21\n" + damaged + "\n3\ts2c\t22\n");
    assertEquals(List.of("2 " + subject), damage(check));
    assertEquals(1, check.c2sEntries());
    assertEquals(1, check.s2cEntries());
    assertFalse(check.cutOff());
    assertEquals(List.of("2 " + subject), damage(check("1\tc2s\t21\n" + damaged + "\n")));
  }

  @ParameterizedTest
  @ValueSource(ints = {65_500, 65_535, 65_536, 65_537, 70_000, 131_072, 200_000})
  void damagedLinesOfAnyLengthArePassed(int length) throws Exception {
    for (String end : List.of("", "2", "zz", "\t", "\r\r")) {
      String damaged = "1\tc2s\t" + "6".repeat(2 * (length / 2) + 1) + end + "\n";
      RecordingCheck check =
          check(HEADER + damaged + "3\tc2s\t22\n" + "x".repeat(length) + "\n4\ts2c\t");
      int tooMany = end.equals("2") && length < 200_000 ? 0 : 1;
      assertEquals(1 + tooMany, check.damagedLines(), "end " + end);
      assertEquals(2 + (1 - tooMany), check.entries());
    }
  }

  @Test
  void theEntryAfterAHoleIsWhole() throws Exception {
    String hole = "\0".repeat(100_000);
    RecordingCheck check = check(hole + "1\tc2s\t21\n2\ts2c\t22\n");
    assertEquals(List.of("1 found"), damage(check));
    assertEquals(2, check.entries());
    check = check(HEADER + "1\tc2s\t21\n2\ts2c\t2" + hole + "3\ts2c\t22\n4\tc2s\t\n" + hole);
    assertEquals(List.of("3 payload:", "5 found"), damage(check));
    assertEquals(3, check.entries());
    assertEquals(List.of("1 found"), damage(check(hole + "\n2\tc2s\t21\n")));
  }

  @Test
  void aPayloadAboveTheCapIsDamage() throws Exception {
    RecordingCheck check = check("1\tc2s\t21\n2\tc2s\t" + "00".repeat(100_001) + "\n3\ts2c\t22\n");
    assertEquals(List.of("2 payload:"), damage(check));
    assertEquals(2, check.entries());
  }

  @Test
  void aLastLineThatWasCutOffIsNotTakenForDamageInTheMiddle() throws Exception {
    RecordingCheck torn = check(HEADER + "1\tc2s\t21\n2\tx\n3\ts2c\t2");
    assertTrue(torn.cutOff());
    assertEquals(List.of("3 direction:", "4 this"), damage(torn));
    assertTrue(torn.damage().get(1).isCutOff());
    assertFalse(torn.damage().get(0).isCutOff());
    assertFalse(check(HEADER + "1\tc2s\t2\n2\tc2s\t21\n").cutOff());
  }

  @Test
  void aCutAtAnyByteIsNeverTakenForDamageInTheMiddle() throws Exception {
    String text = HEADER + "1\tc2s\t6869\n20\ts2c\t\n300\tc2s\t212223\n";
    for (int cut = HEADER.length(); cut <= text.length(); cut++) {
      String prefix = text.substring(0, cut);
      RecordingCheck check = check(prefix);
      boolean ended = prefix.endsWith("\n");
      assertEquals(check.cutOff() ? 1 : 0, check.damagedLines(), "cut at " + cut);
      assertEquals(ended, !check.cutOff() && check.unendedLine() == 0, "cut at " + cut);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2\ts2c\t", "2\ts2c\t22", "2\ts2c\t22\r"})
  void aLastEntryWithoutItsLineEndIsNoDamageButNoted(String last) throws Exception {
    RecordingCheck check = check(HEADER + "1\tc2s\t21\n" + last);
    assertTrue(check.isWhole());
    assertEquals(2, check.entries());
    assertEquals(3, check.unendedLine());
  }

  @Test
  void timesThatGoBackwardsAreNoDamageButNoted() throws Exception {
    RecordingCheck check = check("5\tc2s\t21\n4\ts2c\t21\n4\ts2c\t21\n\n3\ts2c\t21\n9\tc2s\t\n");
    assertTrue(check.isWhole());
    assertEquals(2, check.earlierEntries());
    assertEquals(2, check.firstEarlierLine());
  }

  @Test
  void theFirstHundredDamagedLinesAreKeptAndAllAreCounted() throws Exception {
    RecordingCheck check = check(HEADER + "x\n".repeat(1000) + "1\tc2s\t21\n");
    assertEquals(1000, check.damagedLines());
    assertEquals(100, check.damage().size());
    assertEquals(101, check.damage().get(99).line());
    assertEquals(1, check.entries());
  }

  private String refusal(String text) {
    return assertThrows(RecordingException.class, () -> check(text)).getMessage();
  }

  @Test
  void anotherVersionIsRefused() {
    assertEquals(
        file + ":1: version: found \"v2\", expected v1; correct the line or record again",
        refusal("# ts_proxy recording v2\n1\tc2s\t21\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# a comment\n", "# ts_proxy rec", HEADER})
  void aFileWithoutAnEntryIsNotWholeThoughNothingIsDamaged(String text) throws Exception {
    RecordingCheck check = check(text);
    assertFalse(check.isWhole());
    assertEquals(0, check.entries() + check.damagedLines());
  }

  @Test
  void aFileOfAnotherKindIsRefusedByItsFirstLine() {
    assertTrue(refusal("#!/bin/sh\necho\n").startsWith(file + ":2: is not a recording: found"));
  }

  @Test
  void aVersionLineMakesTheLinesAfterItDamagedOnes() throws Exception {
    assertEquals(2, check(HEADER + "x\n".repeat(2)).damagedLines());
  }

  private static String refusal(Path wrong) {
    return assertThrows(RecordingException.class, () -> RecordingCheck.of(wrong, 9))
        .getMessage();
  }

  @Test
  void whatCannotBeReadIsRefused() {
    Path none = dir.resolve("none");
    assertEquals(none + ": there is no such file; record one first", refusal(none));
    assertEquals(dir + ": is not a regular file; name a recording", refusal(dir));
  }

  @ParameterizedTest
  @RandomSeeds(200)
  @Timeout(20)
  void anyDamageHasAnEnd(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] text = Cases.of(seed).damagedText();
    String any = new String(text, StandardCharsets.ISO_8859_1);
    byte[] bytes = random.nextBoolean() ? text : GzipRecordingTest.gzip(any);
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      Arrays.fill(bytes, at, at + random.nextInt(bytes.length - at), (byte) 0);
    }
    Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    try {
      RecordingCheck check = RecordingCheck.of(file, Lines.NO_CAP);
      assertTrue(check.entries() <= bytes.length + text.length);
    } catch (RecordingException e) {
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
  }

  @ParameterizedTest
  @RandomSeeds(200)
  void itCountsWhatAReaderReadsLineByLine(long seed) throws Exception {
    String text = new String(Cases.of(seed).damagedText(), StandardCharsets.ISO_8859_1);
    List<String> lines = text.isEmpty() ? List.of() : List.of(text.split("(?<=\n)"));
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    long whole = 0;
    long damaged = 0;
    for (String line : lines) {
      try {
        whole += Lines.reader(line).next() == null ? 0 : 1;
      } catch (RecordingException e) {
        damaged++;
      }
    }
    try {
      RecordingCheck check = RecordingCheck.of(file, Lines.NO_CAP);
      assertEquals(whole + " " + damaged, check.entries() + " " + check.damagedLines());
    } catch (RecordingException e) {
      assertTrue(whole == 0 || e.getMessage().contains("version"), e.getMessage());
    }
  }
}
