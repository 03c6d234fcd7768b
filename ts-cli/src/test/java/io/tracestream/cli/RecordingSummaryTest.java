package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RecordingSummaryTest {
  private static RecordingReader reader(String text) {
    return Recording.of("a.rec", text).reader();
  }

  private static RecordingSummary summary(String text) throws IOException {
    RecordingSummary summary = new RecordingSummary();
    summary.addAll(reader(text));
    return summary;
  }

  @Test
  void eachDirectionHasItsEntriesBytesAndLengths() throws Exception {
    RecordingSummary summary = summary("1\tc2s\t2121\n2\ts2c\t\n3\ts2c\t212223\n");
    RecordingSummary.OneWay c2s = summary.of(Direction.C2S);
    RecordingSummary.OneWay s2c = summary.of(Direction.S2C);
    assertEquals(3, summary.entries());
    assertEquals(1, c2s.entries());
    assertEquals(2, s2c.entries());
    assertEquals(2, c2s.payloadBytes());
    assertEquals(3, s2c.payloadBytes());
    assertEquals(0, s2c.payloadLengths().min());
    assertEquals(3, s2c.payloadLengths().max());
  }

  @Test
  void aPauseBelongsToTheEntryThatItEndsWith() throws Exception {
    RecordingSummary summary = summary("100\tc2s\t\n130\ts2c\t\n135\ts2c\t\n335\tc2s\t\n");
    assertEquals(1, summary.of(Direction.C2S).pauses().count());
    assertEquals(200, summary.of(Direction.C2S).pauses().max());
    assertEquals(5, summary.of(Direction.S2C).pauses().min());
    assertEquals(30, summary.of(Direction.S2C).pauses().max());
    assertEquals(100, summary.startMicros());
    assertEquals(235, summary.durationMicros());
  }

  @Test
  void timeThatGoesBackwardsIsNoPause() throws Exception {
    RecordingSummary summary = summary("100\tc2s\t\n30\ts2c\t\n40\tc2s\t\n");
    assertEquals(0, summary.of(Direction.S2C).pauses().max());
    assertEquals(10, summary.of(Direction.C2S).pauses().max());
    assertEquals(30, summary.startMicros());
    assertEquals(70, summary.durationMicros());
  }

  @Test
  void turnsRunsAndAnswersTellHowTheDirectionsAlternate() throws Exception {
    RecordingSummary summary =
        summary("1\tc2s\t\n1\tc2s\t\n1\tc2s\t\n1\ts2c\t\n1\ts2c\t\n1\tc2s\t\n1\ts2c\t\n1\tc2s\t\n");
    assertEquals(4, summary.turns());
    assertEquals(2, summary.answered());
    assertEquals(3, summary.of(Direction.C2S).longestRun());
    assertEquals(2, summary.of(Direction.S2C).longestRun());
  }

  @Test
  void nothingIsAllZeros() throws Exception {
    RecordingSummary summary = summary("");
    assertEquals(0, summary.entries() + summary.startMicros() + summary.durationMicros());
    assertEquals(0, summary.turns() + summary.answered());
    assertEquals(0, summary.of(Direction.C2S).longestRun());
  }

  @Test
  void whatIsWholeBeforeDamageIsSummedUp() throws Exception {
    RecordingSummary summary = new RecordingSummary();
    RecordingReader reader = reader("1\tc2s\t2121\n2\ts2c\t21\n3\ts2c\t2x\n4\tc2s\t\n");
    RecordingException e = assertThrows(RecordingException.class, () -> summary.addAll(reader));
    assertEquals(3, e.line());
    assertEquals(2, summary.entries());
    assertEquals(1, summary.of(Direction.S2C).payloadBytes());
  }

  @Test
  void timeCountsFromWhenTheConversationWasAccepted() throws Exception {
    assertEquals(
        289,
        summary("# connection 12 from 127.0.0.1:51234, accepted 4711\n5000\tc2s\t21\n")
            .startMicros());
  }
}
