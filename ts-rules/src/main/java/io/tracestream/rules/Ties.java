package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which request each recorded reply belongs to, as copies say. For each copy that is the latest
 * request before it that holds the same value. Where copies name different requests, it is the one
 * that has the most copied values in common with the reply, and else the latest: a field that many
 * requests share, or a value that is equal by chance, does not outweigh an id.
 *
 * <p>Of each copy it remembers the 65 536 latest values, each with some 200 bytes of memory. For
 * one thread.
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
    private final Map<FieldValue, Request> latest = new LinkedHashMap<>();
    /** Whether the key holds the value of the frame that is looked at. */
    private boolean hasKey;

    private Tie(Copy copy) {
      this.copy = copy;
      this.key = new FieldValue();
    }

    private void add(FieldValue value, Request request) {
      latest.remove(value); // put alone would leave it in its old place
      latest.put(value, request);
      if (latest.size() > MOST) {
        latest.remove(latest.keySet().iterator().next());
      }
    }
  }

  /** A request, and its value in each copy; null where it is too short for that. */
  private record Request(long entry, @Nullable FieldValue[] values) {}

  /**
   * A request follows.
   *
   * @param entry the number of its entry; they rise from call to call
   * @param recorded its payload as it was recorded
   */
  public void add(long entry, ByteBuffer recorded) {
    @Nullable FieldValue[] values = new FieldValue[ties.size()];
    Request request = new Request(entry, values);
    for (int i = 0; i < values.length; i++) {
      Tie tie = ties.get(i);
      if (tie.key.take(tie.copy.from(), recorded)) {
        FieldValue value = tie.key.copy();
        values[i] = value;
        tie.add(value, request);
      }
    }
  }

  /**
   * The request that a reply belongs to.
   *
   * @param recorded the reply's payload as it was recorded
   * @return the number of the request's entry; -1 when there is none
   */
  public long find(ByteBuffer recorded) {
    for (Tie tie : ties) {
      tie.hasKey = tie.key.take(tie.copy.to(), recorded);
    }
    long best = -1;
    int most = 0;
    for (Tie tie : ties) {
      Request request = tie.hasKey ? tie.latest.get(tie.key) : null;
      if (request != null) {
        int common = inCommon(request);
        if (common > most || common == most && request.entry > best) {
          best = request.entry;
          most = common;
        }
      }
    }
    return best;
  }

  private int inCommon(Request request) {
    int common = 0;
    for (int i = 0; i < request.values.length; i++) {
      Tie tie = ties.get(i);
      common += tie.hasKey && tie.key.equals(request.values[i]) ? 1 : 0;
    }
    return common;
  }
}
