package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.RedactedFields;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares two recordings, A and B, entry by entry.
 *
 * <p>Each direction is compared by itself, because how they interleave is a matter of timing. Times
 * are not compared. Where entries differ, it looks up to 64 entries ahead in each recording to find
 * where they agree again. Replies that a copy ties to their requests may come in any order.
 *
 * <p>Rules leave open the bytes that are ignored, and those that a value is copied from. A copied
 * value is the same if both recordings have it in an earlier frame of the other direction, where
 * the copy says; if only one of them has it there, it differs. Frames that rules allow at any time
 * are left out of the comparison. Bytes that were redacted in either recording are open.
 *
 * <p>Memory grows with the longest payloads, not with the recordings. Safe for use by any number of
 * threads.
 */
public final class RecordingDiff {
  private RecordingDiff() {}

  /**
   * Compares both recordings from beginning to end.
   *
   * @param a the first recording; it stays open
   * @param b the second recording, which may be the same; it stays open
   * @param rules what may vary
   * @param each called with each change, in the order of A's entries
   * @return how many entries are the same, and how many are not
   * @throws io.tracestream.recording.RecordingException if a recording is damaged: file, line, and
   *     what is wrong
   * @throws IOException if reading fails
   */
  public static DiffSummary compare(Recording a, Recording b, Rules rules, Consumer<Change> each)
      throws IOException {
    return compareWhile(a, b, rules, change -> {
      each.accept(change);
      return true;
    });
  }

  /** Compares until {@code each} returns false; then the counts are those up to there. */
  static DiffSummary compareWhile(Recording a, Recording b, Rules rules, Predicate<Change> each)
      throws IOException {
    Rules all = rules.plus(RedactedFields.in(a)).plus(RedactedFields.in(b));
    DirectionDiff c2s = new DirectionDiff(a, b, all, Direction.C2S);
    DirectionDiff s2c = new DirectionDiff(a, b, all, Direction.S2C);
    DirectionDiff next = next(c2s, s2c);
    while (next != null && each.test(next.take())) {
      next = next(c2s, s2c);
    }
    return c2s.summary().plus(s2c.summary());
  }

  /** The one whose change comes first in A; null when neither has one. */
  private static @Nullable DirectionDiff next(DirectionDiff c2s, DirectionDiff s2c)
      throws IOException {
    if (c2s.peek() == null) {
      return s2c.peek() == null ? null : s2c;
    }
    return s2c.peek() == null || c2s.peek().entryOfA() <= s2c.peek().entryOfA() ? c2s : s2c;
  }
}
