package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplacementTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Replacement between(String before, String after) {
    return Replacement.between(bytes(before), bytes(after), at -> true);
  }

  @ParameterizedTest
  @CsvSource({
    "abcdef, abXYcdef, 2 bytes inserted at payload byte 2",
    "abcdef, Xabcdef, 1 byte inserted at payload byte 0",
    "abcdef, abcdefX, 1 byte added at the end",
    "abcdef, abef, 2 bytes missing at payload byte 2",
    "abcdef, ab, 4 bytes missing at the end",
    "abcdef, abXef, 2 bytes at payload byte 2 replaced by 1",
    "abcdef, XYZ, 6 bytes at payload byte 0 replaced by 3",
    "id=9;, id=10;, 1 byte at payload byte 3 replaced by 2",
    "aa, aaa, 1 byte added at the end",
  })
  void itSaysWhatWasInsertedOrRemovedAndWhere(String before, String after, String words) {
    assertEquals(words, between(before, after).toString());
  }

  @Test
  void whatIsNotComparedCountsAsTheSameOnBothSidesOfTheChange() {
    Replacement change = Replacement.between(
        bytes("1ab2cd3"), bytes("7abX8cd9"), at -> at != 0 && at != 3 && at != 6);
    assertEquals("1 byte inserted at payload byte 4", change.toString());
  }

  @Test
  void equalPayloadsNeedNoReplacement() {
    Replacement change = between("abc", "abc");
    assertEquals(0, change.removed());
    assertEquals(0, change.inserted());
    assertEquals(3, change.offset());
  }
}
