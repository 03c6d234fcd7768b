package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which request each recorded reply belongs to, as copies say: the latest frame before it, of the
 * other direction, that holds the same value. Of each copy it remembers the 65 536 latest values.
 * For one thread.
 */
public final class Ties {
  private static final int MOST = 65_536;

  private final List<Tie> ties = new ArrayList<>();

  /**
   * No frame has passed yet.
   *
   * @param rules the copies
   * @param from the direction of the requests
   */
  public Ties(Rules rules, Direction from) {
    for (Copy copy : rules.copied()) {
      if (copy.from().direction() == from) {
        ties.add(new Tie(copy));
      }
    }
  }

  /** The requests by their values in one copy. */
  private static final class Tie {
    private final Copy copy;
    private final FieldValue key;
    private final Map<FieldValue, Long> latest = new LinkedHashMap<>();

    private Tie(Copy copy) {
      this.copy = copy;
      this.key = new FieldValue(copy.from().length());
    }

    private void add(long entry, ByteBuffer recorded) {
      if (key.take(copy.from(), recorded)) {
        latest.remove(key); // put alone would leave it in its old place
        latest.put(key.copy(), entry);
        if (latest.size() > MOST) {
          latest.remove(latest.keySet().iterator().next());
        }
      }
    }

    private long find(ByteBuffer recorded) {
      Long entry = key.take(copy.to(), recorded) ? latest.get(key) : null;
      return entry == null ? -1 : entry;
    }
  }

  /**
   * A request follows.
   *
   * @param entry the number of its entry; they rise from call to call
   * @param recorded its payload as it was recorded
   */
  public void add(long entry, ByteBuffer recorded) {
    for (Tie tie : ties) {
      tie.add(entry, recorded);
    }
  }

  /**
   * The request that a reply belongs to. Where several copies name one each, it is the first of
   * them.
   *
   * @param recorded the reply's payload as it was recorded
   * @return the number of the request's entry; -1 when there is none
   */
  public long find(ByteBuffer recorded) {
    long first = -1;
    for (Tie tie : ties) {
      long entry = tie.find(recorded);
      if (entry >= 0 && (first < 0 || entry < first)) {
        first = entry;
      }
    }
    return first;
  }
}
