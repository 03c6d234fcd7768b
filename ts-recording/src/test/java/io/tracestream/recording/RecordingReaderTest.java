package io.tracestream.recording;

import static io.tracestream.recording.Lines.NO_CAP;
import static io.tracestream.recording.Lines.entries;
import static io.tracestream.recording.Lines.reader;
import static io.tracestream.recording.Lines.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.PiecewiseStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reader takes; what it refuses is in {@link RecordingReaderRefusalTest}. */
class RecordingReaderTest {
  private static final String HEADER = "# ts_proxy recording v1\n";

  @Test
  void entriesAreReadInOrderUntilTheEnd() throws Exception {
    RecordingReader reader = reader(HEADER + "123\tc2s\t68656c6c6f\n456\ts2c\t776f726c64\n");
    assertEquals(new Entry(123, Direction.C2S, "hello".getBytes("US-ASCII")), reader.next());
    assertEquals(new Entry(456, Direction.S2C, "world".getBytes("US-ASCII")), reader.next());
    assertNull(reader.next());
    assertNull(reader.next());
  }

  @Test
  void anEmptyPayloadIsAPayloadLikeAnyOther() throws Exception {
    assertEquals(
        List.of("1 c2s ", "2 s2c ", "3 c2s 21"),
        entries(HEADER + "1\tc2s\t\n2\ts2c\t\n3\tc2s\t21\n"));
  }

