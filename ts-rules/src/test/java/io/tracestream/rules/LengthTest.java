package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.testing.RandomSeeds;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that count bytes, and follow where these get longer or shorter. */
class LengthTest {
  private static final Direction C2S = Direction.C2S;
  private static final Direction S2C = Direction.S2C;
  private static final List<String> NUMBERS =
      List.of("u8", "u16", "u16le", "u32", "u32le", "varint", "digits");

  private static ByteBuffer hex(String payload) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(payload.replace(" ", "")));
  }

  private static int difference(Rules rules, String recorded, String found) {
    return new Comparer(rules, C2S).difference(hex(recorded), hex(found));
  }

  private static String live(Rules rules, String request, String liveRequest, String reply)
      throws RulesException {
    LiveValues values = new LiveValues(rules);
    values.passed(1, C2S, hex(request), hex(liveRequest));
    return HexFormat.of().formatHex(values.live(2, S2C, hex(reply)).array());
  }

  private static Rules ignoringDigits(String length) {
    return Rules.of("ignore c2s:3+digits", "length " + length);
  }

  // What is written.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "length c2s:2+u8",
        "length s2c:-4+u16",
        "length c2s[0=0003]:2+u32",
        "length c2s:2/len8/1+u16le",
        "length s2c:0+u32le",
        "length c2s:4+varint",
        "length c2s:4+digits"
      })
  void aLengthIsReadAndWritten(String text) {
    assertEquals(text + "\n", Rules.of(text).toString());
    assertEquals(Rules.of(text), Rules.NONE.plus(Rules.of("--" + text)));
    assertNotEquals(Rules.of(text), Rules.NONE);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      length c2s:2+2     | "c2s:2+2": character 7: not a number; write u8, u16, u32, u16le, u32le, \
      varint or digits, such as c2s:2+u16
      length c2s:2+len16 | "c2s:2+len16": character 7: not a number; write u8, u16, u32, u16le, \
      u32le, varint or digits, such as c2s:2+u16
      length c2s:2+u64   | "c2s:2+u64": character 7: not a number; write u8, u16, u32, u16le, \
      u32le, varint or digits, such as c2s:2+u16
      length c2s:2+u8x   | "c2s:2+u8x": character 9: nothing may follow the field
      ignore c2s:2+u16le | "c2s:2+u16le": character 7: u16le is for a length only; write 2
      ignore c2s:2/u8+1  | "c2s:2/u8+1": character 7: u8 is for a length only; write 1
      """)
  void whatIsNotALengthIsRefused(String text, String why) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> Rules.of(text));
    assertEquals(why, e.getMessage());
  }

  @Test
  void aFieldThatIsNoNumberCannotFollow() {
    Exception e = assertThrows(
        IllegalArgumentException.class, () -> Rules.NONE.following(Field.parse("c2s:2+2")));
    assertEquals(
        "\"c2s:2+2\": not a number; a length is written such as c2s:2+u16", e.getMessage());
  }

  // What is compared.

  @Test
  void aNumberIsAsMuchLargerAsTheBytesThatItCountsAreLonger() {
    Rules rules = ignoringDigits("c2s:0+u16");
    assertEquals(-1, difference(rules, "0003 78 39 79", "0004 78 3130 79"));
    assertEquals(-1, difference(rules, "0004 78 3130 79", "0003 78 39 79"));
    assertEquals(-1, difference(rules, "0003 78 39 79", "0003 78 38 79"));
  }

  @Test
  void anyOtherNumberDiffers() {
    Rules rules = ignoringDigits("c2s:0+u16");
    assertEquals(1, difference(rules, "0003 78 39 79", "0003 78 3130 79"));
    assertEquals(1, difference(rules, "0003 78 39 79", "0005 78 3130 79"));
    assertEquals(0, difference(rules, "0003 78 39 79", "0104 78 3130 79"));
    assertEquals(1, difference(rules, "0003 78 39 79", "0004 78 38 79"));
  }

  @Test
  void aNumberDoesNotFollowBytesThatItDoesNotCount() {
    Rules rules = ignoringDigits("c2s:0+u16");
    assertEquals(-1, difference(rules, "0001 78 39 79", "0001 78 3130 79"));
    assertEquals(1, difference(rules, "0001 78 39 79", "0002 78 3130 79"));
  }

  @Test
  void aNumberThatCountsMoreThanThereIsCountsAllThatFollows() {
    Rules rules = ignoringDigits("c2s:0+u16");
    assertEquals(-1, difference(rules, "0005 78 39 79", "0006 78 3130 79"));
  }

  @Test
  void lengthsInsideOfLengthsFollowAllOfThem() {
    Rules rules = Rules.of("ignore c2s:3+digits", "length c2s:0+u16", "length c2s:2+u8");
    assertEquals(-1, difference(rules, "0003 01 39 79", "0004 02 3130 79"));
    assertEquals(2, difference(rules, "0003 01 39 79", "0004 01 3130 79"));
    assertEquals(1, difference(rules, "0003 01 39 79", "0003 02 3130 79"));
  }

  @Test
  void aLengthThatGetsLongerItselfIsCountedByOthers() {
    Rules rules =
        Rules.of("length c2s:0+u8", "length c2s:1+digits", "ignore c2s:1/digits/1+to\";\"");
    String nine = "0d" + "39" + "78" + "61".repeat(8) + "3b7a7a";
    String ten = "0f" + "3130" + "78" + "61".repeat(9) + "3b7a7a";
    assertEquals(-1, difference(rules, nine, ten));
    assertEquals(-1, difference(rules, ten, nine));
    assertEquals(0, difference(rules, nine, ten.replaceFirst("0f", "0e")));
  }

  @Test
  void zerosBeforeANumberAreKept() {
    Rules rules = Rules.of("length c2s:0+digits", "ignore c2s:0/digits/1+to\";\"");
    assertEquals(-1, difference(rules, "303033 78 61 3b", "303034 78 6161 3b"));
    assertEquals(0, difference(rules, "303033 78 61 3b", "34 78 6161 3b"));
    assertEquals(0, difference(rules, "33 78 61 3b", "303034 78 6161 3b"));
  }

  @Test
  void aNumberWithOpenBytesSaysNothing() {
    Rules rules = Rules.of("ignore c2s:3+digits", "length c2s:0+u16", "ignore c2s:1+1");
    assertEquals(-1, difference(rules, "0003 78 39 79", "00ff 78 3130 79"));
    assertEquals(0, difference(rules, "0003 78 39 79", "0104 78 3130 79"));
  }

  @Test
  void theSameLengthTwiceIsCheckedOnce() {
    Rules rules = Rules.of("ignore c2s:3+digits", "length c2s:0+u16", "length c2s[2=78]:0+u16");
    assertEquals(-1, difference(rules, "0003 78 39 79", "0004 78 3130 79"));
    assertEquals(1, difference(rules, "0003 78 39 79", "0005 78 3130 79"));
  }

  @Test
  void aLengthHoldsForItsKindOfFramesOnly() {
    Rules rules = Rules.of("ignore c2s:3+digits", "length c2s[2=78]:0+u16");
    assertEquals(-1, difference(rules, "0003 78 39 79", "0004 78 3130 79"));
    assertEquals(1, difference(rules, "0003 77 39 79", "0004 77 3130 79"));
  }

  @Test
  void aNumberIsNotOpen() {
    Comparer comparer = new Comparer(ignoringDigits("c2s:0+u16"), C2S);
    ByteBuffer recorded = hex("0003 78 39 79");
    ByteBuffer found = hex("0004 78 3130 79");
    assertEquals(2, comparer.openBytes(recorded, recorded, found));
    assertTrue(comparer.compared(recorded, recorded, found).test(1));
  }

  // What is sent.

  @Test
  void aNumberFollowsACopiedValue() throws Exception {
    Rules rules =
        Rules.of("copy c2s:0+len8->s2c:2+len8", "length s2c:0+u16", "length s2c:0/2/len8+u8");
    assertEquals(
        "0005" + "03626262" + "0174", live(rules, "0161", "03626262", "0003" + "0161" + "0174"));
  }

  @Test
  void thePictureInTheDocumentationIsRight() throws Exception {
    Rules rules = Rules.of("copy c2s:2+len8->s2c:3+len8", "length c2s:0+u16", "length s2c:0+u16");
    assertEquals("00064f036364654b", live(rules, "0003026162", "000403636465", "00054f0261624b"));
    assertEquals(-1, difference(rules, "0003026162", "000403636465"));
  }

  @Test
  void aNumberThatGetsDigitsMakesThePayloadLonger() throws Exception {
    Rules rules = Rules.of(
        "copy c2s:0+len8->s2c:1/digits/1+to\";\"", "length s2c:0+u8", "length s2c:1+digits");
    String nine = "0b" + "39" + "78" + "61".repeat(7) + "3b7a";
    String ten = "0d" + "3130" + "78" + "62".repeat(8) + "3b7a";
    assertEquals(ten, live(rules, "07" + "61".repeat(7), "08" + "62".repeat(8), nine));
  }

  @Test
  void aNumberThatDoesNotFitIsRefused() {
    Rules rules = Rules.of("copy c2s:0+rest->s2c:1+rest", "length s2c:0+u8");
    Exception e =
        assertThrows(RulesException.class, () -> live(rules, "61", "62".repeat(256), "0161"));
    assertEquals("length s2c:0+u8: the number becomes 256, and does not fit u8", e.getMessage());
  }

  @Test
  void aNumberThatIsCopiedItselfStaysAsItIs() throws Exception {
    Rules rules =
        Rules.of("copy c2s:0+1->s2c:0+1", "copy c2s:1+rest->s2c:1+rest", "length s2c:0+u8");
    assertEquals("05" + "6262", live(rules, "0161", "056262", "0161"));
  }

  @Test
  void aLengthThatNothingChangesIsUnused() {
    Rules rules = Rules.of("ignore c2s:3+2", "length c2s:0+u16", "length s2c:0+u16");
    RuleUse use = new RuleUse(rules, C2S);
    use.compared(hex("0003787979"), hex("0003787980"));
    assertEquals(List.of("length c2s:0+u16", "length s2c:0+u16"), use.unused());
    use = new RuleUse(ignoringDigits("c2s:0+u16"), C2S);
    use.compared(hex("0003783979"), hex("000478313079"));
    assertEquals(List.of(), use.unused());
  }

  // All of it.

  /** A reply with two lengths, one inside the other, digits that are open and a copied value. */
  private record Reply(String outer, String inner, int digits, int value) {
    byte[] bytes(char digit, byte copied) {
      return bytes(digit, copied, 0, 0);
    }

    /** With numbers that may be wrong. */
    byte[] bytes(char digit, byte copied, int innerError, int outerError) {
      String inside = "x" + String.valueOf(digit).repeat(digits) + "x";
      ByteArrayOutputStream counted = new ByteArrayOutputStream();
      counted.write('k');
      counted.writeBytes(number(inner, inside.length() + innerError));
      counted.writeBytes(inside.getBytes(StandardCharsets.US_ASCII));
      counted.write(value);
      for (int i = 0; i < value; i++) {
        counted.write(copied);
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write('A');
      all.writeBytes(number(outer, counted.size() + outerError));
      all.writeBytes(counted.toByteArray());
      all.write('t');
      return all.toByteArray();
    }

    /** Each of them may be for this kind of frame only. */
    Rules rules(Random random) {
      String toInner = ":1/" + step(outer) + "/1";
      String toDigits = toInner + "/" + step(inner) + "/1";
      return Rules.of(
          "length " + frames(random) + ":1+" + outer,
          "length " + frames(random) + toInner + "+" + inner,
          "ignore " + frames(random) + toDigits + "+digits",
          "copy c2s:0+len8->" + frames(random) + toDigits + "/digits/1+len8");
    }

    private static String frames(Random random) {
      return random.nextBoolean() ? "s2c" : random.nextBoolean() ? "s2c[0=41]" : "s2c[-1=74]";
    }

    private static String step(String number) {
      return number.startsWith("u")
          ? String.valueOf(Integer.parseInt(number.replaceAll("\\D", "")) / 8)
          : number;
    }

    private static byte[] number(String shape, int number) {
      ByteBuffer bytes = ByteBuffer.allocate(8);
      switch (shape) {
        case "u8" -> bytes.put((byte) number);
        case "u16" -> bytes.putShort((short) number);
        case "u16le" -> bytes.putShort(Short.reverseBytes((short) number));
        case "u32" -> bytes.putInt(number);
        case "u32le" -> bytes.putInt(Integer.reverseBytes(number));
        case "digits" -> bytes.put(String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
        default -> {
          if (number > 127) {
            bytes.put((byte) (number & 0x7f | 0x80));
          }
          bytes.put((byte) (number > 127 ? number >> 7 : number));
        }
      }
      byte[] all = new byte[bytes.position()];
      bytes.flip().get(all);
      return all;
    }
  }

  private static byte[] request(int value, byte content) {
    byte[] request = new byte[1 + value];
    Arrays.fill(request, content);
    request[0] = (byte) value;
    return request;
  }

  @ParameterizedTest
  @RandomSeeds(500)
  void anyReplyIsSentAndExpectedWithTheRightLengths(long seed) throws Exception {
    Random random = new Random(seed);
    String outer = NUMBERS.get(random.nextInt(NUMBERS.size()));
    String inner = NUMBERS.get(random.nextInt(NUMBERS.size()));
    Reply recordedReply = new Reply(outer, inner, 1 + random.nextInt(110), random.nextInt(110));
    Reply expectedReply = new Reply(outer, inner, recordedReply.digits, random.nextInt(110));
    Reply foundReply = new Reply(outer, inner, 1 + random.nextInt(110), expectedReply.value);
    Rules rules = recordedReply.rules(random);

    LiveValues values = new LiveValues(new RuleUse(rules, S2C));
    values.passed(
        1,
        C2S,
        ByteBuffer.wrap(request(recordedReply.value, (byte) 'a')),
        ByteBuffer.wrap(request(expectedReply.value, (byte) 'b')));
    ByteBuffer recorded = ByteBuffer.wrap(recordedReply.bytes('1', (byte) 'a'));
    ByteBuffer expected = values.live(2, S2C, recorded);
    assertEquals(ByteBuffer.wrap(expectedReply.bytes('1', (byte) 'b')), expected, rules::toString);

    Comparer comparer = new Comparer(rules, S2C);
    ByteBuffer found = ByteBuffer.wrap(foundReply.bytes('2', (byte) 'b'));
    assertEquals(-1, comparer.difference(recorded, expected, found), rules::toString);
    assertEquals(comparer.hash(recorded), comparer.hash(found), rules::toString);
    assertEquals(comparer.liveHash(expected), comparer.liveHash(found), rules::toString);
    assertTrue(comparer.areAlike(recorded, found), rules::toString);
    Filled filled = comparer.filled(recorded, expected, found);
    assertEquals(found, filled.payload(), rules::toString);
    assertEquals(-1, filled.difference(filled.payload(), found), rules::toString);

    int error = random.nextBoolean() ? 1 : -1;
    for (byte[] wrong : List.of(
        foundReply.bytes('2', (byte) 'b', error, 0), foundReply.bytes('2', (byte) 'b', 0, error))) {
      int difference = comparer.difference(recorded, expected, ByteBuffer.wrap(wrong));
      assertTrue(difference >= 0, rules::toString);
    }
  }
}
