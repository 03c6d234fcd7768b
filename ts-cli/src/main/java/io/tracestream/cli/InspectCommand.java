package io.tracestream.cli;

import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "inspect",
    description = "Shows what a recording contains: a summary, or its entries.",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy inspect [OPTIONS] FILE|DIR",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy inspect a.rec",
      "  ts-proxy inspect a.rec --html a.html",
      "  ts-proxy inspect a.rec --entries | head",
      "  ts-proxy inspect a.rec --entry 7 --full --decode json",
      "  ts-proxy inspect DIR --grep LOGR --direction c2s --json"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec
  private CommandSpec command;

  @Parameters(
      paramLabel = "FILE|DIR",
      converter = Values.FileOrFolder.class,
      description = "Recording, or folder of recordings.")
  private Path file;

  @Mixin(name = "Entries:")
  private EntryOptions entries;

  @Option(
      names = "--html",
      paramLabel = "OUT",
      converter = Values.FileName.class,
      description = "Write a page for a browser to the file OUT instead: all entries, to look"
          + " through and to search.")
  private Path html;

  @Mixin(name = "Decoded payloads:")
  private DecodeOptions decode;

  @Mixin(name = "General:")
  private MaxPayloadOption maxPayload;

  @Mixin
  private LogOptions.Unused unused;

  @Override
  public Integer call() throws Exception {
    Decoders decoders = decode.decoders();
    if (html != null) {
      return writePage(decoders);
    }
    if (!decoders.isEmpty() && !entries.areGiven()) {
      throw new ParameterException(
          command.commandLine(),
          "--decode: add --entries or another option that lists entries, or --html");
    }
    EntryList list = entries.areGiven() ? new EntryList(entries, decoders) : null;
    return Files.isDirectory(file) ? inspectAll(list) : inspectOne(list);
  }

  private int writePage(Decoders decoders) throws Failures.NotStarted, Failures.Failed {
    if (entries.areGiven()) {
      throw new ParameterException(
          command.commandLine(), "--html cannot be combined with options that list entries");
    }
    List<Conversation> conversations = conversations();
    Page.check("--html", html);
    try (Page page = Page.of(html)) {
      page.add(conversations, maxPayload.bytes(), decoders);
      page.damages().forEach(Failures::say);
      boolean damaged = !page.damages().isEmpty();
      if (page.data().entries() == 0 && !damaged) {
        throw new Failures.NotStarted(file + ": is not a recording: no entry");
      }
      page.write(
          new Page.Head(
              "inspect",
              VisibleText.line(file.toString()),
              damaged ? "failed" : "neutral",
              damaged ? "damaged" : "recording",
              page.amount()),
          null);
      return damaged ? Failures.FAILED : 0;
    } catch (IOException e) {
      throw new Failures.Failed(Page.cannotWrite("--html", html, e));
    }
  }

  private List<Conversation> conversations() throws Failures.NotStarted {
    try {
      if (Files.isDirectory(file)) {
        RecordingDirectory directory = RecordingDirectory.open(file);
        directory.leftOut().forEach(Failures::say);
        return directory.conversations();
      }
      open().close();
      return List.of(Conversation.of(file));
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private int inspectAll(EntryList list) throws Failures.NotStarted, Failures.Failed {
    DirectoryPage page;
    try {
      page = new DirectoryPage(RecordingDirectory.open(file), list, maxPayload.bytes());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
    try {
      StandardOutput.print(page);
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
    return page.isDamaged() ? Failures.FAILED : status(list);
  }

  private int inspectOne(EntryList list) throws Failures.NotStarted, Failures.Failed {
    try (Recording recording = open();
        RecordingReader reader = recording.reader()) {
      StandardOutput.print(out -> {
        if (list == null) {
          printSummary(reader, out);
        } else {
          list.write(reader, null, out);
        }
      });
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
    return status(list);
  }

  /** Like grep, fails if nothing of what was asked for is there. */
  private int status(EntryList list) {
    if (list == null || !entries.isLimited() || list.listed() > 0) {
      return 0;
    }
    Failures.say(file + ": no such entry");
    return Failures.FAILED;
  }

  private Recording open() throws Failures.NotStarted {
    try {
      return Recording.openEvenIfDamaged(file, maxPayload.bytes());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private void printSummary(RecordingReader reader, Writer out) throws IOException {
    RecordingSummary summary = new RecordingSummary();
    try {
      summary.addAll(reader);
    } catch (RecordingException e) {
      new SummaryPage(file + " before the damage in line " + e.line(), summary).writeTo(out);
      throw e;
    }
    if (summary.entries() == 0) {
      out.write(EntryList.noEntry(file.toString()) + "\n");
      return;
    }
    new SummaryPage(file.toString(), summary).writeTo(out);
  }

  private static void writeFraming(Framing framing, Writer out) throws IOException {
    String names = Framing.presets().stream()
        .filter(preset -> preset.framing().equals(framing))
        .map(Framing.Preset::name)
        .collect(Collectors.joining(", "));
    out.write("framing: " + framing + (names.isEmpty() ? "" : " (" + names + ")") + "\n");
  }

  private static void writeRedacted(Collection<String> fields, Writer out) throws IOException {
    if (!fields.isEmpty()) {
      out.write("redacted: " + VisibleText.line(String.join(", ", fields)) + "\n");
    }
  }

  /** A summary of a recording on one screen. */
  private static final class SummaryPage implements StandardOutput.Text {
    private final String title;
    private final RecordingSummary summary;

    /** A page about a summary; {@code title} names the file, or the part of it. */
    SummaryPage(String title, RecordingSummary summary) {
      this.title = VisibleText.line(title);
      this.summary = summary;
    }

    @Override
    public void writeTo(Writer out) throws IOException {
      out.write(Units.format(
          "%s: %s in %s, the first one after %s\n",
          title,
          Units.entries(summary.entries()),
          Units.time(summary.durationMicros()),
          Units.time(summary.startMicros())));
      if (summary.framing() != null) {
        writeFraming(summary.framing(), out);
      }
      writeRedacted(summary.redacted(), out);
      writeTotals(out);
      writeTable(out, "payload bytes", RecordingSummary.OneWay::payloadLengths, Long::toString);
      writeTable(out, "pause before", RecordingSummary.OneWay::pauses, Units::time);
      out.write(Units.format(
          "\n%s of direction; an s2c entry follows %d of %s\n",
          Units.count(summary.turns(), "change", "changes"),
          summary.answered(),
          Units.count(summary.of(Direction.C2S).entries(), "c2s entry", "c2s entries")));
    }

    private void writeTotals(Writer out) throws IOException {
      out.write(
          Units.format("\n%-13s%12s%18s%18s\n", "", "entries", "payload bytes", "longest run"));
      for (Direction direction : Direction.values()) {
        RecordingSummary.OneWay way = summary.of(direction);
        out.write(Units.format(
            "%-13s%12d%18d%18d\n", direction, way.entries(), way.payloadBytes(), way.longestRun()));
      }
    }

    private void writeTable(
        Writer out,
        String name,
        Function<RecordingSummary.OneWay, Distribution> of,
        LongFunction<String> shown)
        throws IOException {
      out.write(
          Units.format("\n%-13s%12s%12s%12s%12s%12s\n", name, "min", "p50", "p90", "p99", "max"));
      for (Direction direction : Direction.values()) {
        out.write(row(direction, of.apply(summary.of(direction)), shown));
      }
    }

    private static String row(Direction direction, Distribution of, LongFunction<String> shown) {
      long[] numbers = {of.min(), of.percentile(50), of.percentile(90), of.percentile(99), of.max()
      };
      StringBuilder row = new StringBuilder(Units.format("%-13s", direction));
      for (long number : numbers) {
        row.append(Units.format("%12s", of.count() == 0 ? "-" : shown.apply(number)));
      }
      return row.append('\n').toString();
    }
  }

  /** The conversations of a folder, a line each, or with all their entries. */
  private static final class DirectoryPage implements StandardOutput.Text {
    private static final String LINE = "%12s%14s%14s%12s%12s  %s\n";

    private final RecordingDirectory directory;
    /** Null for a summary. */
    private final EntryList list;

    private final int maxPayloadLength;
    private boolean damaged;
    /** Those that recordings name. */
    private final Set<Framing> framings = new LinkedHashSet<>();

    private final Set<String> redacted = new LinkedHashSet<>();

    DirectoryPage(RecordingDirectory directory, EntryList list, int maxPayloadLength) {
      this.directory = directory;
      this.list = list;
      this.maxPayloadLength = maxPayloadLength;
    }

    /** Whether a conversation could not be read to its end; stderr says why. */
    boolean isDamaged() {
      return damaged;
    }

    @Override
    public void writeTo(Writer out) throws IOException {
      for (String line : directory.leftOut()) {
        Failures.say(line);
      }
      if (list == null) {
        out.write(Units.format(
            LINE, "c2s entries", "s2c entries", "c2s bytes", "s2c bytes", "duration", "recording"));
      }
      for (Conversation conversation : directory.conversations()) {
        try (Recording recording = conversation.openEvenIfDamaged(maxPayloadLength);
            RecordingReader reader = recording.reader()) {
          write(conversation, reader, out);
        } catch (RecordingException e) { // the others may be whole
          Failures.say(e.getMessage());
          damaged = true;
        }
      }
      for (Framing framing : framings) {
        writeFraming(framing, out);
      }
      writeRedacted(redacted, out);
    }

    private void write(Conversation conversation, RecordingReader reader, Writer out)
        throws IOException {
      if (list != null) {
        list.write(reader, VisibleText.line(conversation.toString()), out);
        return;
      }
      RecordingSummary summary = new RecordingSummary();
      try {
        summary.addAll(reader);
      } finally {
        if (summary.framing() != null) {
          framings.add(summary.framing());
        }
        redacted.addAll(summary.redacted());
        out.write(Units.format(
            LINE,
            summary.of(Direction.C2S).entries(),
            summary.of(Direction.S2C).entries(),
            summary.of(Direction.C2S).payloadBytes(),
            summary.of(Direction.S2C).payloadBytes(),
            Units.time(summary.durationMicros()),
            summary.entries() == 0
                ? EntryList.noEntry(conversation.toString())
                : VisibleText.line(conversation.toString())));
      }
    }
  }
}
