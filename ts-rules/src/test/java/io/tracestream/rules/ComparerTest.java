package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.testing.RandomSeeds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

  @ParameterizedTest
  @CsvSource({
    "s2c:0+digits->c2s:0+digits, c2s:2+1, '9,a;', '10,a;', '10,b;', -1, 1",
    "s2c:0+digits->c2s:0+digits, c2s:2+1, '9,a;', '10,a;', '10,b.', 4, -1",
    "s2c:0+digits->c2s:0+digits, c2s:2+1, '9,a;', '10,a;', '11,b;', 1, -1",
    "s2c:0+digits->c2s:0+digits, c2s:2+1, '9,a;', '10,a;', '9,b;', 0, -1",
    "s2c:0+digits->c2s:0+digits, c2s:2+1, '10,a', '9,a', '9,b', 2, -1",
    "s2c:0+digits->c2s:0+digits, c2s:2+digits, '9,5;', '10,5;', '10,600;', -1, 3",
    "s2c:0+digits->c2s:2+digits, c2s:0+digits, '5,9;', '5,10;', '600,10;', -1, 3",
    "s2c:0+digits->c2s:2+digits, c2s:0+digits, '5,9;', '5,10;', '600,9;', 4, -1",
    "s2c:0+digits->c2s:2+digits, c2s:0+6, '5,9;bc', '5,10;bc', 'x,10;yz', -1, 7",
    "s2c:0+digits->c2s:0+digits, c2s:-1+1, '9,a', '10,a', '10,b', -1, 1",
  })
  void fieldsMoveWithALiveValueOfAnotherLength(
      String copy,
      String ignored,
      String recorded,
      String expected,
      String found,
      int at,
      int open) {
    Comparer comparer = new Comparer(Rules.of("copy " + copy, "ignore " + ignored), Direction.C2S);
    ByteBuffer before = ByteBuffer.wrap(recorded.getBytes(StandardCharsets.ISO_8859_1));
    ByteBuffer live = ByteBuffer.wrap(expected.getBytes(StandardCharsets.ISO_8859_1));
    ByteBuffer came = ByteBuffer.wrap(found.getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(at, comparer.difference(before, live, came));
    if (at < 0) {
      assertEquals(open, comparer.openBytes(before, live, came));
      assertEquals(comparer.hash(before), comparer.hash(came));
      assertEquals(comparer.liveHash(live), comparer.liveHash(came));
    }
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
    IntPredicate compared = comparer.compared(first, first, direct);
    int left = 0;
    for (int at = 0; at < one.length; at++) {
      boolean isOpen = slowIsOpen(open, at, one, other);
      assertEquals(!isOpen, compared.test(at), what);
      left += isOpen ? 1 : 0;
    }
    assertEquals(left, comparer.openBytes(first, first, direct), what);
    assertEquals(3, direct.position(), "it is set back");
  }

  @Test
  void aLengthIsNotMistakenForThePlaceOfTheFirstByte() {
    Comparer comparer = new Comparer(Rules.of("ignore c2s[-3=00]:-7+4"), Direction.C2S);
    ByteBuffer three = ByteBuffer.wrap(new byte[3]);
    ByteBuffer seven = ByteBuffer.wrap(new byte[7]);
    assertTrue(comparer.isExact());
    assertNotEquals(comparer.hash(three), comparer.hash(seven));
    assertNotEquals(comparer.liveHash(three), comparer.liveHash(seven));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c2s:2+digits | id9;x | id10;x | -1",
        "c2s:2+digits | id10;x | id9;x | -1",
        "c2s:2+digits | id9;x | id10;y | 5",
        "c2s:2+digits | id9;x | id;x | 2",
        "c2s:2+digits | id9;x | ie10;x | 1",
        "c2s:2+digits | id9;x | id10;xx | 6",
        "c2s:2+digits | id9;x | id10; | 5",
        "c2s:2+digits | id9;x | id | 2",
        "c2s:2/digits/1+1 | id9;xz | id9;yz | -1",
        "c2s:2/digits/1+1 | id9;xz | id9;yy | 5",
        "c2s:2/digits/1+1 | id9;xz | id8;xz | 2",
        "c2s:1+to\";\" | <abc;z | <;z | -1",
        "c2s:1+to\";\" | <;z | <abcd;z | -1",
        "c2s:1+to=3b | <ab;z | <ab | 1",
        "c2s:1+to\";\" | <ab;z | <ab;;z | 4",
        "c2s:1+rest | <ab | < | -1",
        "c2s:1+rest | < | <ab | -1",
        "c2s:1+rest | <ab | >b | 0",
        "c2s[0=\"id\"]:2+digits | id9;x | id10;x | -1",
        "c2s[0=\"ix\"]:2+digits | id9;x | id10;x | 2",
      })
  void aFieldWhoseLengthVariesMovesWhatFollows(
      String field, String expected, String found, int at) {
    assertEquals(
        at,
        new Comparer(ignoring(field), Direction.C2S)
            .difference(
                ByteBuffer.wrap(expected.getBytes(StandardCharsets.US_ASCII)),
                ByteBuffer.wrap(found.getBytes(StandardCharsets.US_ASCII))));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:0+len8, 0261627a, 03ffffff7a, -1",
    "c2s:0+len8, 0261627a, 007a, -1",
    "c2s:0+len8, 0261627a, 0561627a, 0",
    "c2s:0+len16, 000261627a, 0001ff7a, -1",
    "c2s:0+len16le, 020061627a, 0100ff7a, -1",
    "c2s:0+len32, 000000017a00, 000000027a7a00, -1",
    "c2s:0+len32le, 010000007a00, 020000007a7a00, -1",
    "c2s:0+len32, 000000017a00, ffffffff7a7a00, 0",
    "c2s:0+lenvar, 017a00, 020a0b00, -1",
    "c2s:0+lenvar, 017a00, ffffffffffffffffff7f00, 0",
    "c2s:1+varint, 007f05, 00ac0205, -1",
    "c2s:1+varint, 007f05, 00ac0206, 3",
    "c2s:1+varint, 007f05, 00acac, 1",
    "c2s:0/len8/1+len8, 01aa0501bb, 01aa0502cccc, -1",
    "c2s:0/len8/1+len8, 01aa0501bb, 01ab0502cccc, 1",
    "c2s:0/len8/1+len8, 01aa0501bb, 01aa0602cccc, 2",
  })
  void bytesAfterTheirOwnLengthAndVarintsMayGrow(
      String field, String expected, String found, int at) {
    assertEquals(at, difference(ignoring(field), expected, found));
  }

  @Test
  void offsetsAreThoseOfTheRecordedPayloadAndMoveInTheLiveOne() {
    Rules rules = ignoring("c2s:1+len8", "c2s:4+1", "c2s:-1+1");
    assertEquals(-1, difference(rules, "0001aa05060709", "0003aaaaaa050607ff"));
    assertEquals(-1, difference(rules, "0001aa05060709", "0003aaaaaa05ff07ff"));
    assertEquals(5, difference(rules, "0001aa05060709", "0003aaaaaa040607ff"));
    assertEquals(7, difference(rules, "0001aa05060709", "0003aaaaaa0506ff09"));
  }

  private static final String[] SHAPES = {
    "digits", "len8", "len16", "len16le", "lenvar", "varint", "to=01", "rest", "1", "2"
  };

  /** Payloads that are made together: parts that are compared, and fields between them. */
  @ParameterizedTest
  @RandomSeeds(1000)
  void payloadsMadeFromTheSameCompareAsTheirParts(long seed) {
    Random random = new Random(seed);
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    Rules rules = Rules.NONE;
    String place = "0";
    int wrong = -1;
    for (int i = 1 + random.nextInt(4); i > 0 && !place.endsWith("rest"); i--) {
      byte[] same = new byte[1 + random.nextInt(3)];
      Arrays.fill(same, (byte) 'x');
      one.writeBytes(same);
      place += "/" + same.length;
      if (wrong < 0 && random.nextInt(6) == 0) {
        int at = random.nextInt(same.length);
        wrong = other.size() + at;
        same[at] = 'y';
      }
      other.writeBytes(same);
      String shape = SHAPES[random.nextInt(SHAPES.length)];
      one.writeBytes(anyOf(shape, random));
      other.writeBytes(anyOf(shape, random));
      rules = rules.ignoring(Field.parse("c2s:" + place + "+" + shape));
      place += "/" + shape;
      if (shape.equals("to=01")) {
        one.write(1);
        other.write(1);
        place += "/1";
      }
    }
    Comparer comparer = new Comparer(rules, Direction.C2S);
    ByteBuffer first = ByteBuffer.wrap(one.toByteArray());
    ByteBuffer second = ByteBuffer.wrap(other.toByteArray());
    String what = rules + " " + HexFormat.of().formatHex(one.toByteArray()) + " "
        + HexFormat.of().formatHex(other.toByteArray());
    assertEquals(wrong, comparer.difference(first, second), what);
    assertEquals(wrong < 0, comparer.areAlike(first, second), what);
    if (wrong < 0) {
      assertEquals(comparer.hash(first), comparer.hash(second), what);
      assertEquals(comparer.liveHash(first), comparer.liveHash(second), what);
    }
  }

  private static byte[] anyOf(String shape, Random random) {
    byte[] content = new byte[random.nextInt(5)];
    Arrays.fill(content, (byte) 'c');
    int length = content.length;
    ByteBuffer bytes = ByteBuffer.allocate(20);
    switch (shape) {
      case "digits" ->
        bytes.put(String.valueOf(random.nextInt(2000)).getBytes(StandardCharsets.US_ASCII));
      case "len8", "lenvar" -> bytes.put((byte) length).put(content);
      case "len16" -> bytes.putShort((short) length).put(content);
      case "len16le" -> bytes.put((byte) length).put((byte) 0).put(content);
      case "varint" -> {
        for (int i = random.nextInt(3); i > 0; i--) {
          bytes.put((byte) 0x85);
        }
        bytes.put((byte) 5);
      }
      case "1" -> bytes.put((byte) random.nextInt(256));
      case "2" -> bytes.putShort((short) random.nextInt(65536));
      default -> bytes.put(content);
    }
    byte[] made = new byte[bytes.position()];
    bytes.flip().get(made);
    return made;
  }
}
