package io.tracestream.recording;

import static io.tracestream.recording.Lines.entries;
import static io.tracestream.recording.Lines.reader;
import static io.tracestream.recording.Lines.refusal;
import static io.tracestream.recording.Lines.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reader refuses, in the words a user sees. */
class RecordingReaderRefusalTest {
  private static final String HEADER = "# ts_proxy recording v1\n";
  private static final String CUT_OFF = "this line is cut off: the recorder was"
      + " stopped inside it; delete the line or record again";
  private static final String ADVICE = "; correct the line or record again";
  private static final String TOO_LONG = "; raise the largest payload or correct the line";
  private static final String A_NUMBER = ", expected a number of microseconds and a tab" + ADVICE;
  private static final String A_DIRECTION = ", expected c2s or s2c and a tab" + ADVICE;
  private static final String A_DIGIT = ", expected 0-9 and a-f" + ADVICE;

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v", "v10", "v11", "v1.1", "v1 of another tool", "vX"})
  void anotherVersionIsRefused(String version) {
    assertEquals(
        "a.rec:1: version: found \"" + version + "\", expected v1" + ADVICE,
        refusal("# ts_proxy recording " + version + "\n1\tc2s\t21\n"));
  }

  @Test
  void anotherVersionIsRefusedOnAnyLine() {
    assertEquals(
        "a.rec:3: version: found \"v2\", expected v1" + ADVICE,
        refusal(HEADER + "1\tc2s\t21\n# ts_proxy recording v2\r\n2\tc2s\t22\n"));
  }

  @Test
  void aLineOfAnotherKindIsRefused() {
    String noRecording = ": is not a recording: found \"hello\", expected an entry or the line \""
        + HEADER.strip() + "\"";
    assertEquals("a.rec:1" + noRecording, refusal("hello\n"));
    assertEquals("a.rec:3" + noRecording, refusal("# notes\n\nhello"));
    assertEquals("a.rec:2: elapsed_us: found \"hello\"" + A_NUMBER, refusal(HEADER + "hello"));
    assertEquals("a.rec:2: elapsed_us: found \"hello\"" + A_NUMBER, refusal("1\tc2s\t\nhello"));
  }

