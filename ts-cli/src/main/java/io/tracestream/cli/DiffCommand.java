package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Field;
import io.tracestream.rules.RedactedFields;
import io.tracestream.rules.Rules;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = "Compares two recordings entry by entry, and shows where they differ.",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy diff [OPTIONS] A B",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing differs",
      "1:something differs, or a recording is damaged",
      "2:wrong usage",
      "3:a recording is missing or is not a recording"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy diff monday.rec friday.rec",
      "  ts-proxy diff monday.rec friday.rec --rules a.rules --json",
      "  ts-proxy diff monday.rec friday.rec --report diff.html"
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "A",
      converter = Values.FileName.class,
      description = "First recording.")
  private Path first;

  @Parameters(
      index = "1",
      paramLabel = "B",
      converter = Values.FileName.class,
      description = "Second recording.")
  private Path second;

  @Mixin(name = "What may differ:")
  private RuleOptions rules;

  @Mixin(name = "Decoded payloads:")
  private DecodeOptions decode;

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  @Option(
      names = "--context",
      paramLabel = "BYTES",
      defaultValue = "16",
      converter = Values.FromZero.class,
      description = "Bytes to show on each side of a difference. Default: ${DEFAULT-VALUE}.")
  private int context;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      converter = ToPage.class,
      description = "Write the changes also as a page for people to a FILE.html.")
  private Path report;

  @Mixin(name = "General:")
  private MaxPayloadOption maxPayload;

  @Mixin
  private LogOptions.Unused unused;

  private Decoders decoders;
  private DiffSummary summary;

  @Override
  public Integer call() throws Failures.NotStarted, Failures.Failed {
    Rules given = rules.rulesWithoutFaults();
    decoders = decode.decoders();
    try (Recording a = open(first);
        Recording b = open(second);
        DiffPage page = report == null ? null : DiffPage.of(report, a, b, context, decoders)) {
      Rules compared = given.plus(RedactedFields.in(a)).plus(RedactedFields.in(b));
      // What was found before an exception is worth showing.
      StandardOutput.printToItsEnd(out ->
          summary = json ? asJson(a, b, compared, page, out) : asText(a, b, compared, page, out));
      if (page != null) {
        page.write(summary, compared.redacted().isEmpty() ? "" : redacted(compared));
      }
      return summary.isSame() ? 0 : Failures.FAILED;
    } catch (UncheckedIOException e) {
      throw new Failures.Failed(Failures.reason(e.getCause()));
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private Recording open(Path file) throws Failures.NotStarted {
    try {
      return Recording.open(file, maxPayload.bytes());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private static void add(Change change, DiffPage page) {
    if (page != null) {
      page.add(change);
    }
  }

  private DiffSummary asText(Recording a, Recording b, Rules compared, DiffPage page, Writer out)
      throws IOException {
    DiffText text =
        new DiffText(a.toString(), b.toString(), context, Terminal.STDOUT.showsColours(), decoders);
    DiffSummary found = RecordingDiff.compare(a, b, compared, change -> {
      print(text.of(change), out);
      add(change, page);
    });
    print(text.rest(), out);
    print(DiffText.of(found) + "\n", out);
    if (!compared.redacted().isEmpty()) {
      print(redacted(compared) + "\n", out);
    }
    return found;
  }

  private static String redacted(Rules compared) {
    return "redacted when it was recorded, so not compared: "
        + compared.redacted().stream()
            .map(Field::toString)
            .distinct()
            .collect(Collectors.joining(", "));
  }

  private static void print(String text, Writer out) {
    try {
      out.write(VisibleText.lines(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DiffSummary asJson(Recording a, Recording b, Rules compared, DiffPage page, Writer out)
      throws IOException {
    try (Json document = new Json(out, decoders)) {
      document.begin(a.toString(), b.toString(), compared);
      DiffSummary summary = RecordingDiff.compare(a, b, compared, change -> {
        document.add(change);
        add(change, page);
      });
      document.end(summary);
      return summary;
    }
  }

  private static final class ToPage extends Values.Report {
    private ToPage() {
      super(".html; --json writes JSON to stdout", ReportOption.HTML);
    }
  }

  /** Says how two recordings compare, as a JSON document that is written change by change. */
  private static final class Json implements Closeable {
    private final JsonGenerator json;
    private final Decoders decoders;

    /** A document on a writer that stays open. */
    Json(Writer out, Decoders decoders) throws IOException {
      this.decoders = decoders;
      json = JsonText.to(out);
    }

    void begin(String nameOfA, String nameOfB, Rules rules) throws IOException {
      json.writeStartObject();
      json.writeStringField("a", nameOfA);
      json.writeStringField("b", nameOfB);
      json.writeObjectFieldStart("rules");
      texts("ignore", rules.ignored());
      texts("copy", rules.copied());
      texts("length", rules.lengths());
      texts("allow", rules.allowed());
      texts("redact", rules.redacted());
      json.writeEndObject();
      json.writeArrayFieldStart("changes");
    }

    private void texts(String name, List<?> items) throws IOException {
      json.writeArrayFieldStart(name);
      for (Object item : items) {
        json.writeString(item.toString());
      }
      json.writeEndArray();
    }

    void add(Change change) {
      try {
        json.writeStartObject();
        json.writeStringField("kind", change.kind().toString().toLowerCase(Locale.ROOT));
        json.writeStringField("direction", change.direction().toString());
        side("a", change.direction(), change.a());
        side("b", change.direction(), change.b());
        ranges("differing", change.differing());
        ranges("open", change.open());
        json.writeEndObject();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void side(String name, Direction direction, Change.Side side) throws IOException {
      if (side == null) {
        json.writeNullField(name);
        return;
      }
      json.writeObjectFieldStart(name);
      json.writeNumberField("entry", side.entry());
      json.writeNumberField("line", side.line());
      json.writeNumberField("length", side.payload().length);
      json.writeStringField("payload", HexFormat.of().formatHex(side.payload()));
      texts("decoded", decoders.decode(direction, side.payload()));
      json.writeEndObject();
    }

    private void ranges(String name, List<Change.Range> ranges) throws IOException {
      json.writeArrayFieldStart(name);
      for (Change.Range range : ranges) {
        json.writeStartObject();
        json.writeNumberField("offset", range.offset());
        json.writeNumberField("length", range.length());
        json.writeEndObject();
      }
      json.writeEndArray();
    }

    void end(DiffSummary summary) throws IOException {
      json.writeEndArray();
      json.writeObjectFieldStart("summary");
      json.writeBooleanField("identical", summary.isSame());
      json.writeNumberField("entriesA", summary.entriesOfA());
      json.writeNumberField("entriesB", summary.entriesOfB());
      json.writeNumberField("same", summary.same());
      json.writeNumberField("changed", summary.changed());
      json.writeNumberField("added", summary.added());
      json.writeNumberField("removed", summary.removed());
      json.writeNumberField("allowedA", summary.allowedInA());
      json.writeNumberField("allowedB", summary.allowedInB());
      json.writeEndObject();
      json.writeEndObject();
      json.writeRaw('\n');
    }

    /** Writes what is left; a document that was given up is closed without its summary. */
    @Override
    public void close() throws IOException {
      json.close();
    }
  }
}
