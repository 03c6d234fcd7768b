package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.util.List;

/**
 * The bytes around a copy that are equal in source and target as well: an id whose high-order bytes
 * happened not to differ. For one copy.
 */
final class EqualRun {
  private static final int[] NATURAL = {2, 4, 8, 16, 32, 36};
  private static final int LONGEST = 36;

  private final Pairing entries;
  private final Copy copy;
  private final List<Pair> explained;
  /** The client's frames that differ at its end of the copy: each of their bytes tells its part. */
  private final List<Pair> ofClient;

  EqualRun(Pairing entries, CopyEvidence found, List<Pair> c2s) {
    this.entries = entries;
    this.copy = found.copy();
    this.explained = found.explainedPairs();
    this.ofClient = c2s.stream().filter(pair -> pair.differsIn(client(copy))).toList();
  }

  private static boolean isFromClient(Copy copy) {
    return copy.to().direction() == Direction.S2C;
  }

  private static Field client(Copy copy) {
    return isFromClient(copy) ? copy.from() : copy.to();
  }

  /**
   * The copy over the whole run where that has a natural width, else over the least natural width
   * around it; the copy itself where there is no evidence for more.
   */
  Copy widest() {
    if (TextBytes.all(copy.to(), explained, TextBytes::isPrintable)) {
      return copy;
    }
    int left = more(true);
    int right = more(false);
    int length = copy.to().length();
    for (int width : NATURAL) {
      if (width == length + left + right) {
        return widened(copy, left, right);
      }
    }
    for (int width : NATURAL) {
      int more = width - length;
      if (more >= 0 && more <= left + right) {
        return widened(copy, Math.min(left, more), more - Math.min(left, more));
      }
    }
    return copy;
  }

  private int more(boolean onTheLeft) {
    int more = 0;
    while (copy.to().length() + more < LONGEST && isEqual(onTheLeft, more + 1)) {
      more++;
    }
    return onTheLeft && isHead(more) ? changing(more) : more;
  }

  /** Whether the byte so far from the copy is equal in source and target, and may be the id's. */
  private boolean isEqual(boolean onTheLeft, int more) {
    Copy wide = widened(copy, onTheLeft ? more : 0, onTheLeft ? 0 : more);
    if (wide == null
        || !ofClient.stream().allMatch(pair -> pair.has(client(wide)))
        || !explained.stream().allMatch(pair -> pair.has(wide.to()))) {
      return false;
    }
    Field byteOfClient = outer(client(wide), onTheLeft);
    return mayBeOfId(byteOfClient, onTheLeft)
        && CopyEvidence.of(wide, explained, entries).explainsAll();
  }

  private static Field outer(Field wide, boolean onTheLeft) {
    int at = onTheLeft ? wide.offset() : Fields.end(wide) - 1;
    return Fields.of(wide, at, at + 1);
  }

  /** What varies among frames but never between the recordings is an operation or the like. */
  private boolean mayBeOfId(Field one, boolean onTheLeft) {
    return ofClient.stream().anyMatch(pair -> pair.differsIn(one))
        || isConstant(one)
            && (onTheLeft
                || !isFromClient(copy)
                || TextBytes.all(one, ofClient, TextBytes::isNull));
  }

  private boolean isConstant(Field one) {
    return ofClient.stream()
            .map(pair -> Bytes.of(one, pair.payloadOfA()))
            .distinct()
            .count()
        == 1;
  }

  /** Whether the run on the left is how both kinds of frames begin: then it is no part of an id. */
  private boolean isHead(int more) {
    Copy wide = widened(copy, more, 0);
    return isFromClient(copy) && wide.from().offset() == 0 && wide.to().offset() == 0;
  }

  /** How far the bytes on the left differ, or are the zeros of a number. */
  private int changing(int most) {
    for (int more = 1; more <= most; more++) {
      Field one = outer(client(widened(copy, more, 0)), true);
      if (ofClient.stream().noneMatch(pair -> pair.differsIn(one))
          && !TextBytes.all(one, ofClient, TextBytes::isNull)) {
        return more - 1;
      }
    }
    return most;
  }

  private static Copy widened(Copy copy, int left, int right) {
    Field from = Fields.widened(copy.from(), left, right);
    Field to = Fields.widened(copy.to(), left, right);
    return from == null || to == null ? null : Copy.of(from, to);
  }
}
