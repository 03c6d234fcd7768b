package io.tracestream.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * The cheapest way to turn one list of entries into another by changing, adding and removing
 * entries.
 */
final class Alignment {
  /** The cost of adding or removing an entry: two of these cost more than a change. */
  private static final int GAP = 60;

  private final List<DiffEntry> a;
  private final List<DiffEntry> b;
  /** The cost of the cheapest way from the beginning to just before these two entries. */
  private final int[][] costs;

  /** One step: whether it takes an entry from either list. */
  record Step(boolean takesA, boolean takesB) {}

  private Alignment(List<DiffEntry> a, List<DiffEntry> b) {
    this.a = a;
    this.b = b;
    this.costs = new int[a.size() + 1][b.size() + 1];
    for (int i = 0; i <= a.size(); i++) {
      for (int j = 0; j <= b.size(); j++) {
        costs[i][j] = i + j == 0 ? 0 : cost(i, j);
      }
    }
  }

  /**
   * The steps of the cheapest way.
   *
   * @param ended whether the lists are complete; if not, what is left over at the end of one list
   *     costs nothing, because its partner may be among the entries that follow
   */
  static List<Step> of(List<DiffEntry> a, List<DiffEntry> b, boolean ended) {
    Alignment alignment = new Alignment(a, b);
    int i = a.size();
    int j = b.size();
    if (!ended) {
      for (int k = 0; k <= a.size(); k++) {
        i = alignment.costs[k][j] < alignment.costs[i][j] ? k : i;
      }
      for (int k = 0; k <= b.size(); k++) {
        if (alignment.costs[a.size()][k] < alignment.costs[i][j]) {
          i = a.size();
          j = k;
        }
      }
    }
    return alignment.wayTo(i, j);
  }

  private int cost(int i, int j) {
    int cheapest = Integer.MAX_VALUE;
    if (i > 0) {
      cheapest = costs[i - 1][j] + GAP;
    }
    if (j > 0) {
      cheapest = Math.min(cheapest, costs[i][j - 1] + GAP);
    }
    return i > 0 && j > 0 ? Math.min(cheapest, paired(i, j)) : cheapest;
  }

  /** The cost if the last entries are a pair; the more similar they are, the less it costs. */
  private int paired(int i, int j) {
    int distance = a.get(i - 1).distance(b.get(j - 1));
    return costs[i - 1][j - 1] + (distance == 0 ? 0 : GAP * 2 / 3 + distance * GAP / 100);
  }

  private List<Step> wayTo(int lastA, int lastB) {
    List<Step> way = new ArrayList<>();
    int i = lastA;
    int j = lastB;
    while (i > 0 || j > 0) {
      boolean pair = i > 0 && j > 0 && costs[i][j] == paired(i, j);
      boolean fromA = pair || i > 0 && costs[i][j] == costs[i - 1][j] + GAP;
      way.add(0, new Step(fromA, pair || !fromA));
      i -= fromA ? 1 : 0;
      j -= pair || !fromA ? 1 : 0;
    }
    return way;
  }
}
