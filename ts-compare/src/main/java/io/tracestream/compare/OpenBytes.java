package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Frames;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The bytes that rules leave open in payloads of one direction, and those that differ. A copied
 * value is explained if an earlier frame has it where the copy takes it from. For one thread.
 */
final class OpenBytes {
  /** Never compared; also what a copy puts that may come from another connection. */
  private final List<Field> always;
  /** Not compared where both sides are explained. */
  private final List<Copy> copies;
  /** Numbers that count bytes, where lengths vary. */
  private final List<Field> lengths;
  /** Whether the length of any field varies. */
  private final boolean varies;
  /** Whether what is open in a payload depends on the other one, on its kind or its lengths. */
  private final boolean dependsOnOther;

  private final Direction direction;
  /** By the copies that are explained; only where what is open depends on both payloads. */
  private final Map<BitSet, Comparer> comparers = new HashMap<>();

  OpenBytes(Rules rules, Direction direction) {
    this.direction = direction;
    List<Copy> across =
        rules.copied().stream().filter(Copy::isAcrossConnections).toList();
    always = Stream.of(
            rules.ignored().stream(),
            rules.redacted().stream(),
            rules.copied().stream().map(Copy::from),
            across.stream().map(Copy::to))
        .flatMap(fields -> fields)
        .filter(field -> field.direction() == direction)
        .toList();
    copies = rules.copied().stream()
        .filter(copy -> copy.to().direction() == direction && !copy.isAcrossConnections())
        .toList();
    varies = Stream.concat(always.stream(), copies.stream().map(Copy::to))
        .anyMatch(field -> field.length() == 0);
    dependsOnOther = varies
        || Stream.concat(always.stream(), copies.stream().map(Copy::to))
            .anyMatch(field -> !field.frames().equals(Frames.of(direction)));
    lengths = varies
        ? rules.lengths().stream()
            .filter(field -> field.direction() == direction)
            .toList()
        : List.of();
  }

  /** The copies into payloads of this direction, in the order of the bits of {@code explained}. */
  List<Copy> copies() {
    return copies;
  }

  /** The open bytes of a payload beside another one, of which these copies are explained. */
  BitSet open(byte[] payload, byte[] other, BitSet explained) {
    BitSet open = new BitSet();
    always.forEach(field -> set(field, payload, other, open));
    open.or(targets(payload, explained));
    return open;
  }

  /** Both must be of the field's kind. */
  private static void set(Field field, byte[] payload, byte[] other, BitSet bytes) {
    ByteBuffer value = field.value(ByteBuffer.wrap(payload));
    if (value != null && field.frames().matches(ByteBuffer.wrap(other))) {
      int start = field.start(ByteBuffer.wrap(payload));
      bytes.set(start, start + value.remaining());
    }
  }

  private BitSet targets(byte[] payload, BitSet numbers) {
    BitSet targets = new BitSet();
    numbers.stream()
        .mapToObj(number -> copies.get(number).to())
        .forEach(field -> set(field, payload, payload, targets));
    return targets;
  }

  /**
   * The payload with zeros in place of open bytes, or without these where their number may vary;
   * the payload itself if it has none.
   */
  byte[] closed(byte[] payload, BitSet explained) {
    if (always.isEmpty() && explained.isEmpty()) {
      return payload;
    }
    BitSet open = open(payload, payload, explained);
    if (varies) {
      lengths.forEach(field -> set(field, payload, payload, open));
      return without(open, payload);
    }
    byte[] closed = payload.clone();
    for (int from = open.nextSetBit(0); from >= 0; ) {
      int to = open.nextClearBit(from);
      Arrays.fill(closed, from, to, (byte) 0);
      from = open.nextSetBit(to);
    }
    return closed;
  }

  private static byte[] without(BitSet open, byte[] payload) {
    byte[] rest = new byte[payload.length - open.cardinality()];
    int length = 0;
    for (int at = open.nextClearBit(0); at < payload.length; at = open.nextClearBit(at + 1)) {
      rest[length++] = payload[at];
    }
    return rest;
  }

  /** A number that stands for a payload apart from its open and copied bytes. */
  int key(byte[] payload) {
    BitSet all = new BitSet();
    all.set(0, copies.size());
    return Arrays.hashCode(closed(payload, all));
  }

  /** How one entry differs from another; without differing bytes if it does not. */
  Change change(DiffEntry a, DiffEntry b) {
    byte[] payloadOfA = a.side().payload();
    byte[] payloadOfB = b.side().payload();
    int common = Math.min(payloadOfA.length, payloadOfB.length);
    BitSet inBoth = (BitSet) a.explained().clone();
    inBoth.and(b.explained());
    BitSet inOne = (BitSet) a.explained().clone();
    inOne.xor(b.explained());
    BitSet open = open(payloadOfA, payloadOfB, inBoth);
    ByteBuffer bytesOfA = ByteBuffer.wrap(payloadOfA);
    ByteBuffer bytesOfB = ByteBuffer.wrap(payloadOfB);
    if (varies && inOne.isEmpty() && comparer(inBoth).difference(bytesOfA, bytesOfB) < 0) {
      return new Change(a.direction(), a.side(), b.side(), List.of(), Change.Range.of(open));
    }
    open.clear(
        common, payloadOfA.length); // bytes that only one side has are a difference in length
    // Explained in one recording only, it is a different value even if the bytes are the same.
    BitSet differing = targets(payloadOfA, inOne);
    differing.or(
        varies
            ? comparer(inBoth).differing(bytesOfA, bytesOfB)
            : differing(payloadOfA, payloadOfB));
    differing.andNot(open);
    differing.set(common, Math.max(payloadOfA.length, payloadOfB.length));
    if (differing.isEmpty() && varies) {
      int first = Arrays.mismatch(payloadOfA, payloadOfB); // other bytes around a field that moved
      differing.set(Math.max(0, first));
    }
    return new Change(
        a.direction(), a.side(), b.side(), Change.Range.of(differing), Change.Range.of(open));
  }

  private static BitSet differing(byte[] one, byte[] other) {
    BitSet differing = new BitSet();
    for (int at = 0; at < Math.min(one.length, other.length); at++) {
      if (one[at] != other[at]) {
        differing.set(at);
      }
    }
    return differing;
  }

  /** What compares payloads as a replay of the first one would, with these copies explained. */
  private Comparer comparer(BitSet explained) {
    return comparers.computeIfAbsent((BitSet) explained.clone(), numbers -> {
      Rules rules = Rules.NONE;
      for (Field field : always) {
        rules = rules.ignoring(field);
      }
      for (int number = numbers.nextSetBit(0);
          number >= 0;
          number = numbers.nextSetBit(number + 1)) {
        rules = rules.ignoring(copies.get(number).to());
      }
      for (Field length : lengths) {
        rules = rules.following(length);
      }
      return new Comparer(rules, direction);
    });
  }

  /** Whether payloads with the same copies explained are the same. */
  boolean areSame(DiffEntry a, DiffEntry b) {
    return comparer(a.explained())
            .difference(
                ByteBuffer.wrap(a.side().payload()), ByteBuffer.wrap(b.side().payload()))
        < 0;
  }

  /** Whether what is open in a payload depends on the other one, on its kind or its lengths. */
  boolean dependsOnOther() {
    return dependsOnOther;
  }

  /** An entry of A that B does not have. */
  Change removed(DiffEntry a) {
    BitSet open = open(a.side().payload(), a.side().payload(), new BitSet());
    return new Change(a.direction(), a.side(), null, List.of(), Change.Range.of(open));
  }
}
