package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page that --report FILE.html writes: the sessions and marks in it. */
class HtmlReportTest {
  private static final String ENTRIES = "1\tc2s\t61\n2\ts2c\t62\n3\tc2s\t616263\n4\ts2c\t64\n";

  @TempDir
  private Path dir;

  private static Conversation recorded(String name) {
    return Conversation.of(Recording.of(name, ENTRIES));
  }

  private Path write(Report report, String... recordings) throws IOException {
    Path file = dir.resolve("report.html");
    Page page = Page.of(file);
    page.add(Arrays.stream(recordings).map(HtmlReportTest::recorded).toList(), 1000, Decoders.NONE);
    HtmlReport.write(report, page, new Decoders(List.of(new JsonDecoder())));
    return file;
  }

  /** The sessions and marks of a page. */
  private static List<String> results(Path page) throws IOException {
    return PageRecords.of(page).stream()
        .filter(record -> record.startsWith("S") || record.startsWith("M"))
        .toList();
  }

  private static SessionResult different(String expected, String found) {
    return Results.different(2, Results.bytes(expected), Results.bytes(found));
  }

  @Test
  void aMismatchIsMarkedAtItsEntry() throws Exception {
    Path page = write(Results.report(false, different("abc", "axc")), "a.rec");
    assertEquals(
        List.of(
            "S 1 differed, connection 2, connection 2 c2s entry 3 a.rec:4: found 3 bytes 617863,"
                + " expected 3 bytes 616263; first difference at payload byte 1",
            "M row 3, entry 3:4 c2s connection 2, c2s entry 3 of 6, a.rec:4: found another frame of"
                + " the same length, 3 bytes; first difference at payload byte 1; if these bytes vary"
                + " from run to run: --ignore c2s:1+1; mismatch: connection 2 with 127.0.0.1:5123,"
                + " c2s entry 3 of 6, a.rec:4; expected 616263; found 617863; differing 1+1; open"),
        results(page));
    String html = Files.readString(page);
    assertTrue(html.contains("<span class=\"verdict failed\">failed</span>"));
    assertTrue(html.contains("<span class=\"subject\">replay dir/a.rec</span>"));
    assertTrue(html.contains("<pre>mismatch: connection 2 with 127.0.0.1:5123"));
  }

  @Test
  void payloadsThatADecoderKnowsAreComparedAsItReadsThem() throws Exception {
    Path page = write(Results.report(false, different("{\"a\":1}", "{\"a\":2}")), "a.rec");
    assertTrue(
        results(page)
            .get(1)
            .contains("; decoded, - expected, + found: { - \"a\": 1 + \"a\": 2 }; expected "),
        results(page)::toString);
  }

  @Test
  void aFrameAfterTheLastEntryIsMarkedWithoutARow() throws Exception {
    Path page = write(Results.report(false, Results.extra(1, "x")), "a.rec");
    assertTrue(results(page).get(1).startsWith("M row 0, entry 7:0 c2s connection 1, "));
    assertTrue(results(page).get(1).endsWith("; found 78; differing; open"));
  }

  @Test
  void anEntryThatIsNotInThePageIsMarkedWithoutARow() throws Exception {
    Path page = write(Results.report(false, different("abc", "axc")), "other.rec");
    assertTrue(results(page).get(0).startsWith("S 0 differed, "));
    assertTrue(results(page).get(1).startsWith("M row 0, entry 3:4 c2s "));
  }

  @Test
  void aMismatchWithoutAFrameHasOnlyWhatWasExpected() throws Exception {
    SessionResult left = Results.without(1, Kind.EARLY_END, "the client ended its sending");
    Path page = write(Results.report(false, left), "a.rec");
    assertTrue(results(page).get(1).contains(": the client ended its sending; expected a frame"));
    assertTrue(results(page).get(1).endsWith("; expected 335f68656c6c6f; differing; open"));
  }

  @Test
  void ofLongPayloadsTheBytesAroundTheDifferenceAreInThePage() throws Exception {
    String same = "a".repeat(200_000);
    Path page = write(Results.report(false, different(same + "b", same + "c")), "a.rec");
    assertTrue(results(page)
        .get(1)
        .contains("; expected 65536 of 200001 from 134465; found 65536 of 200001 from 134465;"));
  }

  @Test
  void recordingsThatNoSessionPlayedAreThereToo() throws Exception {
    Path page = write(Results.report(false, different("abc", "axc")), "a.rec", "b.rec");
    assertEquals("S 2 , recording b.rec, ", results(page).get(2));
  }

  @Test
  void theVerdictStandsOnTop() throws Exception {
    String passed = Files.readString(write(Results.report(true, Results.matched(1)), "a.rec"));
    assertTrue(passed.contains("<span class=\"verdict passed\">passed</span>"));
    assertTrue(passed.contains("<p class=\"summary\">played 1: 1 matched, 0 differed, "));
    String nothing = Files.readString(write(Results.report(false), "a.rec"));
    assertTrue(nothing.contains("<span class=\"verdict neutral\">nothing played</span>"));
  }
}
