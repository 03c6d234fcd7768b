package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.SessionResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class JUnitReportTest {
  private static String text(Report report) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JUnitReport.write(report, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The test suite of the document. */
  private static Element suite(Report report) throws Exception {
    Element root = DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(text(report).getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
    assertEquals("testsuites", root.getTagName());
    return elements(root, "testsuite").get(0);
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return IntStream.range(0, found.getLength())
        .mapToObj(index -> (Element) found.item(index))
        .toList();
  }

  /** The element in the test case of that session's own. */
  private static Element problem(String name, SessionResult result) throws Exception {
    List<Element> cases = elements(suite(Results.report(false, result)), "testcase");
    return elements(cases.get(0), name).get(0);
  }

  private static SessionResult hellos(long connection) {
    return Results.different(connection, Results.bytes("1_hello"), Results.bytes("1_jello"));
  }

  @Test
  void aReportIsThisText() throws Exception {
    Mismatch mismatch = hellos(2).mismatch();
    assertEquals(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="replay dir/a.rec" package="ts-proxy" id="0" hostname="localhost"\
         timestamp="2026-11-23T03:41:22" time="61.005" tests="2" failures="1" errors="0" skipped="0">
            <properties>
              <property name="command" value="replay"/>
              <property name="recording" value="dir/a.rec"/>
              <property name="passed" value="false"/>
              <property name="notPlayed" value="0"/>
              <property name="entriesMatched" value="4"/>
              <property name="compared" value="28"/>
              <property name="open" value="0"/>
              <property name="allowedFrames" value="0"/>
              <property name="unusedRules" value=""/>
              <property name="unusedRequests" value="0"/>
              <property name="notes" value=""/>
              <property name="longestLatenessMicros" value="250"/>
              <property name="resultsLeftOut" value="0"/>
            </properties>
            <testcase classname="ts-proxy.replay" name="dir/a.rec connection 1" time="1.234">
            </testcase>
            <testcase classname="ts-proxy.replay" name="dir/a.rec connection 2" time="1.234">
              <failure message="%s" type="different_frame">%s</failure>
            </testcase>
            <system-out>played 2: 1 matched, 1 differed, 0 incomplete; 4 entries matched, 28 bytes compared;\
         longest lateness 0.25 ms</system-out>
            <system-err></system-err>
          </testsuite>
        </testsuites>
        """.formatted(mismatch, MismatchText.of(mismatch, 16, false, Decoders.NONE)),
        text(Results.report(false, Results.matched(1), hellos(2))));
  }

  @Test
  void theSuiteCountsWhatItsCasesHold() throws Exception {
    Element suite = suite(Results.report(
        false,
        Results.matched(1),
        hellos(2),
        Results.incomplete(3),
        Results.broken(4, "a.rec:9: damaged"),
        hellos(5)));
    for (String count : List.of("tests 5", "failures 2", "errors 1", "skipped 1")) {
      String name = count.substring(0, count.indexOf(' '));
      assertEquals(count, name + " " + suite.getAttribute(name));
    }
    assertEquals(5, elements(suite, "testcase").size());
    assertEquals(2, elements(suite, "failure").size());
    assertEquals(1, elements(suite, "error").size());
    assertEquals(1, elements(suite, "skipped").size());
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"EARLY_END", "BAD_FRAME", "CONNECTION_LOST", "NOT_TAKEN", "NOTHING_CAME"})
  void whereNoFrameCameTheFailureSaysWhatDid(Kind kind) throws Exception {
    SessionResult result = Results.without(1, kind, "the client's end");
    Element failure = problem("failure", result);
    assertEquals(kind.name().toLowerCase(Locale.ROOT), failure.getAttribute("type"));
    assertEquals(result.mismatch().toString(), failure.getAttribute("message"));
    assertEquals(
        MismatchText.of(result.mismatch(), 16, false, Decoders.NONE), failure.getTextContent());
  }

  @Test
  void aFrameAfterTheEndIsAFailure() throws Exception {
    SessionResult result = Results.extra(1, "more");
    Element failure = problem("failure", result);
    assertEquals("extra_frame", failure.getAttribute("type"));
    assertEquals(
        MismatchText.of(result.mismatch(), 16, false, Decoders.NONE), failure.getTextContent());
  }

  @Test
  void aBrokenSessionIsAnError() throws Exception {
    Element error = problem("error", Results.broken(1, "a.rec:9: damaged"));
    assertEquals("broken", error.getAttribute("type"));
    assertEquals("a.rec:9: damaged", error.getAttribute("message"));
    assertEquals("a.rec:9: damaged", error.getTextContent());
  }

  @Test
  void aStoppedSessionIsSkipped() throws Exception {
    Element skipped = problem("skipped", Results.incomplete(1));
    assertEquals("stopped after 2 matched entries", skipped.getAttribute("message"));
    assertEquals("stopped after 2 matched entries", skipped.getTextContent());
  }

  @Test
  void aRunThatDidNotPassHasAFailureEvenWhereNoSessionDoes() throws Exception {
    Element suite = suite(Results.report(false, Results.matched(1), Results.incomplete(2)));
    assertEquals("3", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    Element unmet = elements(suite, "testcase").get(2);
    assertEquals("dir/a.rec run", unmet.getAttribute("name"));
    assertEquals(
        "the run did not pass: played 2: 1 matched, 0 differed, 1 incomplete;"
            + " 4 entries matched, 28 bytes compared; longest lateness 0.25 ms",
        elements(unmet, "failure").get(0).getAttribute("message"));
  }

  @Test
  void aRunThatPassedWithoutSessionsHasNoCases() throws Exception {
    Element suite = suite(Results.report(true));
    assertEquals("0", suite.getAttribute("tests"));
    assertEquals(List.of(), elements(suite, "testcase"));
  }

  @Test
  void anyReasonIsWellFormed() throws Exception {
    String reason = "]]> <a b='c' d=\"e\"> &amp; ü \ud83d\ude00 \u0007 \u001b[31m \ud83d \uffff"
        + " \u0085 \r\n\ttwo";
    Element failure = problem("failure", Results.without(1, Kind.CONNECTION_LOST, reason));
    String visible =
        "]]> <a b='c' d=\"e\"> &amp; ü \ud83d\ude00 \\u0007 \\u001b[31m \\ud83d" + " \\uffff ";
    assertContains(visible + "\\u0085 \\u000d\n\ttwo", failure.getTextContent());
    assertContains(visible.stripTrailing() + " two", failure.getAttribute("message"));
  }

  private static void assertContains(String part, String text) {
    assertEquals(part, text.contains(part) ? part : text);
  }
}
