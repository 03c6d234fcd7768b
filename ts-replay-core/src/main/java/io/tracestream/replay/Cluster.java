package io.tracestream.replay;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pairs of one length that differ in about the same bytes: frames of one kind. */
final class Cluster {
  /** Kinds of frames of one length; further ones count to the kind that is most alike. */
  private static final int MOST = 16;
  /** How many equal bytes may be chance inside of a field that one pair alone shows. */
  private static final int CHANCE_GAP = 2;
  /** How many bytes make it likely that it is a field of random bytes. */
  private static final int RANDOM_RUN = 4;

  private final List<Pair> pairs = new ArrayList<>();
  private final BitSet differing = new BitSet();

  /** The clusters of all pairs that differ. */
  static List<Cluster> of(List<Pair> pairs) {
    Map<Integer, List<Cluster>> byLength = new HashMap<>();
    List<Cluster> all = new ArrayList<>();
    for (Pair pair : pairs) {
      BitSet bytes = new BitSet();
      pair.differing().forEach(run -> bytes.set(run.offset(), run.offset() + run.length()));
      if (!bytes.isEmpty()) {
        List<Cluster> alike = byLength.computeIfAbsent(pair.length(), n -> new ArrayList<>());
        Cluster cluster = mostAlike(alike, bytes);
        if (cluster == null) {
          cluster = new Cluster();
          alike.add(cluster);
          all.add(cluster);
        }
        cluster.pairs.add(pair);
        cluster.differing.or(bytes);
      }
    }
    return all;
  }

  /** The cluster that shares half of its bytes; null when a new one is better. */
  private static Cluster mostAlike(List<Cluster> clusters, BitSet bytes) {
    Cluster best = null;
    double most = -1;
    for (Cluster cluster : clusters) {
      BitSet both = (BitSet) cluster.differing.clone();
      both.and(bytes);
      BitSet any = (BitSet) cluster.differing.clone();
      any.or(bytes);
      double alike = (double) both.cardinality() / any.cardinality();
      if (alike > most) {
        best = cluster;
        most = alike;
      }
    }
    return most >= 0.5 || clusters.size() == MOST ? best : null;
  }

  List<Pair> pairs() {
    return pairs;
  }

  /** The length of its payloads. */
  int length() {
    return pairs.get(0).length();
  }

  /** The runs of bytes in which any of its pairs differ. */
  List<Change.Range> runs() {
    List<Change.Range> runs = new ArrayList<>();
    for (int from = differing.nextSetBit(0); from >= 0; ) {
      int to = differing.nextClearBit(from);
      Change.Range before = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (before != null && isChance(before, from, to)) {
        runs.set(runs.size() - 1, new Change.Range(before.offset(), to - before.offset()));
      } else {
        runs.add(new Change.Range(from, to - from));
      }
      from = differing.nextSetBit(to);
    }
    return runs;
  }

  /** In one pair alone, bytes inside of a random field may be equal by chance. */
  private boolean isChance(Change.Range before, int from, int to) {
    return pairs.size() == 1
        && from - before.offset() - before.length() <= CHANCE_GAP
        && before.length() + to - from >= RANDOM_RUN;
  }
}
