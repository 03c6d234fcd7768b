package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where fields end whose length varies. */
class ShapeTest {
  @ParameterizedTest
  @CsvSource({
    "digits, 0, 3132ff, 2",
    "digits, 0, 3039, 2",
    "digits, 2, 3132, -1",
    "digits, 0, 2f, -1",
    "digits, 0, 3a, -1",
    "len8, 0, 02616263, 3",
    "len8, 1, ff0261, -1",
    "len8, 1, ff01, -1",
    "len8, 1, ff00, 2",
    "len16, 0, 000161, 3",
    "len16le, 0, 010061, 3",
    "len32, 1, ff0000000161, 6",
    "lenvar, 0, 0161, 2",
    "lenvar, 0, 0261, -1",
    "varint, 0, 8001, 2",
    "varint, 1, 8080, -1",
    "varint, 0, 80, -1",
    "'to\",\"', 1, 2c612c62, 2",
    "to=0d0a, 0, 610d0d0a, 2",
    "to=0d0a, 0, 610d, -1",
    "to=0d0a, 2, 610d0a, -1",
    "rest, 1, 6162, 2",
    "rest, 2, 6162, 2",
    "rest, 3, 6162, -1",
  })
  void aFieldEndsWhereItsShapeSays(String shape, int at, String payload, int end) {
    ByteBuffer bytes =
        ByteBuffer.wrap(HexFormat.of().parseHex("7777" + payload)).position(2);
    assertEquals(end, Shape.parse(shape).end(bytes, at));
    assertEquals(2, bytes.position());
  }

  @Test
  void shapesAreEqualIfTheyMeanTheSame() {
    assertEquals(Shape.parse("to=2c"), Shape.parse("to\",\""));
    assertEquals(Shape.parse("to=2c").hashCode(), Shape.parse("to\",\"").hashCode());
    assertNotEquals(Shape.parse("to=2c"), Shape.parse("to=2d"));
    assertEquals(Shape.parse("digits"), Shape.parse("digits"));
    assertEquals(Shape.parse("digits").hashCode(), Shape.parse("digits").hashCode());
    assertNotEquals(Shape.parse("digits"), Shape.parse("rest"));
  }

  @Test
  void nothingMayFollowAShape() {
    assertThrows(IllegalArgumentException.class, () -> Shape.parse("digits+2"));
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @CsvSource({"9, 7, 9", "9, 07, 09", "10, 007, 010", "100, 07, 100", "0, 5, 0"})
  void digitsKeepTheZerosBeforeThem(long number, String before, String after) {
    Shape digits = Shape.parse("digits");
    byte[] bytes = digits.bytesOf(number, text(before));
    assertEquals(after, new String(bytes, StandardCharsets.US_ASCII));
    assertEquals(number, digits.number(ByteBuffer.wrap(bytes)));
  }
}
