package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which bytes of payloads of one direction rules leave open, and which differ. A copied value is
 * explained where it was there before, in a frame that it may be copied from. Immutable.
 */
final class OpenBytes {
  /** Not compared, whatever they hold. */
  private final List<Field> always;
  /** Not compared where they are explained on both sides. */
  private final List<Copy> copies;

  OpenBytes(Rules rules, Direction direction) {
    always = Stream.concat(rules.ignored().stream(), rules.copied().stream().map(Copy::from))
        .filter(field -> field.direction() == direction)
        .toList();
    copies = rules.copied().stream()
        .filter(copy -> copy.to().direction() == direction)
        .toList();
  }

  /** The copies into payloads of this direction; {@code explained} counts in their order. */
  List<Copy> copies() {
    return copies;
  }

  /** The open bytes of a payload of that length, whose copies with these numbers are explained. */
  BitSet open(int length, BitSet explained) {
    BitSet open = new BitSet();
    always.forEach(field -> open.set(field.start(length), field.end(length)));
    open.or(targets(length, explained));
    return open;
  }

  private BitSet targets(int length, BitSet numbers) {
    BitSet targets = new BitSet();
    numbers.stream()
        .mapToObj(number -> copies.get(number).to())
        .forEach(field -> targets.set(field.start(length), field.end(length)));
    return targets;
  }

  /** The payload with its open bytes as zeros; itself when it has none. */
  byte[] closed(byte[] payload, BitSet explained) {
    if (always.isEmpty() && explained.isEmpty()) {
      return payload;
    }
    byte[] closed = payload.clone();
    BitSet open = open(payload.length, explained);
    for (int from = open.nextSetBit(0); from >= 0; ) {
      int to = open.nextClearBit(from);
      Arrays.fill(closed, from, to, (byte) 0);
      from = open.nextSetBit(to);
    }
    return closed;
  }

  /** A number for what a payload says, whatever its open and copied bytes are. */
  int key(byte[] payload) {
    BitSet all = new BitSet();
    all.set(0, copies.size());
    return Arrays.hashCode(closed(payload, all));
  }

  /** What changed from one entry to another one; without differing bytes when nothing did. */
  Change change(DiffEntry a, DiffEntry b) {
    byte[] payloadOfA = a.side().payload();
    byte[] payloadOfB = b.side().payload();
    int common = Math.min(payloadOfA.length, payloadOfB.length);
    BitSet inBoth = (BitSet) a.explained().clone();
    inBoth.and(b.explained());
    BitSet inOne = (BitSet) a.explained().clone();
    inOne.xor(b.explained());
    BitSet open = open(payloadOfA.length, inBoth);
    open.clear(common, payloadOfA.length); // what one side alone has is a difference in length
    // A value that was there before in one recording only is another value, whatever its bytes are.
    BitSet differing = targets(payloadOfA.length, inOne);
    for (int at = 0; at < common; at++) {
      if (payloadOfA[at] != payloadOfB[at]) {
        differing.set(at);
      }
    }
    differing.andNot(open);
    differing.set(common, Math.max(payloadOfA.length, payloadOfB.length));
    return new Change(
        a.direction(), a.side(), b.side(), Change.Range.of(differing), Change.Range.of(open));
  }

  /** An entry of A that B does not have. */
  Change removed(DiffEntry a) {
    BitSet open = open(a.side().payload().length, new BitSet());
    return new Change(a.direction(), a.side(), null, List.of(), Change.Range.of(open));
  }

  /** An entry of B that A does not have. */
  Change added(DiffEntry b) {
    return new Change(b.direction(), null, b.side(), List.of(), List.of());
  }
}
