package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.BitSet;
import java.util.List;

/** Says which bytes of two entries of one direction differ under rules. Immutable. */
final class Differences {
  private final OpenBytes open;

  Differences(OpenBytes open) {
    this.open = open;
  }

  Change between(DiffEntry a, DiffEntry b) {
    BitSet inBoth = (BitSet) a.explained().clone();
    inBoth.and(b.explained());
    BitSet inOne = (BitSet) a.explained().clone();
    inOne.xor(b.explained());
    BitSet opened = bytes(open.fields(inBoth), a.side().payload().length);
    BitSet differing = differing(a.side().payload(), b.side().payload());
    differing.andNot(opened);
    // A value that was there before in one recording only is another value, whatever its bytes are.
    List<Field> moved = inOne.stream().mapToObj(i -> open.copies().get(i).to()).toList();
    differing.or(bytes(moved, a.side().payload().length));
    return new Change(
        a.direction(), a.side(), b.side(), Change.Range.of(differing), Change.Range.of(opened));
  }

  List<Change.Range> open(DiffEntry entry, BitSet explained) {
    return Change.Range.of(bytes(open.fields(explained), entry.side().payload().length));
  }

  private static BitSet differing(byte[] a, byte[] b) {
    int common = Math.min(a.length, b.length);
    BitSet differing = new BitSet();
    for (int at = 0; at < common; at++) {
      if (a[at] != b[at]) {
        differing.set(at);
      }
    }
    differing.set(common, Math.max(a.length, b.length));
    return differing;
  }

  private static BitSet bytes(List<Field> fields, int length) {
    BitSet bytes = new BitSet();
    fields.forEach(field -> bytes.set(field.start(length), field.end(length)));
    return bytes;
  }
}
