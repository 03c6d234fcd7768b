package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Finds copies that explain why a field differs. For one thread. */
final class CopyFinder {
  /** How many pairs are tried before all of them are. */
  private static final int SAMPLE = 32;
  /** How many places are tried for one width. */
  private static final int MOST_PLACES = 4096;

  private final Pairing entries;
  private final List<Pair> c2s;

  CopyFinder(Pairing entries, Evidence c2s) {
    this.entries = entries;
    this.c2s = c2s.pairs();
  }

  /**
   * The widest copy from a part of one of these fields into a part of another that is unlikely to
   * be chance; null if there is none.
   */
  CopyEvidence find(List<VaryingField> from, VaryingField to) {
    CopyEvidence best = null;
    for (VaryingField varying : from) {
      CopyEvidence found =
          varying.isTime() || to.isTime() ? whole(varying, to) : find(varying.field(), to);
      if (found != null && (best == null || isBetter(found, best))) {
        best = found;
      }
    }
    return best == null ? null : widest(best, to);
  }

  /** Times are copied as a whole or not at all: parts of them are often equal by chance. */
  private CopyEvidence whole(VaryingField from, VaryingField to) {
    if (from.field().length() != to.field().length()) {
      return null;
    }
    CopyEvidence found = evidence(Copy.of(from.field(), to.field()), to);
    return found != null && found.explainsAll() ? found : null;
  }

  private CopyEvidence widest(CopyEvidence found, VaryingField to) {
    Copy widest = new EqualRun(entries, found, c2s).widest();
    return widest.equals(found.copy())
        ? found
        : CopyEvidence.of(widest, VaryingField.of(widest.to(), to.pairs()).pairs(), entries);
  }

  private static boolean isBetter(CopyEvidence one, CopyEvidence other) {
    return one.explained() == other.explained()
        ? one.copy().to().length() > other.copy().to().length()
        : one.explained() > other.explained();
  }

  private CopyEvidence find(Field from, VaryingField target) {
    Field to = target.field();
    int widest = Math.min(from.length(), to.length());
    int[] widths = IntStream.concat(
            IntStream.of(widest), IntStream.of(16, 8, 4, 2).filter(width -> width < widest))
        .toArray();
    for (int width : widths) {
      CopyEvidence best = null;
      for (Copy copy : places(from, to, width)) {
        CopyEvidence found = evidence(copy, target);
        if (found != null && (best == null || isBetter(found, best))) {
          best = found;
        }
      }
      if (best != null) {
        return extended(best, from, target);
      }
    }
    return null;
  }

  private static List<Copy> places(Field from, Field to, int width) {
    List<Copy> places = new ArrayList<>();
    for (int s = from.offset(); s <= Fields.end(from) - width; s++) {
      for (int t = to.offset(); t <= Fields.end(to) - width; t++) {
        if (places.size() == MOST_PLACES) {
          return places;
        }
        places.add(Copy.of(Fields.of(from, s, s + width), Fields.of(to, t, t + width)));
      }
    }
    return places;
  }

  /** The evidence for a copy; null if it is not convincing. */
  private CopyEvidence evidence(Copy copy, VaryingField target) {
    List<Pair> differing = VaryingField.of(copy.to(), target.pairs()).pairs();
    if (differing.size() > SAMPLE) {
      CopyEvidence sample = CopyEvidence.of(copy, differing.subList(0, SAMPLE), entries);
      if (sample.explained() == 0) {
        return null;
      }
    }
    CopyEvidence all = CopyEvidence.of(copy, differing, entries);
    return all.isConvincing() ? all : null;
  }

  /** The copy, widened within the fields as long as it explains as much. */
  private CopyEvidence extended(CopyEvidence found, Field from, VaryingField target) {
    CopyEvidence widest = found;
    for (boolean left : new boolean[] {true, false}) {
      for (CopyEvidence wide = found; wide != null; wide = wider(widest, left, from, target)) {
        widest = wide.copy().to().length() > widest.copy().to().length() ? wide : widest;
      }
    }
    return widest;
  }

  private CopyEvidence wider(CopyEvidence found, boolean left, Field from, VaryingField target) {
    Field to = target.field();
    Copy wide = widened(found.copy(), left ? 1 : 0, left ? 0 : 1);
    if (wide == null || !Fields.contains(from, wide.from()) || !Fields.contains(to, wide.to())) {
      return null;
    }
    CopyEvidence evidence = evidence(wide, target);
    return evidence != null
            && evidence.explained() >= found.explained()
            && evidence.needed() == found.needed()
        ? evidence
        : null;
  }

  private static Copy widened(Copy copy, int left, int right) {
    Field from = Fields.widened(copy.from(), left, right);
    Field to = Fields.widened(copy.to(), left, right);
    return from == null || to == null ? null : Copy.of(from, to);
  }

  /**
   * The bytes around a copy that are equal in source and target, too: the high-order bytes of an
   * id, which happened not to differ. For one copy.
   */
  private static final class EqualRun {
    private static final int[] NATURAL = {2, 4, 8, 16, 32, 36};
    private static final int LONGEST = 36;

    private final Pairing entries;
    private final Copy copy;
    private final List<Pair> explained;
    /** The client's frames that differ in its field of the copy. */
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
     * The copy widened to the whole run if that has a natural width, or else to the next natural
     * width; the copy itself if nothing speaks for more.
     */
    Copy widest() {
      if (Bytes.all(copy.to(), explained, Bytes::isPrintable)) {
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

    /**
     * Whether the byte at that distance is equal in source and target, and may be part of an id.
     */
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

    /**
     * A byte that varies between frames but never between recordings is an operation or the like.
     */
    private boolean mayBeOfId(Field one, boolean onTheLeft) {
      return ofClient.stream().anyMatch(pair -> pair.differsIn(one))
          || isConstant(one)
              && (onTheLeft || !isFromClient(copy) || Bytes.all(one, ofClient, Bytes::isNull));
    }

    private boolean isConstant(Field one) {
      return ofClient.stream()
              .map(pair -> Bytes.of(one, pair.payloadOfA()))
              .distinct()
              .count()
          == 1;
    }

    /**
     * Whether the run on the left is how both kinds of frames begin: then it is not part of an id.
     */
    private boolean isHead(int more) {
      Copy wide = widened(copy, more, 0);
      return isFromClient(copy) && wide.from().offset() == 0 && wide.to().offset() == 0;
    }

    /** How many bytes on the left differ, or are the leading zeros of a number. */
    private int changing(int most) {
      for (int more = 1; more <= most; more++) {
        Field one = outer(client(widened(copy, more, 0)), true);
        if (ofClient.stream().noneMatch(pair -> pair.differsIn(one))
            && !Bytes.all(one, ofClient, Bytes::isNull)) {
          return more - 1;
        }
      }
      return most;
    }
  }
}
