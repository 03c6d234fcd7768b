package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExplanationTest {
  private static final Place THIRD = Place.of("login.rec", Direction.C2S, 3, 6, 4);
  private static final Place THIRD_REPLY = Place.of("login.rec", Direction.S2C, 3, 6, 4);
  private static final Place END = Place.of("login.rec", Direction.C2S, 7, 6, 0);
  private static final String HELLO = "68656c6c6f";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static Mismatch mismatch(
      Kind kind, Place place, String expected, String found, String reason, Nearby nearby) {
    Rules rules = Rules.of("ignore c2s:0+2");
    return Mismatch.of(kind, 2, new InetSocketAddress("127.0.0.1", 4711), place, rules)
        .withExpected(expected == null ? null : new Entry(0, place.direction(), bytes(expected)))
        .withFound(found == null ? null : bytes(found))
        .withReason(reason)
        .withNearby(nearby);
  }

  private static Mismatch different(Place place, String expected, String found) {
    return mismatch(Kind.DIFFERENT_FRAME, place, expected, found, null, null);
  }

  private static Mismatch without(Kind kind, Place place, String expected, String reason) {
    return mismatch(kind, place, expected, null, reason, null);
  }

  private static void assertExplains(String text, Mismatch mismatch) {
    assertEquals(
        text.stripTrailing(),
        mismatch.explain(
            16,
            false,
            hint -> hint + " " + mismatch.proposed().toString().strip().replace("\n", ", ")));
  }

  @Test
  void anotherFrameOfTheSameLengthThatMayHoldAFieldThatVaries() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          found another frame of the same length, 7 bytes; first difference at payload byte 5
          expected         0  68 65 6c 6c 6f 00 01                             hello..
          found            0  68 65 6c 6c 6f ff fe                             hello..
                                             ^^ ^^                                  ^^
          ADD_RULES ignore s2c:5+2
        """, different(THIRD_REPLY, HELLO + "0001", HELLO + "fffe"));
  }

  @Test
  void aValueIsNotBlamedIfAFrameRewriterMovedItsPlace() {
    Mismatch mismatch = Mismatch.of(
            Kind.DIFFERENT_FRAME,
            2,
            new InetSocketAddress("127.0.0.1", 4711),
            THIRD_REPLY,
            Rules.of("copy c2s:0+2->s2c:-2+2", "ignore s2c:0+digits"))
        .withRecorded(ByteBuffer.wrap(bytes(HELLO + "0001")))
        .withExpected(new Entry(0, Direction.S2C, bytes("680001")))
        .withFound(bytes("680002"));
    String text = mismatch.explain(16, false);
    assertTrue(text.contains("first difference at payload byte 2"), text);
    assertFalse(text.contains("another value"), text);
  }

  @Test
  void aValueThatARuleCopiesIsNotProposedToBeIgnored() {
    Rules rules = Rules.of("copy c2s:0+2->s2c:0+2");
    Mismatch mismatch = Mismatch.of(
            Kind.DIFFERENT_FRAME, 2, new InetSocketAddress("127.0.0.1", 4711), THIRD_REPLY, rules)
        .withExpected(new Entry(0, Direction.S2C, bytes("0007" + HELLO + "01")))
        .withFound(bytes("0009" + HELLO + "02"));
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          found another frame of the same length, 8 bytes; first difference at payload byte 1
          expected         0  00 07 68 65 6c 6c 6f 01                          ..hello.
          found            0  00 09 68 65 6c 6c 6f 02                          ..hello.
                                 ^^                ^^                           ^     ^
          2 places differ (offset+length): 1+1, 7+1
          copy c2s:0+2->s2c:0+2: the target sent another value than the one it was given
          ADD_RULES ignore s2c:7+1
        """, mismatch);
  }

  @Test
  void whatShowsTheBytesItselfGetsTheOpenOnesAndTheWordsAlone() {
    Mismatch mismatch =
        mismatch(Kind.DIFFERENT_FRAME, THIRD, "0001" + HELLO, "0002" + "78656c6c6f", null, null);
    assertEquals("[c2s:0+2]", mismatch.open().toString());
    assertEquals("""
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          found another frame of the same length, 7 bytes; first difference at payload byte 2
          ADD_RULES""", mismatch.explainWithoutBytes(Hint::toString));
    assertEquals(List.of(), without(Kind.EARLY_END, THIRD, HELLO, "it left").open());
  }

  @Test
  void bytesThatTheRulesLeaveOpenAreMarkedAndSaidToBe() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          found a frame of 5 bytes, expected one of 4 bytes; first difference at payload byte 3
          expected         0  00 01 61 62                                      ..ab
          found            0  ff 01 61 63 64                                   ..acd
                              ~~ ~~    ^^ ^^                                   ~~ ^^
          ~~ are bytes that the rules leave open
          1 byte at payload byte 3 replaced by 2
          if the client is right, correct login.rec:4 or record again
        """, different(THIRD, "00016162", "ff01616364"));
  }

  @Test
  void aFrameThatIsAnotherEntry() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3, login.rec:4
          found a frame of 0 bytes, expected one of 5 bytes; first difference at payload byte 0
          expected         0  68 65 6c 6c 6f                                   hello
          found            0
                              ^^ ^^ ^^ ^^ ^^                                   ^^^^^
          this frame is recorded as entry 9, login.rec:12, 2 frames later: the target left out what is before it, or sends it later
        """,
        mismatch(
            Kind.DIFFERENT_FRAME,
            Place.of("login.rec", Direction.S2C, 3, 0, 4),
            HELLO,
            "",
            null,
            Nearby.of(9, 12, 2)));
  }

  @Test
  void aFrameTooMany() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, c2s after the last of 6 entries, login.rec
          found one more frame, of 1 byte, after the end of the recording
          found         0  61                                               a
          this frame is recorded as entry 5, login.rec:6, 1 frame earlier: the client sent it again
          if the client is right, record the whole conversation
        """, mismatch(Kind.EXTRA_FRAME, END, null, "61", null, Nearby.of(5, 6, -1)));
  }

  @Test
  void anEarlyEnd() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          the target ended its sending; expected a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          see why the target ended that early; if it is right, delete login.rec from line 4 on
        """, without(Kind.EARLY_END, THIRD_REPLY, HELLO, "the target ended its sending"));
  }

  @Test
  void aBadFrame() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          the client sent something that is not a frame: byte 9: too long; expected a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          see why the client sent that
          CHECK_FORMAT
        """,
        without(
            Kind.BAD_FRAME,
            THIRD,
            HELLO,
            "the client sent something that is not a frame: byte 9: too long"));
  }

  @Test
  void aClientThatWasGoneBeforeItsReply() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          the client is gone: Connection reset; it was sent a frame of 5 bytes
          sent         0  68 65 6c 6c 6f                                   hello
          see why the client left, or does not read
        """, without(Kind.NOT_TAKEN, THIRD_REPLY, HELLO, "the client is gone: Connection reset"));
  }

  @Test
  void aClientThatWasGoneBeforeItsRequest() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          the client is gone: Connection reset; expected a frame of 0 bytes
          see in the log of the client why it left
        """, without(Kind.CONNECTION_LOST, THIRD, "", "the client is gone: Connection reset"));
  }

  @Test
  void nothing() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          nothing came for 0.2 s; expected a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          see what the client waits for
          LONGER_IDLE_TIMEOUT
        """, without(Kind.NOTHING_CAME, THIRD, HELLO, "nothing came for 0.2 s"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"BAD_FRAME", "NOTHING_CAME", "CONNECTION_LOST", "NOT_TAKEN"})
  void whatCameAfterTheLastEntryMayBeNoFrame(Kind kind) {
    String text = without(kind, END, null, "something").explain(16, false);
    assertTrue(
        text.startsWith(
            "mismatch: connection 2 with 127.0.0.1:4711, c2s after the last of 6 entries, login.rec\n"
                + "  something; the recording is over\n"),
        text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100, 96, 96", // each with the row that it begins and ends in
    "1, 100, 96, 96",
    "16, 100, 80, 112",
    "1000000, 100, 0, 192",
    "16, 0, 0, 16",
    "16, 200, 176, 192",
  })
  void soMuchIsShownAroundTheDifference(int context, int at, int firstRow, int lastRow) {
    byte[] found = new byte[201];
    found[at] = 1;
    String text = different(THIRD_REPLY, "00".repeat(201), HexFormat.of().formatHex(found))
        .explain(context, false);
    List<String> rows =
        text.lines().filter(line -> line.startsWith("  expected")).toList();
    assertTrue(
        rows.get(0).startsWith(String.format(Locale.ROOT, "  expected  %8d  ", firstRow)), text);
    assertTrue(
        rows.get(rows.size() - 1)
            .startsWith(String.format(Locale.ROOT, "  expected  %8d  ", lastRow)),
        text);
  }

  @Test
  void contextOfNoughtShowsTheByteAlone() {
    assertEquals(
        """
          expected         0     62                                             b
          found            0     7a                                             z
                                 ^^                                             ^
        """,
        different(THIRD_REPLY, "616263", "617a63")
            .explain(0, false)
            .lines()
            .skip(2)
            .limit(3)
            .map(line -> line + "\n")
            .collect(Collectors.joining()));
  }

  @Test
  void onlyColoursColour() {
    Mismatch mismatch = different(THIRD_REPLY, "616263", "617a63");
    assertFalse(mismatch.explain(16, false).contains("\u001b"));
    String coloured = mismatch.explain(16, true);
    assertTrue(coloured.contains("61 \u001b[31m62\u001b[0m 63"), coloured);
    assertTrue(coloured.contains("61 \u001b[31m7a\u001b[0m 63"), coloured);
  }

  @Test
  void aPeerOfIpv6IsWrittenAsOnTheCommandLine() {
    Mismatch mismatch = Mismatch.of(
            Kind.EARLY_END, 1, new InetSocketAddress("::1", 4711), THIRD, Rules.NONE)
        .withReason("the client ended its sending");
    String text = mismatch.explain(16, false);
    assertTrue(text.startsWith("mismatch: connection 1 with [0:0:0:0:0:0:0:1]:4711, c2s "), text);
  }

  private static String explained(Mismatch mismatch) {
    return mismatch.explain(0, false);
  }

  private static void assertHas(String line, Mismatch mismatch) {
    String text = explained(mismatch);
    assertTrue(text.lines().anyMatch(("  " + line)::equals), text);
  }

  @Test
  void theFirstPlacesThatDifferAreListed() {
    String expected = "00616161".repeat(10);
    String found = "ff616161".repeat(10);
    assertHas(
        "10 places differ (offset+length): 0+1, 4+1, 8+1, 12+1, 16+1, 20+1, 24+1, 28+1, ...",
        different(THIRD_REPLY, expected, found));
  }

  @Test
  void theSideThatLeftIsTheOneThatWasSentTo() {
    Mismatch atEnd = without(Kind.NOT_TAKEN, END, null, "the client is gone: Broken pipe");
    assertHas("see why the client left, or does not read", atEnd);
    assertHas(
        "see why the target left, or does not read",
        without(Kind.NOT_TAKEN, THIRD, HELLO, "the target is gone: Broken pipe"));
  }

  @Test
  void whereSeveralFramesCouldComeTheyAreListedAndTheNearestIsShown() {
    List<Place> places = List.of(
        Place.of("login.rec", Direction.S2C, 3, 9, 4),
        Place.of("login.rec", Direction.S2C, 5, 9, 6));
    assertHas(
        "2 frames could come here, in any order: entries 3, 5; entry 3 is the most similar one",
        different(THIRD_REPLY, HELLO, "00").withOutstanding(places, 2));
    assertHas(
        "70 frames could come here, in any order: entries 3, 5, ...; entry 3 is the most similar one",
        different(THIRD_REPLY, HELLO, "00").withOutstanding(places, 70));
  }

  @Test
  void aFrameThatNoConversationExpectsIsSaidToBeThat() {
    Place first = Place.of("calls/0002.rec", Direction.C2S, 1, 6, 2);
    assertHas(
        "no recorded conversation begins with this frame; the most similar one is calls/0002.rec",
        different(first, HELLO, "00").withConversations(3));
    assertHas(
        "the recorded conversation does not go on with this frame; the most similar one is login.rec",
        different(THIRD, HELLO, "00").withConversations(1));
    assertHas(
        "none of the 2 recorded conversations that agree so far goes on with this frame;"
            + " the most similar one is login.rec",
        different(THIRD, HELLO, "00").withConversations(2));
  }

  @Test
  void aRequestThatNobodyRecordedIsSaidToBeThat() {
    assertHas(
        "found a request that was not recorded, of 1 byte; the most similar one is login.rec:4,"
            + " which differs from payload byte 1 on",
        mismatch(Kind.UNKNOWN_REQUEST, THIRD, HELLO, "00", null, null));
  }

  @Test
  void aClientThatComesBackAfterOurEndMayWantTheConnectionToStayOpen() {
    Mismatch late = mismatch(Kind.EXTRA_FRAME, END, null, "61", null, null);
    assertEquals(List.of(), late.hints());
    assertEquals(List.of(Hint.HOLD_AT_END), late.withAfterOurEnd(true).hints());
    Mismatch again = without(Kind.EXTRA_CONNECTION, END, null, "one too many");
    assertEquals(List.of(Hint.REPEAT), again.hints());
    assertEquals(
        List.of(Hint.HOLD_AT_END, Hint.REPEAT), again.withAfterOurEnd(true).hints());
  }

  private static Mismatch begun(int headerLength, String beginning, long came, boolean isFirst) {
    FrameFormat format = new FrameFormat(headerLength, 65_535);
    return without(Kind.BAD_FRAME, THIRD, HELLO, "the client sent something that is not a frame")
        .withPartial(Partial.of(bytes(beginning), came, isFirst, format));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8 | 474554202f20485454502f312e310d0a | the first bytes are text, \"GET / HTTP/1.1\": this is a protocol without such frames",
        "2 | 474554202f | the first bytes are text, \"GET /\": this is a protocol without such frames",
        "8 | 68656c6c6f68656c6c6f | the first bytes are 68 65 6c 6c 6f 68 65 6c 6c 6f: the recorded payload begins with them, so there is no header",
        "4 | 160301020001 | the first bytes are 16 03 01 02 00 01: this is the beginning of a TLS connection",
        "8 | 0000000568656c6c | the first bytes are 00 00 00 05 68 65 6c 6c: that fits a header of 4 bytes with a payload of 5 bytes",
        "8 | 00000000 | the first bytes are 00 00 00 00: that fits a header of 4 bytes with a payload of 0 bytes",
        "4 | 000568656c6c6f | the first bytes are 00 05 68 65 6c 6c 6f: that fits a header of 2 bytes with a payload of 5 bytes",
        "4 | 0500000068656c6c6f | the first bytes are 05 00 00 00 68 65 6c 6c 6f: that fits a little-endian length of 4 bytes with a payload of 5 bytes",
        "4 | 0000000968656c6c6f | the first bytes are 00 00 00 09 68 65 6c 6c 6f: that fits a length of 4 bytes that also counts itself, with a payload of 5 bytes",
        "4 | 00ff0102030405060708090a0b0c | the first bytes are 00 ff 01 02 03 04 05 06 07 08 09 0a ..",
      })
  void whatTheBeginningOfAFrameLooksLikeIsSaid(int header, String beginning, String words) {
    assertHas(words, begun(header, beginning, 0, true));
  }

  @Test
  void theHeaderThatTheBytesFitIsThere() {
    assertEquals(Framing.ofLength(4), begun(8, "0000000568656c6c", 0, true).likelyFraming());
    assertEquals(
        Framing.parse("length=4,order=little"),
        begun(4, "0500000068656c6c6f", 0, true).likelyFraming());
    assertEquals(
        List.of(Hint.CHECK_FORMAT), begun(8, "0000000568656c6c", 0, true).hints());
    assertEquals(
        List.of(), begun(8, "474554202f20485454502f312e310d0a", 0, true).hints());
  }

  @Test
  void afterFramesThatMatchedTheHeaderIsNotInDoubt() {
    assertEquals(List.of(), begun(4, "0000000568", 0, false).hints());
    assertEquals(
        List.of(Hint.CHECK_FORMAT),
        begun(4, "7fffffff68", 0, false).hints(),
        "it may be the maximum");
    assertNull(begun(8, "0000000568656c6c", 0, false).likelyFraming());
  }

  @Test
  void aFrameThatIsAsLongAsRecordedWasOnlyCut() {
    Mismatch cut = begun(2, "00050005", 0, true);
    assertFalse(explained(cut).contains("first bytes"), explained(cut));
    assertEquals(List.of(), cut.hints());
  }

  @Test
  void aFirstFrameThatIsEmptyMayHaveALongerHeader() {
    Place first = Place.of("login.rec", Direction.C2S, 1, 6, 2);
    Mismatch empty = different(first, HELLO, "");
    assertHas("an empty first frame often means that the header has another length", empty);
    assertEquals(List.of(Hint.CHECK_FORMAT), empty.hints());
  }
}
