package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.testing.RandomSeeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactedFieldsTest {
  private static final List<String> SHAPES = List.of(
      "0+3",
      "2+4",
      "-3+2",
      "-5+5",
      "1+digits",
      "0+len8",
      "1+len16",
      "0+len16le",
      "0+len32",
      "1+lenvar",
      "1+varint",
      "0+to=41",
      "1+to\"*B\"",
      "1+rest",
      "0/digits/1+2",
      "0/len8/1+digits",
      "0/to\";\"/1+len8",
      "0/varint/0+rest");

  private static RedactedFields fields(String... texts) {
    return RedactedFields.of(Stream.of(texts).map(Field::parse).toList());
  }

  private static byte[] redacted(RedactedFields fields, byte[] payload) {
    byte[] copy = payload.clone();
    fields.redact(Direction.C2S, ByteBuffer.wrap(copy));
    return copy;
  }

  private static String redacted(String text, String... fields) {
    byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
    return new String(redacted(fields(fields), payload), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:2+3, abcdefg, ab***fg",
    "c2s:-4+2, abcdefg, abc**fg",
    "s2c:2+3, abcdefg, abcdefg",
    "c2s:2+rest, abcdefg, ab*****",
    "c2s:2+digits, id4711;x, id0000;x",
    "'c2s:5+to\";\"', pass=secret;x, pass=******;x",
    "'c2s:0/to\"=\"/1+to\";\"', pw=secret;x, pw=******;x",
    "'c2s[0=\"PW\"]:3+6', PW secret, PW ******",
    "'c2s[0=\"PW\"]:3+6', NO secret, NO secret",
    "'c2s[len=4]:0+4', abcd, ****",
    "'c2s[len=4]:0+4', abcde, abcde",
  })
  void theBytesOfAFieldAreReplacedAndNoOthers(String field, String sent, String recorded) {
    assertEquals(recorded, redacted(sent, field));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:4+len8, 61626364 03 616263 7a, 61626364 03 2a2a2a 7a",
    "c2s:0+len16le, 0300 616263 7a, 0300 2a2a2a 7a",
    "c2s:0+lenvar, 8200 6162 7a, 8200 2a2a 7a",
    "c2s:0+varint, e58e26 7a, aaaa2a 7a",
    "c2s:0+to=2a, 6162 2a, 8080 2a",
  })
  void aFieldEndsWhereItEndedBefore(String field, String sent, String recorded) {
    HexFormat hex = HexFormat.of();
    byte[] payload = hex.parseHex(sent.replace(" ", ""));
    assertEquals(recorded.replace(" ", ""), hex.formatHex(redacted(fields(field), payload)));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:2+16, abcdefg, ab*****",
    "c2s:2+16, ab, ab",
    "c2s:-9+4, abcdefg, *******",
  })
  void aPayloadThatIsTooShortIsReplacedFromTheFieldOn(String field, String sent, String recorded) {
    assertEquals(recorded, redacted(sent, field));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:2+digits, ids4711",
    "c2s:2+len8, idsecret",
    "'c2s:2+to\";\"', idsecret",
    "'c2s:2/to\";\"/1+4', idsecret",
  })
  void aPayloadWithoutTheShapeIsReplacedFromTheFieldOn(String field, String sent) {
    String recorded = redacted(sent, field);
    assertEquals(sent.length(), recorded.length());
    assertTrue(recorded.matches("id[\u00ff]+"), recorded);
  }

  @Test
  void bytesThatAConditionAsksForStay() {
    assertEquals("PW*****", redacted("PWabcde", "c2s[0=\"PW\"]:0+7"));
    assertEquals("PW**END", redacted("PWabEND", "c2s:0+rest", "c2s[0=\"PW\",-3=\"END\"]:2+1"));
  }

  @Test
  void whereFieldsOverlapAllOfTheirBytesAreReplaced() {
    assertEquals("a*****g", redacted("abcdefg", "c2s:1+3", "c2s:3+3"));
    String length = redacted("\u0003abcz", "c2s:0+1", "c2s:0+len8");
    assertEquals("****z", length);
  }

  @Test
  void whatCannotBeInALineOfTheRecordingIsRefused() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> fields("c2s[0=\"\u00e9\"]:4+2"));
    assertTrue(
        e.getMessage().contains(": character 8: is not ASCII; write these bytes as hex"),
        e.getMessage());
    String text = "c2s[0=" + "00".repeat(3000) + "]:0+1";
    assertThrows(IllegalArgumentException.class, () -> fields(text));
  }

  /** The recorded payload beside the one that was sent, in a replay that knows what is redacted. */
  @ParameterizedTest
  @RandomSeeds(300)
  void aRedactedPayloadMatchesEachThatDiffersInTheFieldOnly(long seed) {
    Random random = new Random(seed);
    Field field = Field.parse("c2s:" + SHAPES.get(random.nextInt(SHAPES.size())));
    byte[] sent = new byte[random.nextInt(14)];
    for (int i = 0; i < sent.length; i++) { // small lengths, digits and delimiters are likely
      sent[i] = (byte) "\u0000\u0001\u0002\u000389;AB*\u0080\u00ff".charAt(random.nextInt(12));
    }
    RedactedFields fields = RedactedFields.of(List.of(field));
    byte[] recorded = redacted(fields, sent);
    assertEquals(HexFormat.of().formatHex(recorded), hexOf(redacted(fields, recorded)));
    Comparer comparer = new Comparer(Rules.NONE.redacting(field), Direction.C2S);
    String which = field + ": " + hexOf(sent) + " recorded as " + hexOf(recorded);
    assertEquals(-1, comparer.difference(ByteBuffer.wrap(recorded), ByteBuffer.wrap(sent)), which);
    assertEquals(
        comparer.hash(ByteBuffer.wrap(recorded)), comparer.hash(ByteBuffer.wrap(sent)), which);
    if (recorded.length > 0) {
      byte[] other = sent.clone();
      other[0]++;
      int difference = comparer.difference(ByteBuffer.wrap(recorded), ByteBuffer.wrap(other));
      assertTrue(difference == 0 || field.offset() <= 0, which);
    }
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void whatARecordingNamesIsARuleForEach() throws Exception {
    Recording one =
        Recording.of("a.rec", "# redact c2s:4+2\n# redact s2c[0=\"A # B\"]:1+digits\n1\tc2s\t00\n");
    assertEquals(
        "redact c2s:4+2\nredact s2c[0=\"A # B\"]:1+digits\n",
        RedactedFields.in(one).toString());
    Recording other = Recording.of("b.rec", "# redact c2s:4+2\n1\tc2s\t00\n");
    Recording none = Recording.of("c.rec", "1\tc2s\t00\n# redact c2s:0+1\n");
    assertEquals(Rules.NONE, RedactedFields.in(none));
    assertEquals(
        Rules.of("redact c2s:4+2"),
        RedactedFields.in(
            List.of(Conversation.of(none), Conversation.of(other), Conversation.of(other)), 100));
    Recording wrong = Recording.of("d.rec", "# redact c2s\n1\tc2s\t00\n");
    String message =
        assertThrows(RecordingException.class, () -> RedactedFields.in(wrong)).getMessage();
    assertTrue(message.startsWith("d.rec: # redact \"c2s\": character 4: "), message);
  }
}
