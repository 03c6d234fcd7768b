package score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import score.Subject.Mark;

/**
 * A field of a generated frame, as the side writes it that sends it, and the other one reads it.
 */
interface Field {
  void write(Frame to, Side sender);

  /** Reads it from the frame, at its position. */
  void read(ByteBuffer from, Side receiver) throws IOException;

  /** Tells where it is. */
  void describe(Layout layout);

  static Field text(String text) {
    return fixed(Shape.bytes(text.length()), text.getBytes(US_ASCII));
  }

  static Field hex(String digits) {
    return fixed(Shape.bytes(digits.length() / 2), HexFormat.of().parseHex(digits));
  }

  static Field fixed(Shape shape, byte[] content) {
    return new Field() {
      @Override
      public void write(Frame to, Side sender) {
        shape.put(to, content, Mark.FIXED);
      }

      @Override
      public void read(ByteBuffer from, Side receiver) throws IOException {
        Wrong.unlessEqual("constant", content, shape.take(from));
      }

      @Override
      public void describe(Layout layout) {
        layout.constant(content);
      }
    };
  }

  /** A value of the sender's own, which {@link #same} may send back. */
  static Field fresh(Shape shape, String name, Value value) {
    return new Field() {
      @Override
      public void write(Frame to, Side sender) {
        byte[] content = value.make(sender, to.bytes());
        sender.keep(name, content);
        shape.put(to, content, Mark.FREE);
      }

      @Override
      public void read(ByteBuffer from, Side receiver) throws IOException {
        receiver.keep(name, shape.take(from));
      }

      @Override
      public void describe(Layout layout) {
        layout.field(Layout.Kind.FRESH, name, shape);
      }
    };
  }

  /** A value that one of both sides sent before. */
  static Field same(Shape shape, String name) {
    return new Field() {
      @Override
      public void write(Frame to, Side sender) {
        shape.put(to, sender.kept(name), Mark.ECHO);
      }

      @Override
      public void read(ByteBuffer from, Side receiver) throws IOException {
        Wrong.unlessEqual(name, receiver.kept(name), shape.take(from));
      }

      @Override
      public void describe(Layout layout) {
        layout.field(Layout.Kind.SAME, name, shape);
      }
    };
  }

  /** A value that nobody looks at. */
  static Field unused(Shape shape, Value value) {
    return fresh(shape, "", value);
  }

  /** A value that the receiver computes, too, and insists on. */
  static Field checked(Shape shape, Value value) {
    return new Field() {
      @Override
      public void write(Frame to, Side sender) {
        shape.put(to, value.make(sender, to.bytes()), Mark.ECHO);
      }

      @Override
      public void read(ByteBuffer from, Side receiver) throws IOException {
        byte[] before = Arrays.copyOf(from.array(), from.position());
        Wrong.unlessEqual("computed", value.make(receiver, before), shape.take(from));
      }

      @Override
      public void describe(Layout layout) {
        layout.field(Layout.Kind.COMPUTED, "", shape);
      }
    };
  }

  /** The length of the fields after it, and then these. */
  static Field counted(Shape.Length length, Field... fields) {
    return new Field() {
      @Override
      public void write(Frame to, Side sender) {
        Frame inner = new Frame();
        for (Field field : fields) {
          field.write(inner, sender);
        }
        to.put(Mark.FIXED, length.of(inner.bytes().length));
        to.put(inner);
      }

      @Override
      public void read(ByteBuffer from, Side receiver) throws IOException {
        int end = length.take(from) + from.position();
        for (Field field : fields) {
          field.read(from, receiver);
        }
        if (from.position() != end) {
          throw new Wrong("inner length: off by " + (end - from.position()));
        }
      }

      @Override
      public void describe(Layout layout) {
        layout.length(length);
        for (Field field : fields) {
          field.describe(layout);
        }
      }
    };
  }
}
