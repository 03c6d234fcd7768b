package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/** Which bytes of payloads of one direction rules leave open. Immutable. */
final class OpenBytes {
  /** Not compared, whatever they hold. */
  private final List<Field> always;
  /** Not compared where they hold a value that was there before. */
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

  /** Whether the target of the copy with that number is open, whatever it holds. */
  boolean isAlwaysOpen(int copy) {
    Field to = copies.get(copy).to();
    return always.stream()
        .anyMatch(field -> field.offset() < 0 == to.offset() < 0
            && field.offset() <= to.offset()
            && field.offset() + field.length() >= to.offset() + to.length());
  }

  /** The open bytes of a payload whose copies with these numbers are explained. */
  List<Field> fields(BitSet explained) {
    List<Field> fields = new ArrayList<>(always);
    explained.stream().forEach(i -> fields.add(copies.get(i).to()));
    return fields;
  }

  /** The payload with its open bytes as zeros; itself when it has none. */
  byte[] closed(byte[] payload, BitSet explained) {
    List<Field> fields = fields(explained);
    return fields.isEmpty() ? payload : zeroed(payload, fields);
  }

  /** A number for what a payload says, whatever its open and copied bytes are. */
  int key(byte[] payload) {
    BitSet all = new BitSet();
    all.set(0, copies.size());
    return Arrays.hashCode(closed(payload, all));
  }

  private static byte[] zeroed(byte[] payload, List<Field> fields) {
    byte[] zeroed = payload.clone();
    for (Field field : fields) {
      Arrays.fill(zeroed, field.start(payload.length), field.end(payload.length), (byte) 0);
    }
    return zeroed;
  }
}
