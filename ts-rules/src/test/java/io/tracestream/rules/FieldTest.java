package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.recording.Direction;
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
        "s2c:-2147483639+2147483639"
      })
  void aFieldIsWrittenAsItWasRead(String text) {
    assertEquals(text, Field.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c2s",
        "c2s:",
        "c2s:4",
        "c2s:4+",
        "c2s:+2",
        "c2s:4-2",
        "c2s:4+-2",
        "c2s:--4+2",
        "c2s:0x4+2",
        "c2s: 4+2",
        " c2s:4+2",
        "c2s:4+2 ",
        "C2S:4+2",
        "x2s:4+2",
        "c2s:4+2,6+2",
        "c2s:99999999999+1"
      })
  void whatHasAnotherShapeIsRefused(String text) {
    assertEquals(
        "\"" + text + "\": not a field; write direction, offset and length, such as c2s:4+2, or"
            + " s2c:-8+4 to count from the payload's end",
        refusal(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c2s:4+0 | the length must be 1 or more",
        "c2s:-4+0 | the length must be 1 or more",
        "c2s:-4+5 | it goes beyond the payload's end; the length may be at most 4 here",
        "c2s:-1+2 | it goes beyond the payload's end; the length may be at most 1 here",
        "c2s:1+2147483639 | no payload is longer than 2147483639 bytes",
        "c2s:2147483639+1 | no payload is longer than 2147483639 bytes",
        "c2s:2147483640+1 | no payload is longer than 2147483639 bytes",
        "c2s:0+2147483648 | no payload is longer than 2147483639 bytes",
        "c2s:9999999999+9999999999 | no payload is longer than 2147483639 bytes",
        "c2s:-2147483640+1 | no payload is longer than 2147483639 bytes",
        "c2s:-0+1 | no byte follows the payload's end; -1 is the last byte",
      })
  void numbersThatNoPayloadHasAreRefused(String text, String why) {
    assertEquals("\"" + text + "\": " + why, refusal(text));
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
}
