package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "c2s:4+4->s2c:0+4",
        "s2c:-8+4->c2s:2+4",
        "s2c[0=\"->\"]:4+4->c2s[len=9,0=00ff]:0+4",
        "c2s:4+digits->s2c:0+digits",
        "c2s:4+len8->s2c:0/len16+lenvar",
        "c2s:4+to\";\"->s2c:0+rest",
        "c2s:4+varint->s2c:0+varint",
        "c2s:4+255->s2c:0+len8",
        "c2s:4+256->s2c:0+rest",
      })
  void aCopyIsWrittenAsItWasRead(String text) {
    assertEquals(text, Copy.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {" c2s:4+4 -> s2c:0+4 ", "c2s:4+4->\ts2c:0+4"})
  void blanksAroundTheFieldsSayNothing(String text) {
    assertEquals("c2s:4+4->s2c:0+4", Copy.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "c2s:4+4 | \"c2s:4+4\": character 8: write -> and a field of the other direction here, such as"
            + " c2s:4+4->s2c:0+4",
        "c2s:4+4=>s2c:0+4 | \"c2s:4+4=>s2c:0+4\": character 8: write -> and a field of the other"
            + " direction here, such as c2s:4+4->s2c:0+4",
        "c2s:4+4->s2c:0+4->c2s:0+4 | \"c2s:4+4->s2c:0+4->c2s:0+4\": character 17: nothing may follow"
            + " the second field",
        "c2s:4+4-> | \"c2s:4+4->\": character 10: not a field; write the direction, the offset and the"
            + " length, such as c2s:4+2, or s2c:-8+4 to count from the payload's end",
        "c2s:4+4->c2s:0+4 | \"c2s:4+4->c2s:0+4\": a copy goes from one direction to the other",
        "c2s:4+4->s2c:0+2 | \"c2s:4+4->s2c:0+2\": the lengths 4 and 2 differ; a copy puts as many bytes"
            + " as it takes",
        "c2s:4+digits->s2c:0+2 | \"c2s:4+digits->s2c:0+2\": a value of digits may have any length,"
            + " and 2 bytes have only one; write the shape of the second field as well",
        "c2s:4+2->s2c:0+digits | \"c2s:4+2->s2c:0+digits\": digits cannot hold any 2 bytes; write the"
            + " shape of the first field as well",
        "c2s:4+256->s2c:0+len8 | \"c2s:4+256->s2c:0+len8\": len8 cannot hold any 256 bytes; write the"
            + " shape of the first field as well",
        "c2s:4+varint->s2c:0+len8 | \"c2s:4+varint->s2c:0+len8\": a varint can be copied to a varint"
            + " only",
        "c2s:4+0->s2c:0+0 | \"c2s:4+0->s2c:0+0\": character 7: the length must be 1 or more",
      })
  void whatIsNotACopyIsRefused(String text, String message) {
    Exception refused = assertThrows(IllegalArgumentException.class, () -> Copy.parse(text));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void aCopyMayGoAcrossConnections() {
    Copy copy = Copy.parse(" c2s:4+4 -> s2c:0+4  across ");
    assertTrue(copy.isAcrossConnections());
    assertEquals("c2s:4+4->s2c:0+4 across", copy.toString());
    assertEquals(copy, Copy.parse("c2s:4+4->s2c:0+4").acrossConnections());
    assertNotEquals(copy, Copy.parse("c2s:4+4->s2c:0+4"));
    Exception refused = assertThrows(
        IllegalArgumentException.class, () -> Copy.parse("c2s:4+4->s2c:0+4 across all"));
    assertEquals(
        "\"c2s:4+4->s2c:0+4 across all\": character 25: nothing may follow the word across",
        refused.getMessage());
  }
}
