package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class HexRowsTest {
  private static final IntPredicate ALL = at -> true;

  private final HexRows rows = new HexRows("expected", "found", false);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void bytesThatDifferAreMarkedInBothColumns() {
    assertEquals("""
        expected         0  31 5f 68 65 6c 6c 6f                             1_hello
        found            0  31 5f 6a 65 6c 6c 6f                             1_jello
                                  ^^                                           ^
        """, rows.of(bytes("1_hello"), bytes("1_jello"), 2, 16, ALL));
  }

  @Test
  void bytesThatAreNotComparedAreMarkedOtherwiseWhetherTheyDifferOrNot() {
    assertEquals("""
        expected         0  31 5f 68 65 6c 6c 6f                             1_hello
        found            0  32 5f 6a 65 6c 6c                                2_jell
                            ~~ ~~ ^^          ^^                             ~~^   ^
        """, rows.of(bytes("1_hello"), bytes("2_jell"), 2, 16, at -> at > 1));
  }

  @Test
  void onlyTheBytesAroundThePlaceAreShown() {
    byte[] expected = bytes("0123456789abcdefghijklmnopqrstuvwxyz");
    byte[] found = bytes("0123456789abcdefghiJklmnopqrstuvwxyz");
    assertEquals("""
        expected         0                                               66                 f
        found            0                                               66                 f
        expected        16  67 68 69 6a 6b 6c 6d 6e                          ghijklmn
        found           16  67 68 69 4a 6b 6c 6d 6e                          ghiJklmn
                                     ^^                                         ^
        """, rows.of(expected, found, 19, 4, ALL));
  }

  @Test
  void bytesThatAreNoTextAreDots() {
    assertEquals("""
        expected         0  00 7e 7f ff                                      .~..
        found            0
                            ^^ ^^ ^^ ^^                                      ^^^^
        """, rows.of(bytes("\0~\u007f\u00ff"), new byte[0], 0, 8, ALL));
  }

  @Test
  void aPayloadAloneHasNoMarks() {
    assertEquals("""
        added         0  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef
        added        16  67 68                                            gh
        """, HexRows.of("added", bytes("0123456789abcdefghijk"), 18));
  }

  @Test
  void nothingIsShownOfTwoEmptyPayloads() {
    assertEquals("", rows.of(new byte[0], new byte[0], 0, Integer.MAX_VALUE, ALL));
  }

  @Test
  void bytesThatDifferAreRedOnWish() {
    String lines = new HexRows("A", "B", true).of(bytes("ab"), bytes("ac"), 1, 1, ALL);
    assertTrue(
        lines.startsWith("A         0  61 \u001b[31m62\u001b[0m " + "  ".repeat(21)
            + " a\u001b[31mb\u001b[0m\n"),
        lines);
  }
}
