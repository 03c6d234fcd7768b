package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares payloads of one direction under rules. Immutable, so all sessions may share one. It
 * looks at rules only where bytes differ. Buffers that it is given may be of either kind. It moves
 * their positions and sets them back, so each belongs to the calling thread.
 */
public final class Comparer {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final long PRIME = 0x9e3779b97f4a7c15L;
  /** Added to places in a payload, which are not to be mistaken for bytes of it. */
  private static final long PLACE = 0x6a09e667f3bcc909L;

  /** The bytes that are not compared. */
  private final ByKind<Field> open;
  /** Those that live values go into. */
  private final ByKind<Field> into;
  /** Both. */
  private final ByKind<Field> named;
  /** The numbers that count bytes, where the lengths of others vary. */
  private final ByKind<Field> lengths;
  /** The same for hashes, which must not depend on a kind that a matching payload may not be of. */
  private final ByKind<Field> openForHash;

  private final ByKind<Field> namedForHash;
  private final boolean isExact;
  /** Whether each field has the same place in all payloads of a length. */
  private final boolean areFixed;

  /**
   * Compares under these rules.
   *
   * @param rules what may vary
   * @param direction the direction of the payloads
   */
  public Comparer(Rules rules, Direction direction) {
    // Plain loops: a JVM's first stream takes tens of milliseconds, which the first client of a
    // replay would see as a late reply.
    List<Field> fields = new ArrayList<>();
    for (Field field : rules.ignored()) {
      addOf(direction, field, fields);
    }
    for (Field field : rules.redacted()) {
      addOf(direction, field, fields);
    }
    for (Copy copy : rules.copied()) {
      addOf(direction, copy.from(), fields);
    }
    int opens = fields.size();
    for (Copy copy : rules.copied()) {
      addOf(direction, copy.to(), fields);
    }
    open = byKind(fields.subList(0, opens));
    into = byKind(fields.subList(opens, fields.size()));
    named = byKind(fields);
    boolean fixed = true;
    for (Field field : fields) {
      fixed &= field.isFixed();
    }
    areFixed = fixed;
    List<Field> following = new ArrayList<>();
    for (Field field : fixed ? List.<Field>of() : rules.lengths()) {
      addOf(direction, field, following);
    }
    lengths = byKind(following);
    List<Field> changing = new ArrayList<>(following);
    changing.addAll(fields);
    List<Field> forHash = new ArrayList<>();
    boolean exact = true;
    for (Field field : changing) {
      boolean isSure = isSure(field.frames(), changing);
      exact &= isSure;
      forHash.add(isSure ? field : field.ofAllFrames());
    }
    isExact = exact && fixed;
    openForHash = byKind(forHash.subList(0, following.size() + opens));
    namedForHash = byKind(forHash);
  }

  private static void addOf(Direction direction, Field field, List<Field> fields) {
    if (field.direction() == direction) {
      fields.add(field);
    }
  }

  private static ByKind<Field> byKind(List<Field> fields) {
    return new ByKind<>(fields, Field::frames, Field[]::new);
  }

