package score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Locale;
import score.Subject.Mark;

/** How a field lies in a frame: what stands around its content, and where it ends. */
interface Shape {
  void put(Frame to, byte[] content, Mark mark);

  byte[] take(ByteBuffer from) throws IOException;

  /** What rules call it. */
  String inRules();

  /** How many bytes stand after the content and belong to it. */
  default int delimiterSize() {
    return 0;
  }

  static Shape bytes(int size) {
    return of("" + size, from -> taken(from, size));
  }

  /** What is left of the payload. */
  static Shape rest() {
    return of("rest", from -> taken(from, from.remaining()));
  }

  /** As many decimal digits as there are. */
  static Shape digits() {
    return of("digits", from -> {
      int size = 0;
      while (size < from.remaining() && Character.isDigit(from.get(from.position() + size))) {
        size++;
      }
      return taken(from, size);
    });
  }

  /** A base-128 varint. */
  static Shape varint() {
    return of("varint", from -> {
      int size = 1;
      while (from.get(from.position() + size - 1) < 0) {
        size++;
      }
      return taken(from, size);
    });
  }

  /** Text up to a delimiter, which follows. */
  static Shape until(String delimiter) {
    byte[] end = delimiter.getBytes(US_ASCII);
    return new Shape() {
      @Override
      public void put(Frame to, byte[] content, Mark mark) {
        to.put(mark, content);
        to.put(Mark.FIXED, end);
      }

      @Override
      public byte[] take(ByteBuffer from) throws IOException {
        String all = US_ASCII.decode(from.slice()).toString();
        byte[] content = taken(from, Math.max(0, all.indexOf(delimiter)));
        Wrong.unlessEqual("delimiter", end, taken(from, end.length));
        return content;
      }

      @Override
      public String inRules() {
        return "to=" + HexFormat.of().formatHex(end);
      }

      @Override
      public int delimiterSize() {
        return end.length;
      }
    };
  }

  /** Content that follows its length. */
  static Shape sized(Length length) {
    return new Shape() {
      @Override
      public void put(Frame to, byte[] content, Mark mark) {
        // A length does not vary: it is right or wrong.
        to.put(Mark.FIXED, length.of(content.length));
        to.put(mark, content);
      }

      @Override
      public byte[] take(ByteBuffer from) throws IOException {
        return taken(from, length.take(from));
      }

      @Override
      public String inRules() {
        return length == Length.VARINT ? "lenvar" : length.inRules().replace("u", "len");
      }
    };
  }

  /** A number of bytes, written in one of the usual ways. */
  enum Length {
    U8(1, ByteOrder.BIG_ENDIAN),
    U16(2, ByteOrder.BIG_ENDIAN),
    U32(4, ByteOrder.BIG_ENDIAN),
    U16LE(2, ByteOrder.LITTLE_ENDIAN),
    U32LE(4, ByteOrder.LITTLE_ENDIAN),
    VARINT(0, null);

    private final int size;
    private final ByteOrder order;

    Length(int size, ByteOrder order) {
      this.size = size;
      this.order = order;
    }

    String inRules() {
      return name().toLowerCase(Locale.ROOT);
    }

    byte[] of(int value) {
      return size == 0 ? Value.varint(value) : Value.number(size, order, value);
    }

    int take(ByteBuffer from) throws IOException {
      byte[] taken = size == 0 ? Shape.varint().take(from) : taken(from, size);
      long value = 0;
      for (int i = 0; i < taken.length; i++) {
        if (size == 0) {
          value |= (taken[i] & 0x7fL) << (7 * i);
        } else {
          int shift = order == ByteOrder.BIG_ENDIAN ? size - 1 - i : i;
          value |= (taken[i] & 0xffL) << (8 * shift);
        }
      }
      return (int) value;
    }
  }

  private static byte[] taken(ByteBuffer from, int size) throws IOException {
    if (size < 0 || size > from.remaining()) {
      throw new Wrong("the frame ends inside a field of " + size + " bytes");
    }
    byte[] content = new byte[size];
    from.get(content);
    return content;
  }

  private static Shape of(String inRules, Taker taker) {
    return new Shape() {
      @Override
      public void put(Frame to, byte[] content, Mark mark) {
        to.put(mark, content);
      }

      @Override
      public byte[] take(ByteBuffer from) throws IOException {
        return taker.take(from);
      }

      @Override
      public String inRules() {
        return inRules;
      }
    };
  }

  /** Takes a field's content. */
  interface Taker {
    byte[] take(ByteBuffer from) throws IOException;
  }
}
