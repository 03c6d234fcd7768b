package io.tracestream.rules;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * An expected payload whose open bytes were taken from the one that came. So each byte of it is
 * where it is in that one, and what is computed from it can be compared byte by byte. Immutable.
 */
public final class Filled {
  private final ByteBuffer payload;
  /** The bytes of the payload that came which are not compared. */
  private final BitSet open;
  /** Where that payload cannot match any more; -1 when it may. */
  private final int brokenAt;

  private Filled(ByteBuffer payload, BitSet open, int brokenAt) {
    this.payload = payload;
    this.open = open;
    this.brokenAt = brokenAt;
  }

  /** For fields that have the same place in all payloads of a length. */
  static Filled of(Field[] fields, ByteBuffer expected, ByteBuffer found) {
    BitSet open = new BitSet(0);
    ByteBuffer payload = expected;
    for (Field field : fields) {
      int at = field.start(expected.remaining());
      int from = field.start(found.remaining());
      int length = field.end(found.remaining()) - from;
      if (length > 0 && length == field.end(expected.remaining()) - at) {
        payload = payload == expected ? copyOf(expected) : payload;
        open.set(from, from + length);
        payload.put(at, found, found.position() + from, length);
      }
    }
    return new Filled(payload, open, -1);
  }

  static Filled of(Layout layout, ByteBuffer expected, ByteBuffer found) {
    BitSet open = new BitSet(0);
    Splice splice = new Splice(expected);
    for (Layout.Span span : layout.spans()) {
      int from = Math.min(span.fromThere(), found.remaining());
      byte[] bytes = new byte[Math.min(span.toThere(), found.remaining()) - from];
      if (span.number() == null) {
        found.get(found.position() + from, bytes);
        open.set(from, from + bytes.length);
        splice.replace(span.from(), span.to(), bytes);
      } else {
        byte[] number = layout.number(span, expected);
        if (number != null) { // else it differs
          splice.replace(span.from(), span.to(), number);
        }
      }
    }
    return new Filled(
        layout.spans().isEmpty() ? expected : splice.payload(), open, layout.brokenAt());
  }

  private static ByteBuffer copyOf(ByteBuffer payload) {
    return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
  }

  /**
   * The payload.
   *
   * @return not to be changed
   */
  public ByteBuffer payload() {
    return payload;
  }

  /**
   * The first byte that differs and is compared.
   *
   * @param computed what was made of the payload
   * @param found the payload that came
   * @return its offset: where one is a beginning of the other, the length of the shorter one; -1
   *     when nothing differs
   */
  public int difference(ByteBuffer computed, ByteBuffer found) {
    int common = Math.min(computed.remaining(), found.remaining());
    int at = 0;
    while (at < common) {
      int same = computed
          .slice(computed.position() + at, common - at)
          .mismatch(found.slice(found.position() + at, common - at));
      at = same < 0 ? common : at + same;
      if (at == common || !open.get(at)) {
        break;
      }
      at = Math.min(common, open.nextClearBit(at));
    }
    boolean isSame = at == common && computed.remaining() == found.remaining();
    if (brokenAt >= 0) {
      return Math.min(at, brokenAt);
    }
    return isSame ? -1 : at;
  }
}
