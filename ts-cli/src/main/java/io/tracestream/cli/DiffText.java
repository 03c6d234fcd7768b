package io.tracestream.cli;

import io.tracestream.compare.Change;
import io.tracestream.compare.DiffSummary;
import io.tracestream.rules.HexRows;
import java.util.Locale;

/** Says how two recordings compare, for people. */
final class DiffText {
  private final String nameOfA;
  private final String nameOfB;
  private final int context;
  private final HexRows rows;

  /**
   * Text about two recordings.
   *
   * @param context bytes to show on either side of the first difference
   * @param colours whether differing bytes are red
   */
  DiffText(String nameOfA, String nameOfB, int context, boolean colours) {
    this.nameOfA = VisibleText.line(nameOfA);
    this.nameOfB = VisibleText.line(nameOfB);
    this.context = context;
    this.rows = new HexRows("  A", "  B", colours);
  }

  /** A change: a line that says where, and the bytes around it. */
  String of(Change change) {
    String line = line(nameOfA, nameOfB, change) + "\n";
    return switch (change.kind()) {
      case ADDED -> line + alone("  B", change.b());
      case REMOVED -> line + alone("  A", change.a());
      case CHANGED -> line + pair(change);
    };
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
    return moved(change)
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

  /** What differs though the bytes are equal needs saying. */
  private static String moved(Change change) {
    int first = first(change);
    byte[] a = change.a().payload();
    byte[] b = change.b().payload();
    boolean equal = first < Math.min(a.length, b.length) && a[first] == b[first];
    return equal
        ? "  the value at payload byte " + first
            + " is copied from an earlier frame in one recording only\n"
        : "";
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  /** How many entries are the same, and how many are not, in one line. */
  static String of(DiffSummary summary) {
    return summary.entriesOfA() + " entries in A, " + summary.entriesOfB() + " in B: "
        + summary.same() + " same, " + summary.changed() + " changed, " + summary.added()
        + " added, " + summary.removed() + " removed";
  }
}
