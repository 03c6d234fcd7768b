package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.recording.Direction;
import io.tracestream.testing.RandomSeeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveValuesTest {
  private static final Direction C2S = Direction.C2S;
  private static final Direction S2C = Direction.S2C;
  private static final int REMEMBERED = 65_536;

  private final LiveValues values = new LiveValues(Rules.of("copy c2s:0+2->s2c:1+2"));

  private static ByteBuffer hex(String payload) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(payload));
  }

  private static ByteBuffer id(int id) {
    return ByteBuffer.allocate(4).putInt(id).flip();
  }

  private String reply(long entry, String recorded) throws RulesException {
    ByteBuffer live = values.live(entry, S2C, hex(recorded));
    return HexFormat.of().formatHex(live.array());
  }

  @Test
  void aReplyTakesOverTheValueOfItsRequest() throws Exception {
    values.passed(1, C2S, hex("000aff"), hex("111aff"));
    values.passed(2, C2S, hex("000bff"), hex("222bff"));
    assertEquals("ff222bff", reply(3, "ff000bff"));
    assertEquals("ff111aff", reply(4, "ff000aff"));
  }

  @Test
  void aPayloadThatNoValueGoesIntoIsGivenBackItself() throws Exception {
    values.passed(1, C2S, hex("000a"), hex("111a"));
    values.passed(2, C2S, hex("000b"), hex("000b"));
    for (String recorded : List.of("", "ff00", "ff000b", "ff000c")) {
      ByteBuffer payload = hex(recorded);
      assertSame(payload, values.live(3, S2C, payload));
      assertSame(payload, values.live(3, C2S, payload));
    }
  }

  @Test
  void ofRequestsWithOneRecordedValueTheLatestBeforeTheReplyCounts() throws Exception {
    values.passed(1, C2S, hex("0000"), hex("1111"));
    values.passed(3, C2S, hex("0000"), hex("2222"));
    values.passed(5, C2S, hex("0000"), hex("0000"));
    assertEquals("ff1111", reply(2, "ff0000"));
    assertEquals("ff2222", reply(4, "ff0000"));
    assertEquals("ff0000", reply(6, "ff0000"));
    assertEquals("ff0000", reply(1, "ff0000"), "nothing came before");
  }

  @Test
  void aPayloadWithoutTheFieldGivesNoValue() throws Exception {
    values.passed(1, C2S, hex("00"), hex("11"));
    values.passed(2, C2S, hex(""), hex(""));
    assertEquals("ff0000", reply(3, "ff0000"));
  }

  @Test
  void severalCopiesServeOneReply() throws Exception {
    LiveValues several = new LiveValues(
        Rules.of("copy c2s:0+1->s2c:0+1", "copy c2s:1+1->s2c:1+1", "copy s2c:2+1->c2s:2+1"));
    several.passed(1, C2S, hex("0a0b"), hex("1a1b"));
    several.passed(2, S2C, hex("00000c"), hex("00001c"));
    assertEquals(hex("1a1b"), several.live(3, S2C, hex("0a0b")));
    assertEquals(hex("00001c"), several.live(3, C2S, hex("00000c")));
  }

  @Test
  void aLongConversationNeedsNoMoreThanItsLatestValues() throws Exception {
    LiveValues many = new LiveValues(Rules.of("copy c2s:0+4->s2c:0+4"));
    for (int entry = 1; entry <= 5 * REMEMBERED; entry++) {
      many.passed(entry, C2S, id(entry), id(-entry));
      assertEquals(id(-entry), many.live(entry + 1, S2C, id(entry)));
    }
  }

  @Test
  void aValueThatWasForgottenIsMissedLoudly() throws Exception {
    LiveValues many = new LiveValues(Rules.of("copy c2s:0+4->s2c:0+4"));
    for (int entry = 1; entry <= REMEMBERED + 1; entry++) {
      many.passed(entry, C2S, id(entry), id(-entry));
    }
    assertEquals(id(-2), many.live(REMEMBERED + 2, S2C, id(2)));
    Exception e = assertThrows(RulesException.class, () -> many.live(REMEMBERED + 2, S2C, id(1)));
    assertEquals(
        "copy c2s:0+4->s2c:0+4: the value for this frame was forgotten, because 65536 later ones"
            + " came before the frame; that many may be under way at a time",
        e.getMessage());
    many.passed(REMEMBERED + 3, C2S, id(1), id(1));
    assertEquals(id(1), many.live(REMEMBERED + 4, S2C, id(1)), "it came anew, as it was recorded");
  }

  @Test
  void aClientThatRunsFarAheadWithOneRecordedValueGetsEachReplyRight() throws Exception {
    int ahead = 20_000;
    for (int entry = 1; entry <= ahead; entry++) {
      values.passed(2L * entry, C2S, hex("0000"), id(entry).position(2));
    }
    for (int entry = 1; entry <= ahead; entry++) {
      values.settled(2L * entry);
      ByteBuffer live = values.live(2L * entry + 1, S2C, hex("ff0000"));
      assertEquals(id(entry).position(2), live.position(1));
    }
  }

  @Test
  void aCopyHoldsForItsKindsOfFramesOnBothSides() throws Exception {
    LiveValues kinds = new LiveValues(Rules.of("copy c2s[0=01]:1+1->s2c[0=02]:1+1"));
    kinds.passed(1, C2S, hex("010a"), hex("011a"));
    kinds.passed(2, C2S, hex("030a"), hex("033a"));
    kinds.passed(3, C2S, hex("010a"), hex("053a"));
    assertEquals(hex("021a"), kinds.live(4, S2C, hex("020a")));
    assertEquals(hex("030a"), kinds.live(4, S2C, hex("030a")), "of another kind");
  }

  @Test
  void theKindIsThatOfTheRecordingAlsoWhereACopyRewroteIt() throws Exception {
    LiveValues kinds = new LiveValues(
        new RuleUse(Rules.of("copy s2c:0+1->c2s:0+1", "copy c2s[0=01]:1+1->s2c[0=01]:1+1"), S2C));
    kinds.passed(1, S2C, hex("0100"), hex("0900"));
    ByteBuffer sent = kinds.live(2, C2S, hex("010a"));
    assertEquals(hex("090a"), sent);
    kinds.passed(2, C2S, hex("010a"), hex("091a"));
    assertEquals(hex("011a"), kinds.live(3, S2C, hex("010a")));
  }

  private static ByteBuffer text(String payload) {
    return ByteBuffer.wrap(payload.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String textOf(ByteBuffer payload) {
    return StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
  }

  /** What becomes of a recorded reply after one request. */
  private static String replyAfter(String copy, String recorded, String live, String reply)
      throws RulesException {
    LiveValues one = new LiveValues(Rules.of("copy " + copy));
    one.passed(1, C2S, text(recorded), text(live));
    return textOf(one.live(2, S2C, text(reply)));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:1+digits->s2c:0+digits, #9;, #10;, 9 ok, 10 ok",
    "c2s:1+digits->s2c:0+digits, #10;, #9;, 10 ok, 9 ok",
    "c2s:1+digits->s2c:0+digits, #9;, #10;, 8 ok, 8 ok",
    "c2s:0+to\";\"->s2c:0+to\" \", a;, longer;, a ok, longer ok",
    "c2s:0+to\";\"->s2c:0+to\" \", a;, ;, a ok, ' ok'",
    "c2s:1+rest->s2c:2+rest, >a, >bcd, ok: a, ok: a",
    "c2s:1+rest->s2c:3+rest, >a, >bcd, ok:a, ok:bcd",
    "c2s:1+rest->s2c:3+rest, >a, >, ok:a, ok:",
    "c2s:1+3->s2c:3+rest, >abc, >xyz, ok:abc, ok:xyz",
  })
  void aLongerOrShorterValueMovesWhatFollowsIt(
      String copy, String recorded, String live, String reply, String liveReply) throws Exception {
    assertEquals(liveReply, replyAfter(copy, recorded, live, reply));
  }

  private static String replyAfterHex(String copy, String recorded, String live, String reply)
      throws RulesException {
    LiveValues one = new LiveValues(Rules.of("copy " + copy));
    one.passed(1, C2S, hex(recorded), hex(live));
    ByteBuffer payload = one.live(2, S2C, hex(reply));
    return HexFormat.of().formatHex(payload.array(), payload.position(), payload.limit());
  }

  @ParameterizedTest
  @CsvSource({
    "c2s:0+len8->s2c:1+len8, 0161, 03626364, ff0161ee, ff03626364ee",
    "c2s:0+len8->s2c:1+len16, 0161, 03626364, ff000161ee, ff0003626364ee",
    "c2s:0+len16le->s2c:1+len32, 010061, 0200aabb, ff0000000161ee, ff00000002aabbee",
    "c2s:0+len32le->s2c:1+len16le, 0100000061, 02000000aabb, ff010061ee, ff0200aabbee",
    "c2s:0+len8->s2c:1+lenvar, 0161, 00, ff0161ee, ff00ee",
    "c2s:0+lenvar->s2c:1+len8, 82006162, 0163, ff026162ee, ff0163ee",
    "c2s:0+len8->s2c:1+rest, 0161, 0162, ff61, ff62",
    "c2s:0+varint->s2c:1+varint, 05, 8502, ff05ee, ff8502ee",
    "c2s:0+2->s2c:1+lenvar, aabb, ccdd, ff02aabbee, ff02ccddee",
  })
  void theContentIsCopiedAndTheLengthBeforeItIsMadeAnew(
      String copy, String recorded, String live, String reply, String liveReply) throws Exception {
    assertEquals(liveReply, replyAfterHex(copy, recorded, live, reply));
  }

  @Test
  void aValueThatIsTooLongForItsLengthIsRefused() {
    String copy = "c2s:1+rest->s2c:0+len8";
    RulesException e = assertThrows(
        RulesException.class, () -> replyAfter(copy, ">a", ">" + "a".repeat(256), "\u0001a;"));
    assertEquals(
        "copy " + copy + ": the live value " + "61".repeat(16)
            + ".. (256 bytes) is too long for len8," + " which holds 255 bytes at most",
        e.getMessage());
  }

  @Test
  void aValueThatCouldNotBeReadBackIsRefused() {
    RulesException noDigits = assertThrows(
        RulesException.class, () -> replyAfter("c2s:1+rest->s2c:0+digits", ">9", ">9a", "9 ok"));
    assertEquals(
        "copy c2s:1+rest->s2c:0+digits: the live value 3961 (2 bytes) would not be read back as"
            + " digits where it is put",
        noDigits.getMessage());
    RulesException delimiter = assertThrows(
        RulesException.class, () -> replyAfter("c2s:1+rest->s2c:0+to\";\"", ">a", ">b;c", "a;"));
    assertEquals(
        "copy c2s:1+rest->s2c:0+to\";\": the live value 623b63 (3 bytes) would not be read back as"
            + " to\";\" where it is put",
        delimiter.getMessage());
    RulesException none = assertThrows(
        RulesException.class, () -> replyAfter("c2s:1+rest->s2c:0+digits", ">9", ">", "9 ok"));
    assertEquals(
        "copy c2s:1+rest->s2c:0+digits: the live value (0 bytes) would not be read back as digits"
            + " where it is put",
        none.getMessage());
  }

  @Test
  void aValueThatBreaksTheFirstFieldOfAnotherCopyIsRefused() throws Exception {
    LiveValues two =
        new LiveValues(Rules.of("copy c2s:0+digits->s2c:1+digits", "copy s2c:0+1->c2s:0+1"));
    two.passed(1, S2C, text("7"), text("x"));
    RulesException e = assertThrows(RulesException.class, () -> two.live(2, C2S, text("7")));
    assertEquals(
        "copy c2s:0+digits->s2c:1+digits: its first field is gone, because copy s2c:0+1->c2s:0+1 "
            + "changed bytes of it",
        e.getMessage());
  }

  @Test
  void aFrameThatLacksTheFieldGivesNoValue() throws Exception {
    LiveValues digits = new LiveValues(Rules.of("copy c2s:0+digits->s2c:0+digits"));
    digits.passed(1, C2S, text("7"), text("x"));
    assertEquals("7", textOf(digits.live(2, S2C, text("7"))));
  }

  @Test
  void aPayloadDoesNotGrowBeyondItsLimit() throws Exception {
    LiveValues limited =
        new LiveValues(new RuleUse(Rules.of("copy c2s:1+rest->s2c:0+rest"), C2S), null, 4);
    limited.passed(1, C2S, text(">a"), text(">bcde"));
    limited.passed(2, C2S, text(">b"), text(">bcdef"));
    assertEquals("bcde", textOf(limited.live(3, S2C, text("a"))));
    RulesException e = assertThrows(RulesException.class, () -> limited.live(3, S2C, text("b")));
    assertEquals(
        "copy c2s:1+rest->s2c:0+rest: the live value makes the payload 5 bytes long; at most 4 are"
            + " allowed",
        e.getMessage());
  }

  @Test
  void severalValuesMayMoveEachOther() throws Exception {
    LiveValues several = new LiveValues(Rules.of(
        "copy c2s:0+digits->s2c:2+digits",
        "copy c2s:0/digits/1+digits->s2c:0+digits",
        "copy s2c:2+digits->c2s:4+digits"));
    several.passed(1, C2S, text("7,8"), text("70,800"));
    ByteBuffer reply = several.live(2, S2C, text("8,7."));
    assertEquals("800,70.", textOf(reply));
    several.passed(2, S2C, text("8,7."), reply);
    assertEquals(
        "ask=70!", textOf(several.live(3, C2S, text("ask=7!"))), "taken where it moved to");
  }

  @Test
  void partsThatOverlapAreRefused() {
    LiveValues both = new LiveValues(
        Rules.of("copy c2s:0+digits->s2c:0+digits", "copy c2s:0+rest->s2c:0+to\";\""));
    both.passed(1, C2S, text("7"), text("70"));
    both.passed(2, C2S, text("7a"), text("80a"));
    RulesException e = assertThrows(RulesException.class, () -> both.live(3, S2C, text("7a;")));
    assertEquals(
        "copy c2s:0+rest->s2c:0+to\";\": its bytes overlap those of another copy; limit the two to"
            + " different kinds of frames, or remove one",
        e.getMessage());
  }

  @Test
  void aPartThatOverlapsOneOfFixedLengthIsRefused() throws Exception {
    String fixed = "c2s:0+4->s2c:0+4";
    String varying = "c2s:4+digits->s2c:0+digits";
    LiveValues both = new LiveValues(Rules.of("copy " + fixed, "copy " + varying));
    both.passed(1, C2S, text("12341234"), text("abcd9"));
    RulesException all = assertThrows(RulesException.class, () -> both.live(2, S2C, text("1234")));
    assertEquals(
        "copy " + fixed + ": its bytes overlap those of another copy; limit the two to different"
            + " kinds of frames, or remove one",
        all.getMessage());
    LiveValues one = new LiveValues(Rules.of("copy " + fixed, "copy " + varying));
    one.passed(1, C2S, text("00001234"), text("00009"));
    assertThrows(RulesException.class, () -> one.live(2, S2C, text("1234")), "of no live value");
    both.passed(3, C2S, text("123412345"), text("abcd9"));
    RulesException part =
        assertThrows(RulesException.class, () -> both.live(4, S2C, text("12345")));
    assertEquals(
        "copy " + varying + ": its bytes overlap those of another copy; limit the two to different"
            + " kinds of frames, or remove one",
        part.getMessage());
  }

  private record Passed(long entry, byte recorded, byte live) {}

  @ParameterizedTest
  @RandomSeeds(200)
  void aSideThatRunsAheadChangesNothingForTheOther(long seed) throws Exception {
    Random random = new Random(seed);
    LiveValues any = new LiveValues(Rules.of("copy c2s:0+1->s2c:-1+1"));
    List<Passed> passed = new ArrayList<>();
    long asked = 0;
    for (int entry = 1; entry <= 200; entry++) {
      byte recorded = (byte) random.nextInt(4);
      passed.add(new Passed(entry, recorded, (byte) random.nextInt(6)));
      any.passed(entry, C2S, ByteBuffer.wrap(new byte[] {recorded, 9}), ByteBuffer.wrap(new byte[] {
        passed.get(entry - 1).live, 9
      }));
      while (asked < entry && random.nextInt(4) > 0) {
        long reply = asked;
        byte wanted = (byte) random.nextInt(4);
        byte expected = liveIn(passed, reply, wanted);
        ByteBuffer live = any.live(reply, S2C, ByteBuffer.wrap(new byte[] {7, wanted}));
        assertEquals(ByteBuffer.wrap(new byte[] {7, expected}), live);
        any.settled(asked);
        asked += random.nextInt(3);
      }
    }
  }

  /** What goes into a reply at that entry which was recorded with that value. */
  private static byte liveIn(List<Passed> passed, long reply, byte wanted) {
    byte live = wanted;
    for (Passed request : passed) {
      live = request.entry < reply && request.recorded == wanted ? request.live : live;
    }
    return live;
  }

  @Test
  void ofAllConnectionsTogetherTheLatestValuesAreRemembered() throws Exception {
    RuleUse use = new RuleUse(Rules.of("copy c2s:0+4->s2c:0+4 across"), C2S);
    LiveValues one = new LiveValues(use);
    LiveValues other = new LiveValues(use);
    for (int i = 0; i <= REMEMBERED; i++) {
      one.passed(i, C2S, id(i), id(-i));
    }
    assertEquals(id(-1), other.live(0, S2C, id(1)));
    assertEquals(id(-REMEMBERED), other.live(0, S2C, id(REMEMBERED)));
    assertEquals(id(REMEMBERED + 1), other.live(0, S2C, id(REMEMBERED + 1)), "never seen");
    RulesException forgotten = assertThrows(RulesException.class, () -> other.live(0, S2C, id(0)));
    assertEquals(
        "copy c2s:0+4->s2c:0+4 across: the value for this frame was forgotten, because too many"
            + " later ones came on all connections together; 65536 values, or 4194304 bytes of"
            + " them, are remembered",
        forgotten.getMessage());
  }
}
