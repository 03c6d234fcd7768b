package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.recording.Direction;
import io.tracestream.testing.RandomSeeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparerTest {
  private static Rules ignoring(String... fields) {
    return Rules.of(Stream.of(fields).map(field -> "ignore " + field).toArray(String[]::new));
  }

  private static int difference(Rules rules, String expected, String found) {
    HexFormat hex = HexFormat.of();
    return new Comparer(rules, Direction.C2S)
        .difference(ByteBuffer.wrap(hex.parseHex(expected)), ByteBuffer.wrap(hex.parseHex(found)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', -1",
    "'', 61, 0",
    "61, '', 0",
    "6162, 6162, -1",
    "6162, 6163, 1",
    "6162, 61, 1",
    "61, 6162, 1",
  })
  void withoutRulesEveryByteCounts(String expected, String found, int at) {
    assertEquals(at, difference(Rules.NONE, expected, found));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:1+2, 00112233, 00aabb33, -1",
    "c2s:1+2, 00112233, 00aabb44, 3",
    "c2s:1+2, 00112233, 99aabb33, 0",
    "c2s:1+2, 00112233, 00aabb, 3",
    "c2s:1+2, 001122, 00aabb33, 3",
    "c2s:1+2, 0011, 00aa, 1",
    "c2s:1+2, 00, 00, -1",
    "c2s:1+2, 00, 01, 0",
    "c2s:1+9, 00112233, 00aabbcc, 1",
    "c2s:9+1, 00112233, 00112244, 3",
    "s2c:1+2, 00112233, 00aabb33, 1",
    "c2s:-2+1, 00112233, 0011aa33, -1",
    "c2s:-2+1, 001122, 00aa22, -1",
    "c2s:-2+1, 1122, aa22, -1",
    "c2s:-2+1, 22, aa, 0",
    "c2s:-2+2, 22, aa, 0",
    "c2s:-2+1, 00112233, 001122aa, 3",
    "c2s:-2+2, 00112233, 0011aa, 3",
  })
  void bytesOfAFieldMayVaryButNoOthersAndNoLength(
      String field, String expected, String found, int at) {
    assertEquals(at, difference(ignoring(field), expected, found));
  }

  @Test
  void fieldsMayTouchAndOverlapInAnyOrder() {
    Rules rules = ignoring("c2s:4+2", "c2s:0+3", "c2s:2+2", "c2s:-1+1");
    assertEquals(-1, difference(rules, "0011223344556677", "aabbccddeeff66ff"));
    assertEquals(6, difference(rules, "0011223344556677", "aabbccddeeffaaff"));
  }

  @Test
  void whatIsCopiedFromIsNotComparedAndWhatIsCopiedToIs() {
    Rules rules = Rules.of("copy c2s:0+1->s2c:0+1", "copy s2c:1+1->c2s:1+1");
    assertEquals(-1, difference(rules, "0011", "aa11"));
    assertEquals(1, difference(rules, "0011", "aaaa"));
  }

  @ParameterizedTest
  @RandomSeeds(500)
  void anyPayloadsAndFieldsAreComparedAsByteForByte(long seed) {
    Random random = new Random(seed);
    List<Field> fields = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      fields.add(anyField(random));
    }
    byte[] expected = anyBytes(random, random.nextInt(20));
    byte[] found = random.nextBoolean()
        ? anyBytes(random, expected.length)
        : anyBytes(random, random.nextInt(20));
    Comparer comparer = new Comparer(
        fields.stream().reduce(Rules.NONE, Rules::ignoring, Rules::plus), Direction.C2S);
    assertEquals(
        slowDifference(fields, expected, found),
        comparer.difference(ByteBuffer.wrap(expected), ByteBuffer.wrap(found)),
        () -> fields + " " + HexFormat.of().formatHex(expected) + " "
            + HexFormat.of().formatHex(found));
  }

  @ParameterizedTest
  @RandomSeeds(500)
  void payloadsThatDifferOnlyInNamedBytesAreAlikeAndHaveOneHash(long seed) {
    Random random = new Random(seed);
    List<Field> named = new ArrayList<>();
    Rules rules = Rules.NONE;
    for (int i = random.nextInt(5); i > 0; i--) {
      Field field = anyField(random);
      Direction other = Direction.values()[1 - field.direction().ordinal()];
      Field like = Field.of(other, field.offset(), field.length());
      int kind = random.nextInt(3);
      rules = switch (kind) {
        case 0 -> rules.ignoring(field);
        case 1 -> rules.copying(Copy.of(field, like));
        default -> rules.copying(Copy.of(like, field));
      };
      named.add(field);
      if (kind > 0) {
        named.add(like);
      }
    }
    Comparer comparer = new Comparer(rules, Direction.C2S);
    byte[] one = anyBytes(random, random.nextInt(40));
    byte[] other = one.clone();
    for (int i = random.nextInt(3); i > 0 && one.length > 0; i--) {
      other[random.nextInt(one.length)]++;
    }
    ByteBuffer direct =
        ByteBuffer.allocateDirect(one.length + 3).position(3).put(other).position(3);
    boolean alike = slowDifference(named, one, other) < 0;
    assertEquals(alike, comparer.areAlike(ByteBuffer.wrap(one), direct));
    assertEquals(alike, comparer.hash(ByteBuffer.wrap(one)) == comparer.hash(direct));
    assertEquals(3, direct.position(), "it is set back");
  }

  private static Field anyField(Random random) {
    int length = 1 + random.nextInt(6);
    int offset = random.nextBoolean() ? random.nextInt(20) : -length - random.nextInt(20);
    return Field.of(random.nextInt(4) == 0 ? Direction.S2C : Direction.C2S, offset, length);
  }

  private static byte[] anyBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(4) / 3);
    }
    return bytes;
  }

  private static int slowDifference(List<Field> fields, byte[] expected, byte[] found) {
    int common = Math.min(expected.length, found.length);
    for (int at = 0; at < common; at++) {
      if (expected[at] != found[at] && !isOpen(fields, at, expected.length)) {
        return at;
      }
    }
    return expected.length == found.length ? -1 : common;
  }

  private static boolean isOpen(List<Field> fields, int at, int length) {
    return fields.stream().filter(field -> field.direction() == Direction.C2S).anyMatch(field -> {
      int start = field.offset() < 0 ? length + field.offset() : field.offset();
      boolean whole = start >= 0 && start + field.length() <= length;
      return whole && at >= start && at < start + field.length();
    });
  }
}
