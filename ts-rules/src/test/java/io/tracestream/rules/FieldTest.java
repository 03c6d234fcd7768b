package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "c2s:0+1",
        "s2c:4+2",
        "s2c:-8+4",
        "c2s:-8+8",
        "c2s:0+2147483639",
        "c2s:2147483638+1",
        "s2c:-2147483639+2147483639",
        "c2s[0=\"LOGR\"]:31+16",
        "s2c[len=37,4=0003]:8+8",
        "c2s[0=\"LOGR\"]:4+digits",
        "c2s:0/len16/4+len16le",
        "s2c:-8/varint/to\"\\\"#\"/1+to=0d0a",
        "c2s:4/lenvar/len8/len32/len32le/digits+rest"
      })
  void aFieldIsWrittenAsItWasRead(String text) {
    assertEquals(text, Field.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "``|1: not a field; write the direction, the offset and the length, such as c2s:4+2, or"
            + " s2c:-8+4 to count from the payload's end",
        " c2s:4+2|1: not a field",
        "C2S:4+2|1: not a field",
        "x2s:4+2|1: not a field",
        "c2s|4: write : and the offset of the field here, such as c2s:4+2",
        "c2s[len=9|10: write a comma and one more condition here, or ]",
        "c2s[len=9]4+2|11: write : and the offset of the field here, such as c2s:4+2",
        "c2s[x]:4+2|5: not a condition; write len=37, 0=0003 or 4=\"PING\"",
        "c2s:|5: not an offset; write a number of bytes, such as c2s:4+2, or s2c:-8+4 to count from"
            + " the payload's end",
        "c2s:+2|5: not an offset",
        "c2s:--4+2|5: not an offset",
        "c2s: 4+2|5: not an offset",
        "c2s:4|6: write + and the length of the field here, such as c2s:4+2",
        "c2s:4-2|6: write + and the length of the field here",
        "c2s:0x4+2|6: write + and the length of the field here",
        "c2s:4+|7: not a length; write a number of bytes, such as c2s:4+2, or digits, len8,",
        "c2s:4/rest+1|7: nothing follows the rest of a payload",
        "c2s:4/x+1|7: not a length; write a number of bytes",
        "c2s:4+digit|7: not a length; write a number of bytes",
        "c2s:4+digits2|13: nothing may follow the field",
        "c2s:4+to|9: not a length",
        "c2s:4+to=|10: one byte or more must be here",
        "c2s:4+-2|7: not a length",
        "c2s:4+2 |8: nothing may follow the field",
        "c2s:4+2,6+2|8: nothing may follow the field",
        "c2s:4+0|7: the length must be 1 or more",
        "c2s:-4+0|8: the length must be 1 or more",
        "c2s:-4+5|8: it goes beyond the payload's end; the length may be at most 4 here",
        "c2s:-1+2|8: it goes beyond the payload's end; the length may be at most 1 here",
        "c2s:1+2147483639|7: no payload is longer than 2147483639 bytes",
        "c2s:2147483639+1|16: no payload is longer than 2147483639 bytes",
        "c2s:2147483640+1|5: no payload is longer than 2147483639 bytes",
        "c2s:99999999999+1|5: no payload is longer than 2147483639 bytes",
        "c2s:0+2147483648|7: no payload is longer than 2147483639 bytes",
        "c2s:-2147483640+1|6: no payload is longer than 2147483639 bytes",
        "c2s:-0+1|5: no byte follows the payload's end; -1 is the last byte",
      })
  void aTextThatIsNoFieldIsRefusedAtTheCharacterThatIsWrong(String text, String why) {
    String prefix = "\"" + text + "\": character " + why;
    assertEquals(
        prefix,
        refusal(text).substring(0, Math.min(prefix.length(), refusal(text).length())));
  }

  @Test
  void ofALongTextThePartAroundTheErrorIsShown() {
    assertTrue(
        refusal("c2s[0=\"" + "a".repeat(80) + "\"]:4+x").contains("aaa\"]:4+x\": character 93"));
  }

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> Field.parse(text)).getMessage();
  }

  @Test
  void aFieldOfNumbersIsCheckedAsOneOfTextIs() {
    Exception refused = assertThrows(
        IllegalArgumentException.class, () -> Field.of(Direction.C2S, Integer.MIN_VALUE, 1));
    assertEquals(
        "\"c2s:-2147483648+1\": no payload is longer than 2147483639 bytes", refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:2+3, 9, 2, 5, true",
    "c2s:2+3, 5, 2, 5, true",
    "c2s:2+3, 4, 4, 4, false",
    "c2s:2+3, 2, 2, 2, false",
    "c2s:2+3, 1, 1, 1, false",
    "c2s:2+3, 0, 0, 0, false",
    "c2s:-4+3, 9, 5, 8, true",
    "c2s:-4+3, 4, 0, 3, true",
    "c2s:-4+3, 3, 3, 3, false",
    "c2s:-4+3, 1, 1, 1, false",
    "c2s:-4+3, 0, 0, 0, false",
    "c2s:-4+4, 9, 5, 9, true",
    "c2s:2147483638+1, 9, 9, 9, false",
    "c2s:-2147483639+1, 9, 9, 9, false",
  })
  void aPayloadHasAllOfItOrNothing(String text, int length, int start, int end, boolean whole) {
    Field field = Field.parse(text);
    assertEquals(start, field.start(length));
    assertEquals(end, field.end(length));
    assertEquals(whole, field.isWhole(length));
  }

  @ParameterizedTest
  @CsvSource({
    "0102036c6f67, c2s[len=6]:3+2, 6c6f",
    "0102036c6f67, c2s[len=5]:3+2,",
    "0102036c6f67, c2s[1=0203]:-1+1, 67",
    "0102036c6f67, c2s[1=0302]:-1+1,",
    "0102036c6f67, c2s[1=0203]:5+2,",
  })
  void onlyFramesOfItsKindHaveTheField(String payload, String text, String value) {
    ByteBuffer bytes =
        ByteBuffer.wrap(HexFormat.of().parseHex("00" + payload), 1, 6).slice();
    ByteBuffer expected = value == null ? null : ByteBuffer.wrap(HexFormat.of().parseHex(value));
    assertEquals(expected, Field.parse(text).value(bytes));
    assertEquals(value != null, Field.parse(text).isIn(bytes));
  }

  @Test
  void aFieldOfAKindIsBuiltInCode() {
    Frames frames = Frames.of(Direction.C2S).with(0, "LOGR".getBytes(StandardCharsets.US_ASCII));
    assertEquals(Field.parse("c2s[0=\"LOGR\"]:31+16"), Field.of(frames, 31, 16));
    assertEquals("c2s[0=\"LOGR\"]:31+16", Field.of(frames, 31, 16).toString());
  }
}
