package io.tracestream.compare;

import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Finds copies that explain why a field differs. For one thread. */
final class CopyFinder {
  /** Pairs that are looked at before all are. */
  private static final int SAMPLE = 32;
  /** Places that are tried for one width. */
  private static final int MOST_PLACES = 4096;

  private final Pairing entries;
  private final List<Pair> c2s;

  CopyFinder(Pairing entries, Evidence c2s) {
    this.entries = entries;
    this.c2s = c2s.pairs();
  }

  /**
   * The widest copy from a part of one of these fields into a part of another one that is hardly
   * chance; null when there is none.
   */
  CopyEvidence find(List<Varying> from, Varying to) {
    CopyEvidence best = null;
    for (Varying varying : from) {
      CopyEvidence found =
          varying.isTime() || to.isTime() ? whole(varying, to) : find(varying.field(), to);
      if (found != null && (best == null || isBetter(found, best))) {
        best = found;
      }
    }
    return best == null ? null : widest(best, to);
  }

  /** Parts of times, and some of many, are equal by chance. */
  private CopyEvidence whole(Varying from, Varying to) {
    if (from.field().length() != to.field().length()) {
      return null;
    }
    CopyEvidence found = evidence(Copy.of(from.field(), to.field()), to);
    return found != null && found.explainsAll() ? found : null;
  }

  private CopyEvidence widest(CopyEvidence found, Varying to) {
    Copy widest = new EqualRun(entries, found, c2s).widest();
    return widest.equals(found.copy())
        ? found
        : CopyEvidence.of(widest, Varying.of(widest.to(), to.pairs()).pairs(), entries);
  }

  private static boolean isBetter(CopyEvidence one, CopyEvidence other) {
    return one.explained() == other.explained()
        ? one.copy().to().length() > other.copy().to().length()
        : one.explained() > other.explained();
  }

  private CopyEvidence find(Field from, Varying target) {
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

  /** The evidence for a copy; null when it does not convince. */
  private CopyEvidence evidence(Copy copy, Varying target) {
    List<Pair> differing = Varying.of(copy.to(), target.pairs()).pairs();
    if (differing.size() > SAMPLE) {
      CopyEvidence sample = CopyEvidence.of(copy, differing.subList(0, SAMPLE), entries);
      if (sample.explained() == 0) {
        return null;
      }
    }
    CopyEvidence all = CopyEvidence.of(copy, differing, entries);
    return all.isConvincing() ? all : null;
  }

  /** The copy over all bytes around it that the fields have and that explain as much. */
  private CopyEvidence extended(CopyEvidence found, Field from, Varying target) {
    CopyEvidence widest = found;
    for (boolean left : new boolean[] {true, false}) {
      for (CopyEvidence wide = found; wide != null; wide = wider(widest, left, from, target)) {
        widest = wide.copy().to().length() > widest.copy().to().length() ? wide : widest;
      }
    }
    return widest;
  }

  private CopyEvidence wider(CopyEvidence found, boolean left, Field from, Varying target) {
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
}
