package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
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
  void aLongPayloadCanBeWrittenRowByRow() {
    byte[] payload = bytes("0123456789abcdefghij");
    assertEquals(
        HexRows.of("hex", payload, 18),
        HexRows.row("hex", payload, 0, 18) + HexRows.row("hex", payload, HexRows.next(0), 18));
    assertEquals(Integer.MAX_VALUE, HexRows.next(Integer.MAX_VALUE - 1));
  }

  @Test
  void aPayloadAloneLooksAsItDoesBesideAnother() {
    byte[] payload = "plain\n, Zo\u00eb, \u6f22\u5b57, \ud83d\ude00, \u05d0, e\u0301 \u0000\u00ff  "
        .repeat(3)
        .getBytes(StandardCharsets.UTF_8);
    payload[20] = (byte) 0xe6; // a character that is cut
    String pairs = rows.of(payload, payload, 0, payload.length, ALL);
    String alone = HexRows.of("expected", payload, payload.length);
    assertEquals(
        pairs.lines().filter(line -> line.startsWith("expected")).toList(),
        alone.lines().toList());
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
  void theShorterSideHasAGapSoThatWhatFollowsStandsInTheSameColumns() {
    assertEquals("""
        expected         0  61 62       63 64 65 66                          ab  cdef
        found            0  61 62 58 59 63 64 65 66                          abXYcdef
                                  ^^ ^^                                        ^^
        """, rows.of(bytes("abcdef"), bytes("abXYcdef"), 2, 16, ALL));
    assertEquals("""
        expected         0  61 62 63 64 65 66                                abcdef
        found            0  61 62    64 65 66                                ab def
                                  ^^                                           ^
        """, rows.of(bytes("abcdef"), bytes("abdef"), 2, 16, ALL));
  }

  @Test
  void afterAGapEachSideHasItsOwnOffsets() {
    String text = "0123456789abcdefghijklmnopqrstuvwxyz";
    assertEquals("""
        expected         0  30 31    32 33 34 35 36 37 38 39 61 62 63 64 65  01 23456789abcde
        found            0  30 31 58 32 33 34 35 36 37 38 39 61 62 63 64 65  01X23456789abcde
                                  ^^                                           ^
        expected        15  66 67 68                                         fgh
        found           16  66 67 68                                         fgh
        """, rows.of(bytes(text), bytes("01X" + text.substring(2)), 2, 16, ALL));
  }

  @Test
  void bytesAfterTheChangeThatAreNotComparedAreMarkedWhereTheyAre() {
    assertEquals("""
        expected         0  61 62       63 31 32                             ab  c12
        found            0  61 62 58 59 63 33 34                             abXYc34
                                  ^^ ^^    ~~ ~~                               ^^ ~~
        """, rows.of(bytes("abc12"), bytes("abXYc34"), 2, 16, at -> at < 3));
  }

  @Test
  void textIsUtf8AndACharacterStandsBelowItsFirstByte() {
    byte[] one = "caf\u00e9 \u4f60!".getBytes(StandardCharsets.UTF_8);
    byte[] other = "caf\u00e8 \u4f60!".getBytes(StandardCharsets.UTF_8);
    assertEquals("""
        expected         0  63 61 66 c3 a9 20 e4 bd a0 21                    caf\u00e9  \u4f60 !
        found            0  63 61 66 c3 a8 20 e4 bd a0 21                    caf\u00e8  \u4f60 !
                                        ^^                                       ^
        """, rows.of(one, other, 4, 16, ALL));
  }

  @Test
  void bytesThatAreNotWholeOrNotHarmlessCharactersAreDots() {
    for (String hex : new String[] {"c3", "c341", "c0af", "eda080", "e280ae", "efbbbf", "d790"}) {
      byte[] payload = HexFormat.of().parseHex(hex);
      String row = HexRows.of("a", payload, 16);
      assertEquals(
          ".".repeat(payload.length).replaceFirst("\\.$", hex.endsWith("41") ? "A" : "."),
          row.substring(row.lastIndexOf(' ') + 1).strip(),
          hex);
    }
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
