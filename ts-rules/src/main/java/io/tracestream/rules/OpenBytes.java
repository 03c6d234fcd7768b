package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/** Which bytes of payloads of one direction rules leave open. Immutable. */
public final class OpenBytes {
  /** Not compared, whatever they hold. */
  private final List<Field> always;
  /** Not compared where they hold a value that was there before. */
  private final List<Copy> copies;

  /**
   * What these rules leave open.
   *
   * @param rules what may vary
   * @param direction the direction of the payloads
   */
  public OpenBytes(Rules rules, Direction direction) {
    always = Stream.concat(rules.ignored().stream(), rules.copied().stream().map(Copy::from))
        .filter(field -> field.direction() == direction)
        .toList();
    copies = rules.copiesInto(direction);
  }

  /**
   * The copies into payloads of this direction; {@code explained} counts in their order.
   *
   * @return the copies
   */
  public List<Copy> copies() {
    return copies;
  }

  /**
   * Whether the target of a copy is open, whatever it holds.
   *
   * @param copy the copy's number
   * @return whether it is
   */
  public boolean isAlwaysOpen(int copy) {
    Field to = copies.get(copy).to();
    return always.stream()
        .anyMatch(field -> field.offset() < 0 == to.offset() < 0
            && field.offset() <= to.offset()
            && field.offset() + field.length() >= to.offset() + to.length());
  }

  /**
   * The open bytes of a payload.
   *
   * @param explained numbers of the copies whose values are explained
   * @return fields, which may overlap
   */
  public List<Field> fields(BitSet explained) {
    List<Field> fields = new ArrayList<>(always);
    explained.stream().forEach(i -> fields.add(copies.get(i).to()));
    return fields;
  }

  /**
   * The payload with its open bytes as zeros.
   *
   * @param payload the payload
   * @param explained numbers of the copies whose values are explained
   * @return itself when it has none
   */
  public byte[] closed(byte[] payload, BitSet explained) {
    List<Field> fields = fields(explained);
    return fields.isEmpty() ? payload : zeroed(payload, fields);
  }

  /**
   * A number for what a payload says, whatever its open and copied bytes are.
   *
   * @param payload the payload
   * @return the number
   */
  public int key(byte[] payload) {
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
