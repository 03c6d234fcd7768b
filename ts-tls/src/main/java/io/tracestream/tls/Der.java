package io.tracestream.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes values as ASN.1 DER (ITU-T X.690): a tag, the length, and the content. */
final class Der {
  static final int BOOLEAN = 0x01;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int UTF8_STRING = 0x0c;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  /** The tags of fields that are marked with their number. */
  static final int FIELD = 0x80;

  static final int NESTED_FIELD = 0xa0;

  private Der() {}

  static byte[] sequence(byte[]... content) {
    return value(SEQUENCE, content);
  }

  static byte[] value(int tag, byte[]... content) {
    int length = 0;
    for (byte[] part : content) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int skip = digits[0] == 0 ? 1 : 0; // that is its sign
      out.write(0x80 | digits.length - skip);
      out.write(digits, skip, digits.length - skip);
    }
    for (byte[] part : content) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] integer(BigInteger number) {
    return value(0x02, number.toByteArray());
  }

  static byte[] text(int tag, String text) {
    return value(tag, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bits(byte[] whole) {
    return value(BIT_STRING, new byte[1], whole);
  }

  /** An object identifier, such as {@code 2.5.4.3}. */
  static byte[] oid(String dotted) {
    String[] numbers = dotted.split("\\.");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(40 * Integer.parseInt(numbers[0]) + Integer.parseInt(numbers[1]));
    for (int i = 2; i < numbers.length; i++) {
      int number = Integer.parseInt(numbers[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (number >> shift != 0) {
          out.write(0x80 | number >> shift & 0x7f);
        }
      }
      out.write(number & 0x7f);
    }
    return value(0x06, out.toByteArray());
  }

  /**
   * Steps over the header of the value at the position.
   *
   * @return the length of its content, which is at the position now
   * @throws IllegalArgumentException if there is no whole value
   */
  static int enter(ByteBuffer in) {
    if (in.remaining() < 2) {
      throw new IllegalArgumentException("cut off");
    }
    in.get();
    int length = in.get() & 0xff;
    if (length > 0x80) {
      int digits = length & 0x7f;
      if (digits > 3 || in.remaining() < digits) {
        throw new IllegalArgumentException("bad length");
      }
      length = 0;
      for (int i = 0; i < digits; i++) {
        length = length << 8 | in.get() & 0xff;
      }
    }
    if (length > in.remaining()) {
      throw new IllegalArgumentException("cut off");
    }
    return length;
  }
}