  @Test
  void aHoleInTheFileIsToldAsSuch() {
    String hole = "found NUL bytes: the file was truncated while it was recorded; save what is"
        + " whole or record again";
    assertEquals("a.rec:1: " + hole, refusal("\0".repeat(100_000) + "1\tc2s\t21\n"));
    assertEquals("a.rec:1: " + hole, refusal("\0\0" + "1\tc2s\t21\n"));
    assertEquals("a.rec:3: " + hole, refusal(HEADER + "1\tc2s\t21\n\0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", " 1", "1 ", "1.5", "0x1", "1us", "c2s", "x"})
  void aBadNumberIsRefused(String number) {
    assertEquals(
        "a.rec:2: elapsed_us: found \"" + number + "\"" + A_NUMBER,
        refusal(HEADER + number + "\tc2s\t21\n"));
  }

  @Test
  void aNumberAloneOnItsLineIsRefused() {
    assertEquals("a.rec:1: elapsed_us: found \"12\"" + A_NUMBER, refusal("12\n1\tc2s\t\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "9223372036854775810",
        "9999999999999999999",
        "10000000000000000000",
        "18446744073709551617",
        "99999999999999999999999999999999"
      })
  void aNumberPastTheLargestLongIsRefused(String number) {
    assertEquals(
        "a.rec:1: elapsed_us: found \"" + number + "\", expected at most 9223372036854775807"
            + ADVICE,
        refusal(number + "\tc2s\t21\n"));
  }

  @Test
  void aNumberOfMoreDigitsThanALongHasIsRefusedHoweverSmallItIs() {
    for (int zeros : new int[] {19, 40, 70_000}) {
      String found = "0".repeat(Math.min(zeros, 32 - 1)) + (zeros < 32 ? "1" : "0");
      assertEquals(
          "a.rec:1: elapsed_us: found \"" + found + "\", expected at most 19 digits" + ADVICE,
          refusal("0".repeat(zeros) + "1\tc2s\t21\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c2x", "C2S", "S2C", "c2", "c2ss", " c2s", "c2s ", "in", "12"})
  void aBadDirectionIsRefused(String direction) {
    assertEquals(
        "a.rec:2: direction: found \"" + direction + "\"" + A_DIRECTION,
        refusal("1\tc2s\t\n2\t" + direction + "\t21\n"));
  }

  @Test
  void aLineThatEndsBehindItsDirectionIsRefused() {
    assertEquals("a.rec:1: direction: found \"c2s\"" + A_DIRECTION, refusal("1\tc2s\n"));
    assertEquals("a.rec:1: direction: found \"c2s\\x0d\"" + A_DIRECTION, refusal("1\tc2s\r\n"));
  }

  @Test
  void spacesInThePlaceOfTabsAreRefused() {
    assertEquals("a.rec:1: elapsed_us: found \"1 c2s 21\"" + A_NUMBER, refusal("1 c2s 21\n"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 99_999, 200_001})
  void anOddNumberOfDigitsIsRefused(int digits) {
    assertEquals(
        "a.rec:1: payload: found " + digits + " hex digits, expected an even number" + ADVICE,
        refusal("1\tc2s\t" + "6".repeat(digits) + "\n"));
  }

  @Test
  void aDigitThatIsNoneIsRefusedByItsPlace() {
    assertEquals("a.rec:1: payload: found \"x\" as digit 1" + A_DIGIT, refusal("1\tc2s\tx8\n"));
    assertEquals("a.rec:1: payload: found \"g\" as digit 4" + A_DIGIT, refusal("1\tc2s\t686g\n"));
    assertEquals("a.rec:1: payload: found \" \" as digit 5" + A_DIGIT, refusal("1\tc2s\t6869 \n"));
    assertEquals(
        "a.rec:1: payload: found \"\\x09\" as digit 3" + A_DIGIT, refusal("1\tc2s\t68\t69\n"));
    assertEquals(
        "a.rec:1: payload: found \"\\xe9\" as digit 1" + A_DIGIT, refusal("1\tc2s\t\u00e9\n"));
    assertEquals(
        "a.rec:1: payload: found \"z\" as digit 150002" + A_DIGIT,
        refusal("1\tc2s\t" + "6".repeat(150_001) + "z\n"));
  }

  @Test
  void aCarriageReturnInsideALineIsRefused() {
    assertEquals(
        "a.rec:1: payload: found \"\\x0d\" as digit 3" + A_DIGIT, refusal("1\tc2s\t68\r69\n"));
    assertEquals("a.rec:1: elapsed_us: found \"\\x0d\"" + A_NUMBER, refusal("\r1\tc2s\t68\n"));
  }

  @Test
  void aPayloadAboveTheCapIsRefused() {
    assertEquals(
        "a.rec:2: payload: found more than 2 bytes, expected at most 2" + TOO_LONG,
        refusal(reader("1\tc2s\t6869\n2\ts2c\t686921\n", 2, () -> 1000)));
    assertEquals(
        "a.rec:1: payload: found more than 0 bytes, expected at most 0" + TOO_LONG,
        refusal(reader("1\tc2s\t68\n", 0, () -> 1000)));
    assertEquals(
        "a.rec:1: payload: found more than 100000 bytes, expected at most 100000" + TOO_LONG,
        refusal(reader("1\tc2s\t" + "00".repeat(100_001), 100_000, () -> 1000)));
  }

  @Test
  void whatIsNotPrintableIsShownInHexAndALongFieldInPart() {
    assertEquals(
        "a.rec:2: elapsed_us: found \"\\xef\\xbb\\xbf1\"" + A_NUMBER,
        refusal(HEADER + "\u00ef\u00bb\u00bf1\tc2s\t21\n"));
    assertEquals(
        "a.rec:1: direction: found \"" + "x".repeat(32) + "\"" + A_DIRECTION,
        refusal("1\t" + "x".repeat(100) + "\t21\n"));
  }

  @Test
  void whatIsSaidDoesNotDependOnHowTheFileArrives() {
    String longest = "1234567890123456789\t" + "x".repeat(100) + "\t21\n";
    assertEquals(refusal(longest), refusal(reader(longest, 100, () -> 1)));
    String zeros = "0".repeat(100) + "\tc2s\t\n";
    assertEquals(refusal(zeros), refusal(reader(zeros, 100, () -> 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2", "23", "23\t", "23\ts", "23\ts2", "23\ts2c", "23\ts2c\t6", "23\ts2c\t686"})
  void aLineThatWasCutOffSaysSo(String lastLine) {
    assertEquals("a.rec:3: " + CUT_OFF, refusal(HEADER + "1\tc2s\t21\n" + lastLine));
  }

  /**
   * A cut between two bytes of a payload looks like a complete last line, which needs no end: there
   * the entry comes with the bytes that are left.
   */
  @Test
  void aCutAtAnyByteGivesWholeEntriesAndThenSaysCutOff() throws Exception {
    String text = "1\tc2s\t6869\n20\ts2c\t\n300\tc2s\t212223\n";
    List<String> whole = entries(text);
    for (int cut = 0; cut <= text.length(); cut++) {
      String prefix = text.substring(0, cut);
      int lines = (int) prefix.chars().filter(c -> c == '\n').count();
      String last = prefix.substring(prefix.lastIndexOf('\n') + 1);
      List<String> expected = new ArrayList<>(whole.subList(0, lines));
      if (last.matches("\\d+\t...\t(..)*")) {
        expected.add(last.replace('\t', ' '));
      } else if (!last.isEmpty()) {
        expected.add("a.rec:" + (lines + 1) + ": " + CUT_OFF);
      }
      assertEquals(expected, story(reader(prefix)), "cut at " + cut);
    }
  }

  @Test
  void aCutInsideTheVersionLineLeavesNoEntry() throws Exception {
    for (int cut = 0; cut < HEADER.length() - 2; cut++) {
      assertTrue(entries(HEADER.substring(0, cut).replaceAll("v$", "")).isEmpty());
    }
  }

  private static List<String> story(RecordingReader reader) throws IOException {
    List<String> story = new ArrayList<>();
    try {
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        story.add(shown(entry));
      }
    } catch (RecordingException e) {
      story.add(e.getMessage());
    }
    return story;
  }

  @Test
  void aDamagedPayloadThatNobodyAsksForIsRefusedWithItsLineWhenTheReaderGoesOn() throws Exception {
    RecordingReader reader = reader("1\tc2s\t21\n2\ts2c\t6x\n3\tc2s\t22\n");
    assertTrue(reader.advance());
    assertTrue(reader.advance());
    IOException e = assertThrows(RecordingException.class, reader::advance);
    assertEquals("a.rec:2: payload: found \"x\" as digit 2" + A_DIGIT, e.getMessage());
    assertSame(e, assertThrows(RecordingException.class, reader::payload));
  }

  @Test
  void afterAnExceptionNothingIsReadAnyMore() {
    RecordingReader reader = reader("1\t2\tc2s\t21\n3\tc2s\t22\n");
    IOException first = assertThrows(RecordingException.class, reader::next);
    assertEquals("a.rec:1: direction: found \"2\"" + A_DIRECTION, first.getMessage());
    assertSame(first, assertThrows(RecordingException.class, reader::next));
  }
}
