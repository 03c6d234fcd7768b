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
 * The live values of one conversation's copied fields. Told of each frame that {@link #passed}, it
 * says what a recorded payload has to be {@link #live}: as it must come, or as it must be sent.
 *
 * <p>Entries are named by their numbers, as a session may be ahead in one direction: a payload
 * takes over values of entries before it only, however many were passed since.
 *
 * <p>Of each copy it remembers the 65 536 latest values, or the latest 4 MiB of them. A payload
 * that needs an older one is refused rather than sent, or expected, with a wrong value. For one
 * thread.
 */
public final class LiveValues {
  private final List<CopiedValues> copies = new ArrayList<>();
  /** No value before this entry is asked for any more, but for the latest of each. */
  private long settled;

  /**
   * Nothing has passed yet.
   *
   * @param rules what is copied
   */
  public LiveValues(Rules rules) {
    for (Copy copy : rules.copied()) {
      copies.add(new CopiedValues(copy));
    }
  }

  /**
   * A frame passed.
   *
   * @param entry the number of its entry; of one direction, the numbers rise from call to call
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
   * Both directions went on: {@link #live} will not be asked for an entry before this one. Of a
   * value that comes again and again, what was live before is then forgotten.
   *
   * @param entry the lowest number that may be asked for
   */
  public void settled(long entry) {
    settled = entry;
  }

  /**
   * A recorded payload, as it has to be live.
   *
   * @param entry the number of its entry
   * @param direction the frame's
   * @param recorded its payload as it was recorded
   * @return the recorded one itself when no value goes into it, else a copy with the live values
   * @throws RulesException when the value that belongs into it was forgotten, as more were to be
   *     remembered than memory is given to
   */
  public ByteBuffer live(long entry, Direction direction, ByteBuffer recorded)
      throws RulesException {
    ByteBuffer live = recorded;
    for (CopiedValues values : copies) {
      if (values.copy.to().direction() == direction) {
        byte[] value = values.valueFor(entry, recorded);
        if (value != null) {
          live = live == recorded ? copyOf(recorded) : live;
          live.put(values.copy.to().start(recorded.remaining()), value);
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
    private final int most;
    /** Those that came last at the end. */
    private final Map<Key, Value> newest = new LinkedHashMap<>();
    /** For looking up. */
    private final Key key;

    private int count;
    /** Null while nothing was forgotten. */
    private Forgotten forgotten;

    CopiedValues(Copy copy) {
      this.copy = copy;
      this.most = Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
      this.key = new Key(new byte[copy.from().length()]);
    }

    void remember(long entry, ByteBuffer recorded, ByteBuffer live, long settled) {
      if (!copy.from().isWhole(live.remaining()) || !key.take(copy.from(), recorded)) {
        return;
      }
      byte[] value = new byte[copy.from().length()];
      live.get(live.position() + copy.from().start(live.remaining()), value);
      Value last = newest.get(key);
      boolean isSame = Arrays.equals(value, key.bytes);
      if (isSame && last == null && forgotten == null) {
        return; // nothing else was ever live
      }
      Value latest = new Value(entry, isSame ? null : value, last);
      count += 1 - latest.dropBefore(settled);
      newest.remove(key); // put alone would leave it in its old place
      newest.put(key.copy(), latest);
      while (count > most) {
        forgetOldest();
      }
    }

    private void forgetOldest() {
      Iterator<Map.Entry<Key, Value>> oldest = newest.entrySet().iterator();
      Map.Entry<Key, Value> entry = oldest.next();
      forgotten = forgotten == null ? new Forgotten() : forgotten;
      forgotten.add(entry.getKey().hash);
      count -= entry.getValue().count;
      oldest.remove();
    }

    /** What goes into that frame; null when it stays as it was recorded. */
    byte[] valueFor(long entry, ByteBuffer recorded) throws RulesException {
      if (newest.isEmpty() && forgotten == null || !key.take(copy.to(), recorded)) {
        return null;
      }
      Value value = newest.get(key);
      while (value != null && value.entry >= entry) {
        value = value.before;
      }
      if (value == null && forgotten != null && forgotten.mayHave(key.hash)) {
        throw new RulesException("copy " + copy + ": a value that belongs here was forgotten, as "
            + most + " later ones are remembered");
      }
      return value == null ? null : value.live;
    }
  }

  /** A recorded value. */
  private static final class Key {
    private final byte[] bytes;
    private long hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
    }

    Key copy() {
      Key copy = new Key(bytes.clone());
      copy.hash = hash;
      return copy;
    }

    /** Takes the value that a payload holds; false when it is too short for it. */
    boolean take(Field field, ByteBuffer payload) {
      int length = payload.remaining();
      if (!field.isWhole(length)) {
        return false;
      }
      payload.get(payload.position() + field.start(length), bytes);
      hash = 0;
      for (byte one : bytes) {
        hash = (hash + one + 1) * 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
      }
      return true;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return (int) hash;
    }
  }

  /** A live value in the place of a recorded one, from one entry on; and what was before. */
  private static final class Value {
    private final long entry;
    /** Null when it is as it was recorded. */
    private final byte[] live;

    private Value before;
    /** Of the latest: how many there are. */
    private int count;

    Value(long entry, byte[] live, Value before) {
      this.entry = entry;
      this.live = live;
      this.before = before;
      this.count = before == null ? 1 : before.count + 1;
    }

    /** Of the latest: drops what no entry from that one on asks for; says how many. */
    int dropBefore(long settled) {
      if (Integer.bitCount(count) > 1) {
        return 0; // not each time, as there may be many that none can be dropped of
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
   * Which values were forgotten: a Bloom filter, so one that was is always known; of a million, one
   * in six thousand others is taken for one.
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
