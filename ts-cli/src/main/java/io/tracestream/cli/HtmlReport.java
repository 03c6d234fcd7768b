package io.tracestream.cli;

import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Place;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import io.tracestream.rules.Field;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes a report as a page for people: what was recorded, and where sessions differed from it. */
final class HtmlReport {
  private final Report report;
  private final Page page;
  private final Decoders decoders;
  /** What the page begins with. */
  private final List<String> summary;

  private final Set<Integer> played = new HashSet<>();
  /** The explanation of the first mismatch; null without one. */
  private String first;

  private HtmlReport(Report report, Page page, Decoders decoders, List<String> summary) {
    this.report = report;
    this.summary = summary;
    this.decoders = decoders;
    this.page = page;
  }

  /** Writes a page that has the recorded conversations already, and closes it. */
  static void write(Report report, Page page, Decoders decoders) throws IOException {
    write(report, page, decoders, VerdictText.of(report.verdict()).lines().toList());
  }

  /** The same with other lines than those of the verdict, which the page begins with. */
  static void write(Report report, Page page, Decoders decoders, List<String> summary)
      throws IOException {
    try (page) {
      new HtmlReport(report, page, decoders, summary).write();
    }
  }

  private void write() throws IOException {
    for (Report.Session session : report.sessions()) {
      add(session);
    }
    for (int one = 1; one <= page.data().conversations(); one++) {
      if (!played.contains(one)) {
        page.data().session(one, "", "recording " + page.name(one), "");
      }
    }
    Verdict verdict = report.verdict();
    summary.stream().skip(1).forEach(page::note);
    if (report.resultsLeftOut() > 0) {
      page.note(
          Units.count(report.resultsLeftOut(), "session was", "sessions were") + " left out.");
    }
    if (report.mismatchesLeftOut() > 0) {
      page.note(Units.count(report.mismatchesLeftOut(), "mismatch was", "mismatches were")
          + " left out: only what they are in one line is here.");
    }
    String word = report.passed() ? "passed" : verdict.played() == 0 ? "nothing played" : "failed";
    String outcome = report.passed() ? "passed" : verdict.played() == 0 ? "neutral" : "failed";
    String subject = report.command() + " " + VisibleText.line(report.recording());
    page.write(new Page.Head(report.command(), subject, outcome, word, summary.get(0)), first);
  }

  private void add(Report.Session session) throws IOException {
    SessionResult result = session.result();
    Mismatch mismatch = result.mismatch();
    String recording = mismatch == null ? result.recording() : mismatch.place().recording();
    Page.Shown shown = page.find(recording);
    played.add(shown.conversation());
    String name = "connection " + result.connection()
        + (page.data().conversations() > 1 && recording != null
            ? ", " + VisibleText.line(recording)
            : "");
    page.data()
        .session(
            shown.conversation(),
            result.outcome().name().toLowerCase(Locale.ROOT),
            name,
            VisibleText.line(session.message()));
    if (mismatch != null) {
      String explanation = VisibleText.lines(session.explanation());
      first = first == null ? explanation : first;
      page.data().mark(mark(mismatch, explanation, shown));
    }
  }

  private PageData.Mark mark(Mismatch mismatch, String explanation, Page.Shown shown) {
    Place place = mismatch.place();
    List<String> lines =
        MismatchText.withoutBytes(mismatch).stream().map(VisibleText::line).toList();
    byte[] expected = mismatch.expected() == null ? null : mismatch.expected().payload();
    boolean isHere = place.line() > 0 && place.entry() <= shown.rows();
    return new PageData.Mark(
        place.direction(),
        isHere ? place.entry() : 0,
        place.entry(),
        place.line(),
        "connection " + mismatch.connection() + ", " + VisibleText.line(place.toString()) + ": "
            + lines.get(1),
        String.join("\n", lines.subList(2, lines.size())),
        explanation,
        new DecodedText(decoders, "expected", "found")
            .of(place.direction(), expected, mismatch.found()),
        expected,
        mismatch.found(),
        ranges(mismatch.differing()),
        ranges(mismatch.open()));
  }

  private static List<PageData.Range> ranges(List<Field> fields) {
    return fields.stream()
        .map(field -> new PageData.Range(field.offset(), field.length()))
        .toList();
  }
}
