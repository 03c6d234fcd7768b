package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.recording.Direction;
import io.tracestream.testing.RandomSeeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
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
  @CsvSource({
    "c2s[0=01]:2+2, 01002233, 0100ffff, -1",
    "c2s[0=01]:2+2, 02002233, 0200ffff, 2",
    "c2s[len=4]:2+2, 01002233, 0100ffff, -1",
    "c2s[len=5]:2+2, 01002233, 0100ffff, 2",
    "c2s[2=2233]:2+2, 01002233, 0100ffff, 2",
    "c2s[2=ffff]:2+2, 01002233, 0100ffff, 2",
    "s2c[0=01]:2+2, 01002233, 0100ffff, 2",
  })
  void aFieldOfAKindIsOpenOnlyWhereBothFramesAreOfIt(
      String field, String expected, String found, int at) {
    assertEquals(at, difference(ignoring(field), expected, found));
  }

  @Test
  void theKindIsThatOfThePayloadAsItWasRecorded() {
    HexFormat hex = HexFormat.of();
    Comparer comparer =
        new Comparer(Rules.of("copy s2c:0+1->c2s:0+1", "ignore c2s[0=01]:2+1"), Direction.C2S);
    ByteBuffer recorded = ByteBuffer.wrap(hex.parseHex("020000"));
    ByteBuffer rewritten = ByteBuffer.wrap(hex.parseHex("010000"));
    ByteBuffer found = ByteBuffer.wrap(hex.parseHex("010005"));
    assertEquals(2, comparer.difference(recorded, rewritten, found));
    assertEquals(-1, comparer.difference(rewritten, rewritten, found));
  }

  /** A rule about bytes of c2s payloads; {@code to} where a live value goes into them. */
  private record Named(Field field, boolean isTarget) {
    boolean isIn(byte[] payload) {
      return field.direction() == Direction.C2S && slowMatches(field.frames(), payload);
    }
  }

  @ParameterizedTest
  @RandomSeeds(1000)
  void anyPayloadsAreComparedAndHashedAsTheSlowWayDoes(long seed) {
    Random random = new Random(seed);
    List<Named> named = new ArrayList<>();
    Rules rules = Rules.NONE;
    for (int i = random.nextInt(6); i > 0; i--) {
      Field field = anyField(random);
      Field like = Field.of(field.direction().opposite(), field.offset(), field.length());
      switch (random.nextInt(3)) {
        case 0 -> {
          rules = rules.ignoring(field);
          named.add(new Named(field, false));
        }
        case 1 -> {
          rules = rules.copying(Copy.of(field, like));
          named.add(new Named(field, false));
          named.add(new Named(like, true));
        }
        default -> {
          rules = rules.copying(Copy.of(like, field));
          named.add(new Named(like, false));
          named.add(new Named(field, true));
        }
      }
    }
    Comparer comparer = new Comparer(rules, Direction.C2S);
    byte[] one = anyBytes(random, random.nextInt(14));
    byte[] other = random.nextInt(4) == 0 ? anyBytes(random, random.nextInt(14)) : one.clone();
    for (int i = random.nextInt(4); i > 0 && other.length > 0; i--) {
      other[random.nextInt(other.length)] ^= 1;
    }
    ByteBuffer direct =
        ByteBuffer.allocateDirect(other.length + 3).position(3).put(other).position(3);
    ByteBuffer first = ByteBuffer.wrap(one);
    String what =
        rules + " " + HexFormat.of().formatHex(one) + " " + HexFormat.of().formatHex(other);
    List<Named> open = named.stream().filter(name -> !name.isTarget).toList();
    int difference = slowDifference(open, one, other);
    boolean alike = slowDifference(named, one, other) < 0;
    assertEquals(difference, comparer.difference(first, direct), what);
    assertEquals(alike, comparer.areAlike(first, direct), what);
    if (alike || comparer.isExact()) {
      assertEquals(alike, comparer.hash(first) == comparer.hash(direct), what);
    }
    if (difference < 0 || comparer.isExact()) {
      assertEquals(difference < 0, comparer.liveHash(first) == comparer.liveHash(direct), what);
    }
    IntPredicate compared = comparer.compared(first, direct);
    int left = 0;
    for (int at = 0; at < one.length; at++) {
      boolean isOpen = slowIsOpen(open, at, one, other);
      assertEquals(!isOpen, compared.test(at), what);
      left += isOpen ? 1 : 0;
    }
    assertEquals(left, comparer.openBytes(first, direct), what);
    assertEquals(3, direct.position(), "it is set back");
  }

  private static Field anyField(Random random) {
    int length = 1 + random.nextInt(5);
    int offset = random.nextBoolean() ? random.nextInt(10) : -length - random.nextInt(10);
    Frames frames = Frames.of(random.nextInt(4) == 0 ? Direction.S2C : Direction.C2S);
    for (int i = random.nextInt(3); i > 0; i--) {
      byte[] bytes = anyBytes(random, 1 + random.nextInt(2));
      frames =
          frames.with(random.nextBoolean() ? random.nextInt(4) : -2 - random.nextInt(3), bytes);
    }
    return Field.of(
        random.nextInt(5) == 0 ? frames.withLength(random.nextInt(14)) : frames, offset, length);
  }

  private static byte[] anyBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(4) / 3);
    }
    return bytes;
  }

  private static int slowDifference(List<Named> open, byte[] expected, byte[] found) {
    int common = Math.min(expected.length, found.length);
    for (int at = 0; at < common; at++) {
      if (expected[at] != found[at] && !slowIsOpen(open, at, expected, found)) {
        return at;
      }
    }
    return expected.length == found.length ? -1 : common;
  }

  private static boolean slowIsOpen(List<Named> open, int at, byte[] payload, byte[] other) {
    int length = payload.length;
    return open.stream().filter(name -> name.isIn(payload) && name.isIn(other)).anyMatch(name -> {
      Field field = name.field;
      int start = field.offset() < 0 ? length + field.offset() : field.offset();
      boolean whole = start >= 0 && start + field.length() <= length;
      return whole && at >= start && at < start + field.length();
    });
  }

  /** By the text of the kind. */
  private static boolean slowMatches(Frames frames, byte[] payload) {
    String text = frames.toString();
    String[] conditions =
        text.length() > 3 ? text.substring(4, text.length() - 1).split(",") : new String[0];
    for (String condition : conditions) {
      String[] sides = condition.split("=");
      if (sides[0].equals("len")) {
        if (payload.length != Integer.parseInt(sides[1])) {
          return false;
        }
      } else {
        int offset = Integer.parseInt(sides[0]);
        int start = offset < 0 ? payload.length + offset : offset;
        int end = start + sides[1].length() / 2;
        if (start < 0
            || end > payload.length
            || !HexFormat.of().formatHex(payload, start, end).equals(sides[1])) {
          return false;
        }
      }
    }
    return true;
  }
}
