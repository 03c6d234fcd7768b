package io.tracestream.cli;

import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.recording.Direction;
import io.tracestream.rules.HexRows;
import io.tracestream.rules.Replacement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Says how two recordings compare, for people. The first change of its kind is shown in full; those
 * that differ in the same place are listed at the end, a line each. For one thread.
 */
final class DiffText {
  /** Kinds of changes that are remembered; further ones are all shown in full. */
  private static final int MOST_KINDS = 200;
  /** Changes that are listed of each kind. */
  private static final int MOST_LISTED = 10;
  /** Places that are listed of each change. */
  private static final int MOST_PLACES = 8;
  /** Bytes that are shown of a value. */
  private static final int MOST_OF_VALUE = 16;

  private final String nameOfA;
  private final String nameOfB;
  private final int context;
  private final HexRows rows;
  private final DecodedText decoded;
  private final List<Alike> kinds = new ArrayList<>();

  /**
   * Text about two recordings.
   *
   * @param context bytes to show before and after the first difference
   * @param colours whether differing bytes are red
   * @param decoders what shows payloads as text, too
   */
  DiffText(String nameOfA, String nameOfB, int context, boolean colours, Decoders decoders) {
    this.nameOfA = VisibleText.line(nameOfA);
    this.nameOfB = VisibleText.line(nameOfB);
    this.context = context;
    this.rows = new HexRows("  A", "  B", colours);
    this.decoded = new DecodedText(decoders, "A", "B");
  }

  /** A change, with the bytes around it and a blank line; empty if it is left for {@link #rest}. */
  String of(Change change) {
    if (change.kind() == Change.Kind.CHANGED && !isNew(change)) {
      return "";
    }
    String line = line(nameOfA, nameOfB, change) + "\n";
    String bytes =
        switch (change.kind()) {
          case ADDED -> alone("  B", change.b());
          case REMOVED -> alone("  A", change.a());
          case CHANGED -> pair(change);
        };
    return line + bytes + decoded.of(change.direction(), payload(change.a()), payload(change.b()))
        + "\n";
  }

  private static byte[] payload(Change.Side side) {
    return side == null ? null : side.payload();
  }

  private boolean isNew(Change change) {
    for (Alike kind : kinds) {
      if (kind.has(change)) {
        kind.add(change);
        return false;
      }
    }
    if (kinds.size() < MOST_KINDS) {
      kinds.add(new Alike(change));
    }
    return true;
  }

  /** The changes that were not shown in full, kind by kind; empty if there are none. */
  String rest() {
    String text = kinds.stream().map(this::rest).collect(Collectors.joining());
    return text.isEmpty()
        ? ""
        : text + "If these vary from run to run, let learn write rules for them:\n  ts-proxy learn "
            + nameOfA + " " + nameOfB + " > my.rules\n\n";
  }