  @Test
  void everyByteHasItsDigitsInEitherCase() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    String hex = HexFormat.of().formatHex(all);
    assertEquals(
        List.of("1 c2s " + hex, "2 s2c " + hex),
        entries("1\tc2s\t" + hex + "\n2\ts2c\t" + hex.toUpperCase() + "\n"));
  }

  @Test
  void digitsOfBothCasesMayStandInOneByte() throws Exception {
    assertEquals(List.of("1 c2s abcdef"), entries("1\tc2s\taBCdEf\n"));
  }

  @Test
  void theVersionLineMayBeMissing() throws Exception {
    assertEquals(List.of("1 c2s 21"), entries("1\tc2s\t21\n"));
  }

  @Test
  void nothingAndTheVersionLineAloneAreRecordingsOfNothing() throws Exception {
    assertEquals(List.of(), entries(""));
    assertEquals(List.of(), entries(HEADER));
    assertEquals(List.of(), entries("# ts_proxy recording v1"));
  }

  @Test
  void aByteOrderMarkMayStandAtTheBeginning() throws Exception {
    String mark = "\u00ef\u00bb\u00bf";
    for (String text : List.of("1\tc2s\t21\n", HEADER + "1\tc2s\t21\n", "\n# mine\n1\tc2s\t21")) {
      assertEquals(List.of("1 c2s 21"), entries(mark + text));
      assertEquals(List.of("1 c2s 21"), entries(reader(mark + text, NO_CAP, () -> 1)));
    }
    assertEquals(List.of(), entries(mark));
  }

  @Test
  void commentsMayStandAnywhereBetweenLines() throws Exception {
    assertEquals(
        List.of("1 c2s 21", "2 s2c 22"),
        entries(
            "#\n" + HEADER + "# login, as of May\n1\tc2s\t21\n#\t9\tc2s\t23\n2\ts2c\t22\n# end"));
  }

  @Test
  void aCommentMayBeLongerThanAnyBuffer() throws Exception {
    assertEquals(List.of("1 c2s 21"), entries("# " + "long ".repeat(50_000) + "\n1\tc2s\t21\n"));
  }

  @Test
  void theVersionLineMayStandTwiceAsInTwoFilesJoined() throws Exception {
    assertEquals(
        List.of("1 c2s 21", "2 c2s 22"),
        entries(HEADER + "1\tc2s\t21\n" + HEADER + "2\tc2s\t22\n"));
  }

  @Test
  void theVersionLineMayHaveWhiteSpaceAtItsEnd() throws Exception {
    assertEquals(List.of("1 c2s 21"), entries("# ts_proxy recording v1 \t\r\n1\tc2s\t21\n"));
  }

  @Test
  void blankLinesMayStandAnywhere() throws Exception {
    assertEquals(
        List.of("1 c2s 21", "2 s2c 22"),
        entries("\n\n" + HEADER + "\n1\tc2s\t21\n\r\n\n2\ts2c\t22\n\n\r\n"));
  }

  @Test
  void linesMayEndWithCrLf() throws Exception {
    String text = HEADER + "# a comment\n1\tc2s\t\n\n2\ts2c\t6869\n";
    assertEquals(List.of("1 c2s ", "2 s2c 6869"), entries(text.replace("\n", "\r\n")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\tc2s\t21", "1\tc2s\t21\r", "1\tc2s\t21\r\n"})
  void aCompleteLastLineNeedsNoEnd(String lastLine) throws Exception {
    assertEquals(List.of("1 c2s 21"), entries(lastLine));
  }

  @Test
  void timesGoFromZeroToTheLargestLong() throws Exception {
    assertEquals(
        List.of("0 c2s ", "9223372036854775807 s2c 21"),
        entries("0\tc2s\t\n9223372036854775807\ts2c\t21\n"));
  }

  @Test
  void timesMayHaveZerosInFront() throws Exception {
    assertEquals(List.of("7 c2s 21"), entries("0000000000000000007\tc2s\t21\n"));
  }

  @Test
  void aPayloadAsLongAsTheCapIsTaken() throws Exception {
    assertEquals(List.of("1 c2s 6869"), entries(reader("1\tc2s\t6869\n", 2, () -> 100)));
    assertEquals(List.of("1 c2s "), entries(reader("1\tc2s\t\n", 0, () -> 100)));
  }

  @Test
  void theLineOfAnEntryCountsCommentsAndBlankLines() throws Exception {
    RecordingReader reader = reader(HEADER + "\n1\tc2s\t21\n# comment\r\n\r\n2\ts2c\t22");
    assertEquals(0, reader.line());
    reader.next();
    assertEquals(3, reader.line());
    reader.next();
    assertEquals(6, reader.line());
  }

  @Test
  void closingTheReaderClosesItsStream() throws Exception {
    PiecewiseStream stream = new PiecewiseStream(new byte[0], () -> 1);
    RecordingReader reader = new RecordingReader(stream, "a.rec", NO_CAP);
    assertFalse(stream.isClosed());
    reader.close();
    assertTrue(stream.isClosed());
  }

  @Test
  void aPayloadIsTheCallersOwn() throws Exception {
    RecordingReader reader = reader("1\tc2s\t21\n2\tc2s\t22\n");
    Entry first = reader.next();
    assertEquals("2 c2s 22", Lines.shown(reader.next()));
    assertEquals("1 c2s 21", Lines.shown(first));
  }

  @Test
  void anEntryCanBeHadInParts() throws Exception {
    RecordingReader reader = reader(HEADER + "123\tc2s\t6869\n456\ts2c\t21\n");
    assertTrue(reader.advance());
    assertEquals(123, reader.elapsedMicros());
    assertEquals(Direction.C2S, reader.direction());
    assertEquals(2, reader.line());
    assertEquals(Lines.payload("6869"), reader.payload());
    assertTrue(reader.advance());
    assertEquals("456 s2c 21", Lines.shown(reader.entry()));
    assertFalse(reader.advance());
    assertFalse(reader.advance());
  }

  @Test
  void aLentPayloadIsAViewBackedByAnArrayAndWholeEachTime() throws Exception {
    RecordingReader reader = reader("1\tc2s\t6869\n2\tc2s\t21\n");
    reader.advance();
    assertTrue(reader.payload().hasArray());
    reader.payload().position(1); // what is done to the view is nothing to the reader
    assertEquals("1 c2s 6869", Lines.shown(reader.entry()));
    assertEquals(Lines.payload("6869"), reader.payload());
    reader.advance();
    assertEquals(Lines.payload("21"), reader.payload());
  }

  @Test
  void withoutAnEntryAtHandThereAreNoParts() throws Exception {
    RecordingReader reader = reader("1\tc2s\t21\n");
    assertThrows(IllegalStateException.class, reader::elapsedMicros);
    assertThrows(IllegalStateException.class, reader::payload);
    reader.advance();
    reader.advance();
    assertThrows(IllegalStateException.class, reader::direction);
    assertThrows(IllegalStateException.class, reader::entry);
  }

  /** Line ends and digit pairs on every side of every end of the reader's 64 KiB buffer. */
  @Test
  void linesOfEveryLengthAroundTheBufferAreReadWhole() throws Exception {
    for (int length = 65_536 - 50; length <= 65_536 + 50; length++) {
      String hex = "6a".repeat((length - 7) / 2);
      String long1 = "1".repeat(length % 2 + 1) + "\tc2s\t" + hex; // of length or length + 1
      List<String> expected = List.of(long1.replace('\t', ' '), "22 s2c 21", "33 c2s ");
      for (String end : new String[] {"\n", "\r\n"}) {
        String text = long1 + end + "22\ts2c\t21" + end + "33\tc2s\t" + end;
        assertEquals(expected, entries(text), "line of " + length);
      }
    }
  }

  @Test
  void shortLinesAreReadWholeWhereverTheBufferEnds() throws Exception {
    for (int before = 65_536 - 40; before <= 65_536; before++) {
      String comment = "#" + "x".repeat(before - 2) + "\n";
      assertEquals(
          List.of("1234567890123456789 c2s 6869", "1234567890123456789 s2c "),
          entries(comment + "1234567890123456789\tc2s\t6869\r\n\n1234567890123456789\ts2c\t\n"),
          before + " bytes before");
    }
  }

  @Test
  void aLinePastTheEndOfTheBufferIsRefusedByItsNumberStill() {
    for (int before = 65_536 - 20; before <= 65_536; before++) {
      String comment = "#" + "x".repeat(before - 2) + "\n";
      assertEquals(
          "a.rec:2: payload: found 3 hex digits, expected an even number;"
              + " correct the line or record again",
          refusal(comment + "1\tc2s\t686\n"),
          before + " bytes before");
    }
  }

  @Test
  void aLongPayloadIsReadInAnyPieces() throws Exception {
    String text = "1\tc2s\t" + "0123456789abcdef".repeat(40_000) + "\n2\ts2c\t21";
    List<String> expected = entries(text);
    for (int piece : new int[] {7, 1000, 65_535, 65_536}) {
      assertEquals(expected, entries(reader(text, NO_CAP, () -> piece)), "pieces of " + piece);
    }
  }

  @Test
  void aSkippedPayloadTellsItsLengthAndItsEntryIsAtHandNoLonger() throws Exception {
    RecordingReader reader = reader("1\tc2s\t2122\n2\ts2c\t\n3\tc2s\t" + "00".repeat(100_000));
    assertTrue(reader.advance());
    assertEquals(2, reader.skipPayload());
    assertThrows(IllegalStateException.class, reader::payload);
    assertThrows(IllegalStateException.class, reader::skipPayload);
    assertTrue(reader.advance());
    assertEquals(0, reader.payload().remaining());
    assertEquals(0, reader.skipPayload());
    assertTrue(reader.advance());
    assertEquals(100_000, reader.skipPayload());
    assertFalse(reader.advance());
  }

  private static String endOf(String text) throws Exception {
    RecordingReader reader = reader(text);
    entries(reader);
    return reader.end()
        + (reader.clientEnded() ? " client" : "")
        + (reader.targetEnded() ? " target" : "");
  }

  @Test
  void theLastLineSaysHowTheConversationEnded() throws Exception {
    String entry = HEADER + "1\tc2s\t21\n";
    assertEquals("ended by client", endOf(entry + "# ended by client\n"));
    assertEquals("ended by target", endOf(entry + "# ended by target\r\n\n"));
    assertEquals("cut off", endOf(entry + "# cut off"));
    assertEquals("null", endOf(entry));
    assertEquals("null", endOf(entry + "# ended by clien"));
    assertEquals("null", endOf(entry + "# ended by client, I think\n"));
  }

  @Test
  void anEndInTheMiddleIsThatOfAnotherConversation() throws Exception {
    String first = "# client ended its sending\n1\ts2c\t21\n# ended by client\n";
    assertEquals("ended by client client", endOf(first));
    assertEquals("null", endOf(first + "2\tc2s\t22\n"));
    assertEquals("ended by target", endOf(first + "2\tc2s\t22\n# ended by target\n"));
  }

  @Test
  void anEntryKnowsWhetherItsSidesHadEndedTheirSending() throws Exception {
    RecordingReader reader = reader("1\tc2s\t21\n# client ended its sending\n2\ts2c\t22\n"
        + "# target ended its sending\n3\ts2c\t23\n");
    assertTrue(reader.advance());
    assertFalse(reader.clientEnded() || reader.targetEnded());
    assertTrue(reader.advance());
    assertTrue(reader.clientEnded());
    assertFalse(reader.targetEnded());
    assertTrue(reader.advance());
    assertTrue(reader.clientEnded() && reader.targetEnded());
  }

  @Test
  void aFailureOfTheDiskNamesTheFile() throws Exception {
    InputStream failing = new SequenceInputStream(
        new ByteArrayInputStream("1\tc2s\t21\n".getBytes("US-ASCII")), new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Input/output error");
          }
        });
    RecordingReader reader = new RecordingReader(failing, "a.rec", NO_CAP);
    RecordingException e = assertThrows(RecordingException.class, () -> entries(reader));
    assertEquals("a.rec: cannot be read: Input/output error", e.getMessage());
    assertTrue(e.isNotRead());
  }
}
