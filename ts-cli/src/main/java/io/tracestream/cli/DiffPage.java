package io.tracestream.cli;

import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes how two recordings compare as a page: the entries of A, with those that only B has in
 * between, and a mark at each change. For one thread.
 */
final class DiffPage implements Closeable {
  /** Changes that are marked. */
  static final int MOST_MARKS = 10_000;

  private final Path file;
  private final String nameOfA;
  private final String nameOfB;
  private final Page page;
  private final PageData data;
  private final RecordingReader entriesOfA;
  private final DiffText text;
  private final Decoders decoders;
  /** The number of the last entry of A that was read. */
  private long entry;

  private boolean ended;
  private long marks;
  private long notMarked;
  /** The first change in words; null without one. */
  private String first;

  private DiffPage(Path file, Recording a, Recording b, int context, Decoders decoders, Page page) {
    this.file = file;
    this.nameOfA = a.toString();
    this.nameOfB = b.toString();
    this.page = page;
    this.data = page.data();
    this.entriesOfA = a.reader();
    this.text = new DiffText(nameOfA, nameOfB, context, false, decoders);
    this.decoders = decoders;
  }

  /**
   * A page without entries.
   *
   * @throws Failures.NotStarted when it cannot be written
   */
  static DiffPage of(Path file, Recording a, Recording b, int context, Decoders decoders)
      throws Failures.NotStarted {
    Page.check("--report", file);
    try {
      DiffPage page = new DiffPage(file, a, b, context, decoders, Page.of(file));
      page.page.begin(page.nameOfA);
      page.data.session(1, "", "", "");
      return page;
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--report", file, e));
    }
  }

  /** Adds a change, and the entries of A up to there. To be called in the order of A. */
  void add(Change change) {
    try {
      readTo(change.entryOfA());
      Change.Side b = change.b();
      if (change.kind() == Change.Kind.ADDED && data.hasRoom()) {
        data.entryOfB(change.direction(), b.entry(), b.line(), b.payload());
      }
      if (marks == MOST_MARKS || !data.hasRoom()) {
        notMarked++;
      } else {
        marks++;
        data.mark(mark(change));
      }
      first = first == null ? text.of(change) : first;
    } catch (RecordingException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException(Page.cannotWrite("--report", file, e), e));
    }
  }

  private void readTo(long number) throws IOException {
    while (entry < number && !ended && data.hasRoom()) {
      ended = !entriesOfA.advance();
      if (!ended) {
        data.entry(++entry, entriesOfA, decoders);
      }
    }
  }

  private PageData.Mark mark(Change change) {
    Change.Side side = change.a() == null ? change.b() : change.a();
    return new PageData.Mark(
        change.direction(),
        data.rows(),
        side.entry(),
        side.line(),
        VisibleText.line(DiffText.line(nameOfA, nameOfB, change)),
        "",
        "",
        new DecodedText(decoders, "A", "B")
            .of(change.direction(), payload(change.a()), payload(change.b())),
        payload(change.a()),
        payload(change.b()),
        ranges(change.differing()),
        ranges(change.open()));
  }

  private static byte[] payload(Change.Side side) {
    return side == null ? null : side.payload();
  }

  private static List<PageData.Range> ranges(List<Change.Range> ranges) {
    return ranges.stream()
        .map(range -> new PageData.Range(range.offset(), range.length()))
        .toList();
  }

  /**
   * Adds the rest of A, and writes the page.
   *
   * @param note a line that readers of the page should know; empty for none
   */
  void write(DiffSummary summary, String note) throws IOException {
    if (!note.isEmpty()) {
      page.note(note);
    }
    try {
      readTo(Long.MAX_VALUE);
      if (!ended && entriesOfA.advance()) {
        page.setFull();
      }
      if (notMarked > 0) {
        page.note(Units.count(notMarked, "change is", "changes are") + " not marked in this page.");
      }
      boolean same = summary.isSame();
      page.write(
          new Page.Head(
              "diff",
              "diff " + VisibleText.line(nameOfA) + " " + VisibleText.line(nameOfB),
              same ? "passed" : "failed",
              same ? "same" : "different",
              DiffText.of(summary)),
          first);
    } catch (RecordingException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(Page.cannotWrite("--report", file, e), e);
    }
  }

  @Override
  public void close() throws IOException {
    page.close();
  }
}