  private String rest(Alike kind) {
    if (kind.more == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder("changed " + kind.direction + " in the same "
        + (kind.places.size() > 1 ? "places" : "place") + " as A:" + kind.firstLine + ", "
        + (kind.isLength ? "payload byte " + kind.places.get(0).offset() : list(kind.places))
        + ": " + kind.more + (kind.more == 1 ? " more entry\n" : " more entries\n"));
    kind.listed.forEach(line -> text.append("  ").append(line).append('\n'));
    if (kind.more > kind.listed.size()) {
      text.append("  and ")
          .append(kind.more - kind.listed.size())
          .append(" more; --json writes all of them\n");
    }
    return text.append('\n').toString();
  }

  /** Changes in one direction that differ in the same places. */
  private static final class Alike {
    private final long firstLine;
    private final Direction direction;
    private final List<Change.Range> places;
    /** Whether lengths differ: then the place is where they begin to. */
    private final boolean isLength;

    private final List<String> listed = new ArrayList<>();
    private long more;

    private Alike(Change first) {
      this.firstLine = first.a().line();
      this.direction = first.direction();
      this.isLength = isLength(first);
      this.places = places(first);
    }

    private boolean has(Change change) {
      if (direction != change.direction() || isLength != isLength(change)) {
        return false;
      }
      List<Change.Range> others = places(change);
      if (isLength) {
        return places.get(0).offset() == others.get(0).offset();
      }
      if (places.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < places.size(); i++) {
        Change.Range one = places.get(i);
        Change.Range other = others.get(i);
        if (one.offset() >= other.offset() + other.length()
            || other.offset() >= one.offset() + one.length()) {
          return false;
        }
      }
      return true;
    }

    private void add(Change change) {
      more++;
      if (listed.size() < MOST_LISTED) {
        Change.Range range = places(change).get(0);
        listed.add("A:" + change.a().line() + ", B:" + change.b().line() + ": "
            + (isLength
                ? replacement(change)
                : value(change.a(), range) + ", " + value(change.b(), range)));
      }
    }
  }

  private static boolean isLength(Change change) {
    return change.a().payload().length != change.b().payload().length;
  }

  /** The places that differ; one byte that is the same between two that differ belongs to them. */
  private static List<Change.Range> places(Change change) {
    List<Change.Range> places = new ArrayList<>();
    for (Change.Range range : change.differing()) {
      Change.Range last = places.isEmpty() ? null : places.get(places.size() - 1);
      if (last != null && range.offset() - last.offset() - last.length() <= 1) {
        places.set(
            places.size() - 1,
            new Change.Range(last.offset(), range.offset() + range.length() - last.offset()));
      } else {
        places.add(range);
      }
    }
    return places;
  }

  private static String value(Change.Side side, Change.Range range) {
    int to = range.offset() + range.length();
    int shown = Math.min(to, range.offset() + MOST_OF_VALUE);
    return HexFormat.of().formatHex(Arrays.copyOfRange(side.payload(), range.offset(), shown))
        + (shown < to ? ".." : "");
  }

  /** What changed, and where, in one line. */
  static String line(String nameOfA, String nameOfB, Change change) {
    String head = change.kind().toString().toLowerCase(Locale.ROOT) + " " + change.direction();
    return switch (change.kind()) {
      case ADDED ->
        head + " " + place(nameOfB, change.b()) + ": " + bytes(change.b().payload().length);
      case REMOVED ->
        head + " " + place(nameOfA, change.a()) + ": " + bytes(change.a().payload().length);
      case CHANGED ->
        head + " " + place(nameOfA, change.a()) + ", " + place(nameOfB, change.b()) + ": "
            + lengths(change) + " at payload byte " + first(change);
    };
  }

  private static int first(Change change) {
    return change.differing().get(0).offset();
  }

  private static String place(String name, Change.Side side) {
    return name + ":" + side.line() + " (entry " + side.entry() + ")";
  }

  private String alone(String label, Change.Side side) {
    int most = (int) Math.min(Integer.MAX_VALUE, 2L * context + 1);
    return HexRows.of(label, side.payload(), most);
  }

  private String pair(Change change) {
    return difference(change)
        + rows.of(
            change.a().payload(), change.b().payload(), first(change), context, change::isCompared);
  }

  private static String lengths(Change change) {
    int a = change.a().payload().length;
    int b = change.b().payload().length;
    if (a != b) {
      return bytes(a) + " in A, " + bytes(b) + " in B; first difference";
    }
    int count = change.differing().stream().mapToInt(Change.Range::length).sum();
    return bytes(a) + (count == 1 ? ", 1 differs," : ", " + count + " differ, the first");
  }

  /** What the rows may not show. */
  private static String difference(Change change) {
    int first = first(change);
    byte[] a = change.a().payload();
    byte[] b = change.b().payload();
    if (first < Math.min(a.length, b.length) && a[first] == b[first]) {
      return "  the value at payload byte " + first
          + " is copied from an earlier frame in only one of the recordings\n";
    }
    if (a.length != b.length) {
      return a.length == 0 || b.length == 0 ? "" : "  " + replacement(change) + "\n";
    }
    List<Change.Range> places = places(change);
    return places.size() == 1
        ? ""
        : "  " + places.size() + " places differ (offset+length): " + list(places) + "\n";
  }

  private static String replacement(Change change) {
    return Replacement.between(change.a().payload(), change.b().payload(), change::isCompared)
        .toString();
  }

  private static String list(List<Change.Range> places) {
    return places.stream()
            .limit(MOST_PLACES)
            .map(range -> range.offset() + "+" + range.length())
            .collect(Collectors.joining(", "))
        + (places.size() > MOST_PLACES ? ", ..." : "");
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  private static String allowed(DiffSummary summary) {
    long allowed = summary.allowedInA() + summary.allowedInB();
    return allowed == 0 ? "" : "; " + allowed + " allowed at any time";
  }

  /** How many entries are the same, and how many are not, in one line. */
  static String of(DiffSummary summary) {
    return summary.entriesOfA() + " entries in A, " + summary.entriesOfB() + " in B: "
        + summary.same() + " same, " + summary.changed() + " changed, " + summary.added()
        + " added, " + summary.removed() + " removed" + allowed(summary);
  }
}
