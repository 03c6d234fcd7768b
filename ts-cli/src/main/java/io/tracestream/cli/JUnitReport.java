package io.tracestream.cli;

import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes a report in the XML that CI servers know from JUnit, with each session as a test case. It
 * is valid for both Ant's schema (host name, time without a zone) and Jenkins's.
 */
final class JUnitReport {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);

  private final Report report;
  private final XMLStreamWriter xml;

  private JUnitReport(Report report, XMLStreamWriter xml) {
    this.report = report;
    this.xml = xml;
  }

  /** Writes it all to a stream that stays open. */
  static void write(Report report, OutputStream out) throws IOException {
    try {
      XMLStreamWriter xml =
          XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
      xml.writeStartDocument("UTF-8", "1.0");
      new JUnitReport(report, xml).write();
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private void write() throws XMLStreamException {
    line(0);
    xml.writeStartElement("testsuites");
    line(1);
    suite();
    line(0);
    xml.writeEndElement();
    line(0);
  }

  private void suite() throws XMLStreamException {
    xml.writeStartElement("testsuite");
    attribute("name", report.command() + " " + report.recording());
    attribute("package", "ts-proxy");
    attribute("id", "0");
    attribute("hostname", "localhost");
    attribute("timestamp", TIME.format(LocalDateTime.ofInstant(report.started(), ZoneOffset.UTC)));
    attribute("time", seconds(report.took()));
    attribute("tests", report.sessions().size() + (hidesFailure() ? 1 : 0));
    attribute("failures", count(Outcome.DIFFERED) + (hidesFailure() ? 1 : 0));
    attribute("errors", count(Outcome.BROKEN));
    attribute("skipped", count(Outcome.INCOMPLETE) + count(Outcome.FAULTED));
    properties();
    for (Report.Session session : report.sessions()) {
      session(session);
    }
    if (hidesFailure()) {
      unmet();
    }
    text("system-out", VerdictText.of(report.verdict()));
    text("system-err", "");
    line(1);
    xml.writeEndElement();
  }

  private long count(Outcome outcome) {
    return report.sessions().stream()
        .filter(session -> session.result().outcome() == outcome)
        .count();
  }

  /** Whether the run failed though no session in the report did: too few came, for example. */
  private boolean hidesFailure() {
    return !report.passed() && count(Outcome.DIFFERED) + count(Outcome.BROKEN) == 0;
  }

  private void properties() throws XMLStreamException {
    line(2);
    xml.writeStartElement("properties");
    property("command", report.command());
    property("recording", report.recording());
    property("passed", report.passed());
    property("notPlayed", report.verdict().notPlayed());
    property("entriesMatched", report.verdict().entriesMatched());
    property("compared", report.verdict().compared());
    property("open", report.verdict().open());
    property("allowedFrames", report.verdict().allowedFrames());
    property("unusedRules", String.join("; ", report.verdict().unusedRules()));
    property("unusedRequests", report.verdict().unusedRequests());
    property("notes", String.join("; ", report.verdict().notes()));
    property("longestLatenessMicros", report.verdict().longestLateness().toNanos() / 1000);
    property("resultsLeftOut", report.resultsLeftOut());
    line(2);
    xml.writeEndElement();
  }

  private void property(String name, Object value) throws XMLStreamException {
    line(3);
    xml.writeEmptyElement("property");
    attribute("name", name);
    attribute("value", value);
  }

  private void session(Report.Session session) throws XMLStreamException {
    // No port, no time: the name is the same in each run, so that a server can compare them.
    testcase("connection " + session.result().connection(), session.result().took());
    switch (session.result().outcome()) {
      case MATCHED -> {}
      case DIFFERED -> differed(session);
      case INCOMPLETE, FAULTED -> problem("skipped", null, session.message(), session.message());
      case BROKEN -> problem("error", "broken", session.message(), session.message());
    }
    line(2);
    xml.writeEndElement();
  }

  private void differed(Report.Session session) throws XMLStreamException {
    if (session.result().mismatch() == null) {
      problem("failure", "differed", session.message(), session.message());
      return;
    }
    String kind = session.result().mismatch().kind().name().toLowerCase(Locale.ROOT);
    problem("failure", kind, session.message(), session.explanation());
  }

  private void unmet() throws XMLStreamException {
    String message = "the run did not pass: " + report.verdict();
    testcase("run", Duration.ZERO);
    problem("failure", "not_passed", message, message);
    line(2);
    xml.writeEndElement();
  }

  private void testcase(String name, Duration took) throws XMLStreamException {
    line(2);
    xml.writeStartElement("testcase");
    // Servers take the part before the last dot for a package, so file names are not class names.
    attribute("classname", "ts-proxy." + report.command());
    attribute("name", report.recording() + " " + name);
    attribute("time", seconds(took));
  }

  /** Some servers show the message, others the text. Schemas allow no type for skipped. */
  private void problem(String element, String type, String message, String text)
      throws XMLStreamException {
    line(3);
    xml.writeStartElement(element);
    attribute("message", message);
    if (type != null) {
      attribute("type", type);
    }
    xml.writeCharacters(VisibleText.of(text));
    xml.writeEndElement();
  }

  private void text(String element, String text) throws XMLStreamException {
    line(2);
    xml.writeStartElement(element);
    xml.writeCharacters(VisibleText.of(text));
    xml.writeEndElement();
  }

  private void attribute(String name, Object value) throws XMLStreamException {
    xml.writeAttribute(name, VisibleText.inOneLine(value.toString()));
  }

  private void line(int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%d.%03d", duration.toSeconds(), duration.toMillisPart());
  }
}
