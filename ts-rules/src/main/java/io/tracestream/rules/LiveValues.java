package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The live values of one conversation's copied fields. It hears of each frame that {@link #passed},
 * and says what a recorded payload must be when it is {@link #live}: as it must come, or as it must
 * be sent.
 *
 * <p>Entries are named by their numbers, as a session may be ahead in one direction: a payload
 * takes values from entries before it only, however many have passed since.
 *
 * <p>For each copy it remembers the 65 536 latest values, or the latest 4 MiB of them. A payload
 * that needs an older one is refused, rather than sent or expected with a wrong value. For one
 * thread.
 */
public final class LiveValues {
  private final List<CopiedValues> copies = new ArrayList<>();
  /** No value before this entry is asked for any more, except the latest of each. */
  private long settled;

  /**
   * Nothing has passed yet.
   *
   * @param rules what is copied
   */
  public LiveValues(Rules rules) {
    this(new RuleUse(rules, Direction.C2S));
  }

  /**
   * Nothing has passed yet.
   *
   * @param use what is copied; notes which copies are used
   */
  public LiveValues(RuleUse use) {
    this(use, null);
  }

  /**
   * Nothing has passed yet.
   *
   * @param use what is copied; notes which copies are used
   * @param anyOrder the direction whose entries pass in any order; null where those of each
   *     direction pass in the order of their numbers
   */
  public LiveValues(RuleUse use, Direction anyOrder) {
    List<Copy> copied = use.rules().copied();
    for (int i = 0; i < copied.size(); i++) {
      copies.add(
          new CopiedValues(copied.get(i), i, use, copied.get(i).from().direction() != anyOrder));
    }
  }

  /**
   * A frame passed.
   *
   * @param entry the number of its entry
   * @param direction the frame's
   * @param recorded its payload as it was recorded
   * @param live its payload as it came, or was sent; not kept
   */
  public void passed(long entry, Direction direction, ByteBuffer recorded, ByteBuffer live) {
    for (CopiedValues values : copies) {
      if (values.copy.from().direction() == direction) {
        values.remember(entry, recorded, live, settled);
      }
    }
  }

  /**
   * Both directions went on: {@link #live} will not be asked for an entry before this one. Where a
   * value comes again and again, earlier live values are then forgotten.
   *
   * @param entry the lowest number that may be asked for
   */
  public void settled(long entry) {
    settled = entry;
  }

  /**
   * A recorded payload, as it must be live.
   *
   * @param entry the number of its entry
   * @param direction the frame's
   * @param recorded its payload as it was recorded
   * @return the recorded one itself when no value goes into it, else a copy with the live values
   * @throws RulesException when the value that belongs in it was forgotten, because too many came
   *     after it
   */
  public ByteBuffer live(long entry, Direction direction, ByteBuffer recorded)
      throws RulesException {
    ByteBuffer live = recorded;
    for (CopiedValues values : copies) {
      if (values.copy.to().direction() == direction) {
        byte[] value = values.valueFor(entry, recorded);
        if (value != null) {
          live = live == recorded ? copyOf(recorded) : live;
          live.put(values.copy.to().startIn(recorded), value);
        }
      }
    }
    return live;
  }

  private static ByteBuffer copyOf(ByteBuffer payload) {
    return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
  }

  /** What one copy took from the frames so far: live values by the recorded ones. */
  private static final class CopiedValues {
    private static final int MOST = 65_536;
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Copy copy;
    private final int index;
    private final RuleUse use;
    private final boolean inOrder;
    private final int most;
    /** Those that came last at the end. */
    private final Map<FieldValue, Value> newest = new LinkedHashMap<>();
    /** For looking up. */
    private final FieldValue key;
    /** Until the copy is known to be used: which values came last. */
    private RecentHashes recent;

    private int count;
    /** Null while nothing was forgotten. */
    private Forgotten forgotten;

    CopiedValues(Copy copy, int index, RuleUse use, boolean inOrder) {
      this.copy = copy;
      this.index = index;
      this.use = use;
      this.inOrder = inOrder;
      this.recent = use.isCopied(index) ? null : new RecentHashes();
      this.most = Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
      this.key = new FieldValue(copy.from().length());
    }

    void remember(long entry, ByteBuffer recorded, ByteBuffer live, long settled) {
      // A frame that came has to be of the kind, too; one that we sent may have been rewritten.
      boolean isSent = copy.from().direction() != use.direction();
      if (!isSent && !copy.from().frames().matches(live) || !key.take(copy.from(), recorded)) {
        return;
      }
      if (recent != null) {
        recent.add(key.hash());
      }
      byte[] value = new byte[copy.from().length()];
      int start = copy.from().startIn(recorded);
      live.get(
          live.position() + (isSent ? start : use.comparer().offsetIn(recorded, live, start)),
          value);
      Value last = newest.get(key);
      boolean isSame = key.is(value);
      if (isSame && last == null && forgotten == null && inOrder) {
        return; // nothing else was ever live
      }
      if (last != null && last.entry > entry) {
        last.insert(new Value(entry, isSame ? null : value, null));
        count++;
        forgetWhatIsTooMuch();
        return;
      }
      Value latest = new Value(entry, isSame ? null : value, last);
      count += 1 - latest.dropBefore(settled);
      newest.remove(key); // put alone would leave it in its old place
      newest.put(key.copy(), latest);
      forgetWhatIsTooMuch();
    }

    private void forgetWhatIsTooMuch() {
      while (count > most) {
        forgetOldest();
      }
    }

    private void forgetOldest() {
      Iterator<Map.Entry<FieldValue, Value>> oldest = newest.entrySet().iterator();
      Map.Entry<FieldValue, Value> entry = oldest.next();
      forgotten = forgotten == null ? new Forgotten() : forgotten;
      forgotten.add(entry.getKey().hash());
      count -= entry.getValue().count;
      oldest.remove();
    }

    /** What goes into that frame; null when it stays as it was recorded. */
    byte[] valueFor(long entry, ByteBuffer recorded) throws RulesException {
      if (newest.isEmpty() && forgotten == null && recent == null
          || !key.take(copy.to(), recorded)) {
        return null;
      }
      if (recent != null && (use.isCopied(index) || recent.has(key.hash()))) {
        use.copied(index, recorded);
        recent = use.isCopied(index) ? null : recent;
      }
      Value value = newest.get(key);
      while (value != null && value.entry >= entry) {
        value = value.before;
      }
      if (value == null && forgotten != null && forgotten.mayHave(key.hash())) {
        throw new RulesException(
            "copy " + copy + ": the value for this frame was forgotten, because " + most
                + " later ones came before the frame; that many may be under way at a time");
      }
      return value == null ? null : value.live;
    }
  }

  /** Some of the latest hashes: 64 at first, more where that many are under way. */
  private static final class RecentHashes {
    private static final int FEWEST = 64;
    private static final int MOST = 4096;

    private long[] hashes;
    private long count;

    void add(long hash) {
      if (hashes == null) {
        hashes = new long[FEWEST];
      } else if (count == hashes.length && count < MOST) {
        hashes = Arrays.copyOf(hashes, 2 * hashes.length);
      }
      hashes[(int) (count++ % hashes.length)] = hash;
    }

    boolean has(long hash) {
      for (int i = 0; hashes != null && i < Math.min(count, hashes.length); i++) {
        if (hashes[i] == hash) {
          return true;
        }
      }
      return false;
    }
  }

  /** A live value that replaces a recorded one, from one entry on; and what was before. */
  private static final class Value {
    private final long entry;
    /** Null when it is the same as the recorded one. */
    private final byte[] live;

    private Value before;
    /** In the latest one: how many there are. */
    private int count;

    Value(long entry, byte[] live, Value before) {
      this.entry = entry;
      this.live = live;
      this.before = before;
      this.count = before == null ? 1 : before.count + 1;
    }

    /** In the latest one: adds an earlier one. */
    void insert(Value earlier) {
      Value after = this;
      while (after.before != null && after.before.entry > earlier.entry) {
        after = after.before;
      }
      earlier.before = after.before;
      after.before = earlier;
      count++;
    }

    /** In the latest one: drops those that no entry from that one on asks for; says how many. */
    int dropBefore(long settled) {
      if (Integer.bitCount(count) > 1) {
        return 0; // not each time: there may be many, and none of them can be dropped
      }
      int all = count;
      Value value = this;
      count = 1;
      while (value.before != null && value.entry >= settled) {
        value = value.before;
        count++;
      }
      value.before = null;
      return all - count;
    }
  }

  /**
   * Which values were forgotten: a Bloom filter, so each of them is recognised. With a million of
   * them, one in six thousand others is taken for one.
   */
  private static final class Forgotten {
    private static final int BITS = 1 << 25;
    private static final int PROBES = 4;

    private final long[] bits = new long[BITS / Long.SIZE];

    void add(long hash) {
      for (int i = 0; i < PROBES; i++) {
        bits[bit(hash, i) / Long.SIZE] |= 1L << bit(hash, i);
      }
    }

    boolean mayHave(long hash) {
      for (int i = 0; i < PROBES; i++) {
        if ((bits[bit(hash, i) / Long.SIZE] & 1L << bit(hash, i)) == 0) {
          return false;
        }
      }
      return true;
    }

    private static int bit(long hash, int probe) {
      return (int) (hash + probe * (hash >>> 32 | 1)) & BITS - 1;
    }
  }
}
