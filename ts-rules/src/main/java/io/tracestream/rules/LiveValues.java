package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The live values of one conversation's copied fields. It hears of each frame that {@link #passed},
 * and says what a recorded payload must be when it is {@link #live}: as it must come, or as it must
 * be sent.
 *
 * <p>Entries are named by their numbers, as a session may be ahead in one direction: a payload
 * takes values from entries before it only, however many have passed since.
 *
 * <p>For each copy it remembers the 65 536 latest values, or the latest 4 MiB of them. A payload
 * that needs an older one is refused, rather than sent or expected with a wrong value. Copies
 * across connections also take values of the others that have the same {@link RuleUse}, of which as
 * many are remembered. For one thread.
 */
public final class LiveValues {
  /** How many bytes of a value an error shows. */
  private static final int MOST_SHOWN = 16;

  private final RuleUse use;
  private final List<CopiedValues> copies = new ArrayList<>();
  private final int longest;
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
    this(use, null, RuleReader.LARGEST_PAYLOAD);
  }

  /**
   * Nothing has passed yet.
   *
   * @param use what is copied; notes which copies are used
   * @param anyOrder the direction whose entries pass in any order; null where those of each
   *     direction pass in the order of their numbers
   * @param longest how long a payload may become, in bytes, where live values are longer than the
   *     recorded ones
   */
  public LiveValues(RuleUse use, @Nullable Direction anyOrder, int longest) {
    this.use = use;
    this.longest = longest;
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
    for (int copy : use.copiesFrom(direction, recorded)) {
      copies.get(copy).remember(entry, recorded, live, settled);
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
   *     after it; or when it does not fit there
   */
  public ByteBuffer live(long entry, Direction direction, ByteBuffer recorded)
      throws RulesException {
    use.sent(direction, recorded);
    List<Part> parts = List.of();
    boolean mayMove = false;
    for (int copy : use.copiesTo(direction, recorded)) {
      CopiedValues values = copies.get(copy);
      byte[] value = values.valueFor(entry, recorded);
      if (value != null) {
        parts = parts.isEmpty() ? new ArrayList<>() : parts;
        parts.add(new Part(values, value));
        mayMove |= values.copy.to().varies();
      }
    }
    if (parts.isEmpty()) {
      return recorded;
    }
    ByteBuffer live = mayMove ? moved(direction, recorded, parts) : replaced(recorded, parts);
    if (use.comparer(direction).varies()) {
      requireReadable(direction, recorded, live, parts);
    }
    return live;
  }

  /** A value that goes into a payload. */
  private record Part(CopiedValues copied, byte[] value) {
    Copy copy() {
      return copied.copy;
    }
  }

  private static ByteBuffer replaced(ByteBuffer recorded, List<Part> parts) {
    ByteBuffer live =
        ByteBuffer.allocate(recorded.remaining()).put(recorded.duplicate()).flip();
    for (Part one : parts) {
      live.put(one.copy().to().startIn(recorded), one.value);
    }
    return live;
  }

  /** The same where values may have other lengths than the recorded ones. */
  private ByteBuffer moved(Direction direction, ByteBuffer recorded, List<Part> parts)
      throws RulesException {
    Splice splice = new Splice(recorded);
    for (Part one : parts) {
      Field to = one.copy().to();
      Shape shape = to.shape();
      if (shape != null && !shape.fits(one.value.length)) {
        throw new RulesException("copy " + one.copy() + ": the live value " + shown(one.value)
            + " is too long for " + shape + ", which holds " + shape.most() + " bytes at most");
      }
      int start = to.startIn(recorded);
      byte[] bytes = shape == null ? one.value : shape.field(one.value);
      if (!splice.replace(start, to.endFrom(recorded, start), bytes)) {
        throw overlapping(one.copy());
      }
    }
    use.comparer(direction).follow(splice, recorded);
    if (splice.length() > longest) {
      throw new RulesException("copy " + parts.get(0).copy() + ": the live value makes the payload "
          + splice.length() + " bytes long; at most " + longest + " are allowed");
    }
    return splice.payload();
  }

  private static RulesException overlapping(Copy copy) {
    return new RulesException(
        "copy " + copy + ": its bytes overlap those of another copy; limit the"
            + " two to different kinds of frames, or remove one");
  }

  /** Whoever gets the payload must find the same values in it. */
  private void requireReadable(
      Direction direction, ByteBuffer recorded, ByteBuffer live, List<Part> parts)
      throws RulesException {
    Comparer comparer = use.comparer(direction);
    for (Part one : parts) {
      Field to = one.copy().to();
      if (to.varies()) {
        ByteBuffer found = comparer.valueInLive(to, recorded, live);
        if (found == null || !to.content(found).equals(ByteBuffer.wrap(one.value))) {
          throw new RulesException("copy " + one.copy() + ": the live value " + shown(one.value)
              + " would not be read back as " + to.shape() + " where it is put");
        }
      }
    }
    for (int index : use.copiesFrom(direction, recorded)) {
      Copy copy = copies.get(index).copy;
      if (isGone(copy.from(), comparer, recorded, live)) {
        throw new RulesException("copy " + copy + ": its first field is gone, because copy "
            + parts.get(0).copy() + " changed bytes of it");
      }
    }
    for (int index : use.copiesTo(direction, recorded)) {
      Copy copy = copies.get(index).copy;
      if (isGone(copy.to(), comparer, recorded, live)) {
        throw overlapping(copy);
      }
    }
  }

  private static boolean isGone(
      Field field, Comparer comparer, ByteBuffer recorded, ByteBuffer live) {
    return field.isIn(recorded) && comparer.valueInLive(field, recorded, live) == null;
  }

  private static String shown(byte[] value) {
    int most = Math.min(value.length, MOST_SHOWN);
    return (value.length == 0 ? "" : HexFormat.of().formatHex(value, 0, most))
        + (most < value.length ? ".. " : value.length == 0 ? "" : " ")
        + (value.length == 1 ? "(1 byte)" : "(" + value.length + " bytes)");
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
    /** What all connections took; null for a copy within a connection. */
    private final @Nullable SharedValues shared;
    /** Those that came last at the end. */
    private final Map<FieldValue, Value> newest = new LinkedHashMap<>();
    /** For looking up. */
    private final FieldValue key;
    /** Until the copy is known to be used: which values came last. */
    private @Nullable RecentHashes recent;

    private int count;
    /** How many bytes they have, where their lengths vary. */
    private long bytes;
    /** Null while nothing was forgotten. */
    private @Nullable Forgotten forgotten;

    CopiedValues(Copy copy, int index, RuleUse use, boolean inOrder) {
      this.copy = copy;
      this.index = index;
      this.use = use;
      this.inOrder = inOrder;
      this.shared = use.shared(index);
      this.recent = use.isCopied(index) ? null : new RecentHashes();
      this.most = copy.from().varies()
          ? MOST
          : Math.max(1, Math.min(MOST, MOST_BYTES / copy.from().length()));
      this.key = new FieldValue();
    }

    void remember(long entry, ByteBuffer recorded, ByteBuffer live, long settled) {
      // A frame that came has to be of the kind, too; one that we sent may have been rewritten.
      boolean isSent = copy.from().direction() != use.direction();
      if (!isSent && !copy.from().frames().matches(live) || !key.take(copy.from(), recorded)) {
        return;
      }
      Field from = copy.from();
      Comparer comparer = use.comparer(from.direction());
      ByteBuffer field = isSent
          ? comparer.valueInLive(from, recorded, live)
          : comparer.valueIn(from, recorded, live);
      if (field == null) {
        return;
      }
      if (recent != null) {
        recent.add(key.hash());
      }
      ByteBuffer content = from.content(field);
      byte[] value = new byte[content.remaining()];
      content.get(value);
      int size = from.varies() ? key.length() + value.length : 0;
      Value last = newest.get(key);
      boolean isSame = key.is(value);
      if (shared != null) {
        shared.remember(key, value);
      } else if (isSame && last == null && forgotten == null && inOrder) {
        return; // nothing else was ever live
      }
      if (last != null && last.entry > entry) {
        last.insert(new Value(entry, isSame ? null : value, size, null));
        count++;
        bytes += size;
        forgetWhatIsTooMuch();
        return;
      }
      Value latest = new Value(entry, isSame ? null : value, size, last);
      long bytesBefore = last == null ? 0 : last.bytes;
      count += 1 - latest.dropBefore(settled);
      bytes += latest.bytes - bytesBefore;
      newest.remove(key); // put alone would leave it in its old place
      newest.put(key.copy(), latest);
      forgetWhatIsTooMuch();
    }

    private void forgetWhatIsTooMuch() {
      while (count > most || bytes > MOST_BYTES && count > 1) {
        forgetOldest();
      }
    }

    private void forgetOldest() {
      Iterator<Map.Entry<FieldValue, Value>> oldest = newest.entrySet().iterator();
      Map.Entry<FieldValue, Value> entry = oldest.next();
      forgotten = forgotten == null ? new Forgotten() : forgotten;
      forgotten.add(entry.getKey().hash());
      count -= entry.getValue().count;
      bytes -= entry.getValue().bytes;
      oldest.remove();
    }

    /** What goes into that frame; null when it stays as it was recorded. */
    byte @Nullable [] valueFor(long entry, ByteBuffer recorded) throws RulesException {
      if (newest.isEmpty() && forgotten == null && recent == null && shared == null
          || !key.take(copy.to(), recorded)) {
        return null;
      }
      byte[] ofOthers = shared == null || newest.containsKey(key) ? null : shared.latest(key);
      if (recent != null && (use.isCopied(index) || recent.has(key.hash()) || ofOthers != null)) {
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
                + (copy.from().varies()
                    ? " later ones or " + MOST_BYTES + " bytes of them"
                    : " later ones")
                + " came before the frame; that many may be under way at a time");
      }
      if (value == null && ofOthers == null && shared != null && shared.mayHaveForgotten(key)) {
        throw new RulesException("copy " + copy + ": the value for this frame was forgotten,"
            + " because too many later ones came on all connections together; " + SharedValues.MOST
            + " values, or " + SharedValues.MOST_BYTES + " bytes of them, are remembered");
      }
      return value == null ? ofOthers : value.live;
    }
  }

  /** Some of the latest hashes: 64 at first, more where that many are under way. */
  private static final class RecentHashes {
    private static final int FEWEST = 64;
    private static final int MOST = 4096;

    private long[] hashes = {};
    private long count;

    void add(long hash) {
      if (count == hashes.length && count < MOST) {
        hashes = Arrays.copyOf(hashes, Math.max(FEWEST, 2 * hashes.length));
      }
      hashes[(int) (count++ % hashes.length)] = hash;
    }

    boolean has(long hash) {
      for (int i = 0; i < Math.min(count, hashes.length); i++) {
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
    private final byte @Nullable [] live;

    private final int size;
    private @Nullable Value before;
    /** In the latest one: how many there are. */
    private int count;
    /** In the latest one: the sum of their sizes. */
    private long bytes;

    Value(long entry, byte @Nullable [] live, int size, @Nullable Value before) {
      this.entry = entry;
      this.live = live;
      this.size = size;
      this.before = before;
      this.count = before == null ? 1 : before.count + 1;
      this.bytes = size + (before == null ? 0 : before.bytes);
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
      bytes += earlier.size;
    }

    /** In the latest one: drops those that no entry from that one on asks for; says how many. */
    int dropBefore(long settled) {
      if (Integer.bitCount(count) > 1) {
        return 0; // not each time: there may be many, and none of them can be dropped
      }
      int all = count;
      Value value = this;
      count = 1;
      bytes = size;
      while (value.before != null && value.entry >= settled) {
        value = value.before;
        count++;
        bytes += value.size;
      }
      value.before = null;
      return all - count;
    }
  }

  /**
   * Which values were forgotten: a Bloom filter, so each of them is recognised. With a million of
   * them, one in six thousand others is taken for one.
   */
  static final class Forgotten {
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