  /**
   * Whether payloads that match are either all of that kind or none of them: no other field has
   * bytes that the kind asks for, unless its frames are never of that kind.
   */
  private static boolean isSure(Frames kind, List<Field> fields) {
    for (Field field : fields) {
      if (!kind.excludes(field.frames())) {
        if (kind.length() >= 0 && field.varies()) {
          return false;
        }
        for (Frames.Content content : kind.contents()) {
          if (mayOverlap(content, field)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean mayOverlap(Frames.Content content, Field field) {
    boolean differentEnds = content.offset() < 0 != field.offset() < 0;
    if (differentEnds || !field.isFixed()) {
      // Bytes after a field whose length varies have no fixed place.
      return differentEnds || field.offset() < content.offset() + content.bytes().length;
    }
    return content.offset() < field.offset() + field.length()
        && field.offset() < content.offset() + content.bytes().length;
  }

  /**
   * Whether {@link #hash} and {@link #liveHash} are different for payloads that do not match. They
   * may be the same where a rule opens bytes that tell the kind of a frame: then payloads of one
   * hash have to be compared.
   *
   * @return true if equal hashes need no further look
   */
  public boolean isExact() {
    return isExact;
  }

  /**
   * The first byte that differs and is compared, where no live value went into the expected
   * payload.
   *
   * @param recorded the payload that was recorded
   * @param found the payload that came
   * @return as below
   */
  public int difference(ByteBuffer recorded, ByteBuffer found) {
    return difference(recorded, recorded, found);
  }

  /**
   * The first byte that differs and is compared.
   *
   * @param recorded the payload that was recorded: says which kind of frame it is
   * @param expected the same, with the live values that go into it: see {@link LiveValues#live}
   * @param found the payload that came
   * @return its offset in the payloads: where one is a beginning of the other, the length of the
   *     shorter one; -1 when nothing differs
   */
  public int difference(ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    int at = expected.mismatch(found);
    if (at < 0 || open.isEmpty()) {
      return at;
    }
    Field[] fields = open.of(recorded, found);
    return areFixed
        ? difference(fields, at, expected, found)
        : layout(fields, recorded, expected, found).difference(expected, found);
  }

  /** Where the fields of an expected payload are in one that came. */
  private Layout layout(
      Field[] fields, ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    Layout live = expected == recorded ? Layout.UNMOVED : liveLayout(recorded, expected);
    return new Layout(fields, lengths.of(recorded, found), recorded, live, found);
  }

  /** Where the fields that live values went into are then. */
  private Layout liveLayout(ByteBuffer recorded, ByteBuffer live) {
    return new Layout(into.of(recorded), lengths.of(recorded), recorded, live);
  }

  /**
   * Whether two recorded payloads are the same, whatever they hold in bytes that rules name: those
   * that are not compared, and those that live values go into.
   *
   * @param one a payload
   * @param other another one
   * @return whether they are; then {@link #hash} is the same for both
   */
  public boolean areAlike(ByteBuffer one, ByteBuffer other) {
    int at = one.mismatch(other);
    if (at < 0 || named.isEmpty()) {
      return at < 0;
    }
    Field[] fields = named.of(one, other);
    return areFixed
        ? difference(fields, at, one, other) < 0
        : new Layout(fields, lengths.of(one, other), one, other).difference(one, other) < 0;
  }

  private static int difference(Field[] skipped, int first, ByteBuffer expected, ByteBuffer found) {
    int at = first;
    int length = expected.remaining();
    int common = Math.min(length, found.remaining());
    int begin = expected.position();
    int beginOfFound = found.position();
    try {
      for (int end = end(skipped, at, length);
          at < common && end > at;
          end = end(skipped, at, length)) {
        int next = Math.min(end, common);
        expected.position(begin + next);
        found.position(beginOfFound + next);
        int further = expected.mismatch(found);
        if (further < 0) {
          return -1;
        }
        at = next + further;
      }
      return at;
    } finally {
      expected.position(begin);
      found.position(beginOfFound);
    }
  }

  /**
   * The bytes of an expected payload that are compared with a payload that came.
   *
   * @param recorded the payload that was recorded
   * @param expected the same, with the live values that go into it
   * @param found the payload that came
   * @return whether the byte at an offset of the expected payload is compared
   */
  public IntPredicate compared(ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    Field[] fields = open.of(recorded, found);
    int length = expected.remaining();
    if (!areFixed) {
      return layout(fields, recorded, expected, found)::isCompared;
    }
    return at -> end(fields, at, length) == at;
  }

  /**
   * An expected payload with the bytes that are not compared as they came. Values that are computed
   * from others, such as a MAC, have to be computed from these bytes, too.
   *
   * @param recorded the payload that was recorded
   * @param expected the same, with the live values that go into it
   * @param found the payload that came
   * @return a new payload, or the expected one where no rule leaves bytes of it open
   */
  public Filled filled(ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    Field[] fields = open.of(recorded, found);
    return areFixed
        ? Filled.of(fields, expected, found)
        : Filled.of(layout(fields, recorded, expected, found), expected, found);
  }

  /**
   * A recorded payload with the bytes that rules name as they are in another one: those that are
   * not compared, and those that live values go into.
   *
   * @param one the payload
   * @param other the other one
   * @return a new payload, or the given one where no rule names bytes of it
   */
  public Filled filledAlike(ByteBuffer one, ByteBuffer other) {
    Field[] fields = named.of(one, other);
    return areFixed
        ? Filled.of(fields, one, other)
        : Filled.of(new Layout(fields, lengths.of(one, other), one, other), one, other);
  }

  /**
   * The bytes of a recorded payload that differ from those in their place in another one, and are
   * compared. Bytes that only one of the two has are not among them.
   *
   * @param recorded the payload that was recorded
   * @param found the payload that came
   * @return their offsets in the recorded payload
   */
  public BitSet differing(ByteBuffer recorded, ByteBuffer found) {
    return layout(open.of(recorded, found), recorded, recorded, found).differing(recorded, found);
  }

  /**
   * The bytes that a field has in a payload which came and matches the expected one.
   *
   * @param field a field of this direction, which one of the rules names
   * @param recorded the payload that was recorded: says where the field is
   * @param found the payload that came
   * @return a view of them; null when the recorded payload does not have the field, or the other
   *     one does not have it in the same place
   */
  public @Nullable ByteBuffer valueIn(Field field, ByteBuffer recorded, ByteBuffer found) {
    if (areFixed) {
      return fixedValue(field, recorded, found);
    }
    Field[] opens = open.of(recorded, found);
    Field[] intos = into.of(recorded);
    Field[] both = Arrays.copyOf(opens, opens.length + intos.length);
    System.arraycopy(intos, 0, both, opens.length, intos.length);
    Layout layout = new Layout(both, lengths.of(recorded, found), recorded, found);
    return valueIn(field, recorded, layout, found);
  }

  /**
   * The bytes that a field has in a recorded payload which took live values.
   *
   * @param field a field of this direction, which one of the rules names
   * @param recorded the payload that was recorded: says where the field is
   * @param live the same, with the live values that go into it: see {@link LiveValues#live}
   * @return a view of them; null as above
   */
  public @Nullable ByteBuffer valueInLive(Field field, ByteBuffer recorded, ByteBuffer live) {
    return areFixed
        ? fixedValue(field, recorded, live)
        : valueIn(field, recorded, liveLayout(recorded, live), live);
  }

  private static @Nullable ByteBuffer fixedValue(
      Field field, ByteBuffer recorded, ByteBuffer other) {
    return valueAt(field, field.start(recorded) < 0 ? -1 : field.startIn(other), other);
  }

  private static @Nullable ByteBuffer valueIn(
      Field field, ByteBuffer recorded, Layout layout, ByteBuffer other) {
    int start = field.start(recorded);
    return start < 0 ? null : valueAt(field, layout.there(start), other);
  }

  private static @Nullable ByteBuffer valueAt(Field field, int start, ByteBuffer payload) {
    int end = start < 0 ? -1 : field.endFrom(payload, start);
    return end < 0 ? null : payload.slice(payload.position() + start, end - start);
  }

  /**
   * Changes the numbers in a payload that count bytes, as much as these got longer or shorter.
   *
   * @param splice the payload as it was recorded, with some parts replaced; takes the numbers
   * @param recorded the payload that was recorded
   * @throws RulesException when a number does not fit any more
   */
  public void follow(Splice splice, ByteBuffer recorded) throws RulesException {
    splice.follow(lengths.of(recorded));
  }

  /** Whether any length varies, so that others may follow. */
  boolean varies() {
    return !areFixed;
  }

  /**
   * How many bytes of a payload that came are not compared.
   *
   * @param recorded the payload that was recorded
   * @param expected the same, with the live values that go into it
   * @param found the payload that came
   * @return a number of bytes, each counted once
   */
  public int openBytes(ByteBuffer recorded, ByteBuffer expected, ByteBuffer found) {
    int length = recorded.remaining();
    Field[] fields = open.of(recorded, found);
    if (!areFixed) {
      return layout(fields, recorded, expected, found).bytesThere();
    }
    int bytes = 0;
    for (int at = fields.length == 0 ? length : 0; at < length; ) {
      int end = end(fields, at, length);
      bytes += end - at;
      at = end > at ? end : nextStart(fields, at, length);
    }
    return bytes;
  }

  /** Where the fields end that begin no later than at that byte; at that byte when none has it. */
  private static int end(Field[] fields, int at, int length) {
    int end = at;
    for (Field field : fields) {
      if (field.start(length) <= at) {
        end = Math.max(end, field.end(length));
      }
    }
    return end;
  }

  /**
   * A number that is the same for a recorded payload and for each one that matches it, whatever
   * live values go into it: payloads of other numbers need not be compared.
   *
   * @param payload a recorded payload, or one that came
   * @return the number; it is the same in each JVM
   */
  public long hash(ByteBuffer payload) {
    return hash(namedForHash.of(payload), payload);
  }

  /**
   * A number that is the same for an expected payload, with the live values that go into it, and
   * for each one that matches it. Unlike {@link #hash}, it tells replies apart whose only
   * difference is the value that a copy puts into them.
   *
   * @param payload an expected payload, or one that came
   * @return the number; it is the same in each JVM
   */
  public long liveHash(ByteBuffer payload) {
    Field[] opens = openForHash.of(payload);
    if (areFixed || opens.length == 0) {
      return hash(opens, payload);
    }
    Field[] all = namedForHash.of(payload);
    // A live value of another length moves the open fields that follow it.
    boolean mayMove = sureBytes(all, payload.remaining()) >= 0;
    return hash(mayMove ? all : opens, payload);
  }

  private static long hash(Field[] some, ByteBuffer payload) {
    int length = payload.remaining();
    int sure = sureBytes(some, length);
    return sure < 0 ? hash(some, payload, length, length) : hash(new Field[0], payload, sure, 0);
  }

  /**
   * How many bytes of a payload are in their place for sure, and in no field: those before the
   * first field, where the length of any of them varies; -1 where none does.
   */
  private static int sureBytes(Field[] fields, int length) {
    boolean areFixed = true;
    int first = length;
    for (Field field : fields) {
      areFixed &= field.isFixed();
      first = Math.min(first, Math.max(0, field.offset() < 0 ? 0 : field.offset()));
    }
    return areFixed ? -1 : first;
  }

  private static long hash(Field[] skipped, ByteBuffer payload, int length, long begin) {
    long hash = mixed(PLACE, begin);
    int at = 0;
    while (at < length) {
      int next = end(skipped, at, length);
      if (next > at) {
        at = next;
      } else {
        int end = nextStart(skipped, at, length);
        // Where the bytes are, as frames of other kinds have other gaps.
        hash = mixed(hash, PLACE + at);
        hash = hash(hash, payload, payload.position() + at, payload.position() + end);
        at = end;
      }
    }
    return hash ^ hash >>> 32;
  }

  /** Where the first field after that byte begins; the payload's end when there is none. */
  private static int nextStart(Field[] fields, int at, int length) {
    int next = length;
    for (Field field : fields) {
      int start = field.start(length);
      if (start > at) {
        next = Math.min(next, start);
      }
    }
    return next;
  }

  private static long hash(long before, ByteBuffer bytes, int from, int to) {
    long hash = before;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixed(hash, (long) LONG.get(bytes, at));
    }
    for (; at < to; at++) {
      hash = mixed(hash, bytes.get(at));
    }
    return hash;
  }

  private static long mixed(long hash, long more) {
    long mixed = (hash ^ more) * PRIME;
    return mixed ^ mixed >>> 29;
  }
}
