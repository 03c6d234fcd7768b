package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
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
        text.stripTrailing(), mismatch.explain(16, false, hint -> hint + " " + mismatch.varying()));
  }

  @Test
  void anotherFrameOfTheSameLengthThatMayHoldAFieldThatVaries() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          found another frame of the same length, 7 bytes; first difference at payload byte 5
          expected         0  68 65 6c 6c 6f 00 01                             hello..
          found            0  68 65 6c 6c 6f ff fe                             hello..
                                             ^^ ^^                                  ^^
          IGNORE_FIELD s2c:5+2
        """, different(THIRD_REPLY, HELLO + "0001", HELLO + "fffe"));
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
          this frame is entry 9, login.rec:12: 2 steps ahead, so the frames before it were left out or come later
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
        mismatch: connection 2 with 127.0.0.1:4711, c2s behind the last entry, 6 of 6, login.rec
          found a frame too many, of 1 byte, expected the end, as the recording is over
          found         0  61                                               a
          this frame is entry 5, login.rec:6: 1 step back, so it was sent again or comes late
          the client goes on where the recording ends: end it there, or record on
        """, mismatch(Kind.EXTRA_FRAME, END, null, "61", null, Nearby.of(5, 6, -1)));
  }

  @Test
  void anEarlyEnd() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          found the target's end, expected a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          the target ended too soon: see why; if it may, delete login.rec from line 4 on
        """, without(Kind.EARLY_END, THIRD_REPLY, HELLO, "the target's end"));
  }

  @Test
  void aBadFrame() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          found a bad frame, expected a frame of 5 bytes
          c2s byte 9: payload length: found 70000, expected at most 65535; check --header-len
          expected         0  68 65 6c 6c 6f                                   hello
          see why the client stopped inside a frame
          CHECK_FORMAT null
        """,
        without(
            Kind.BAD_FRAME,
            THIRD,
            HELLO,
            "a bad frame: byte 9: payload length: found 70000, expected at most 65535; check"
                + " --header-len"));
  }

  @Test
  void aClientThatWasGoneBeforeItsReply() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, s2c entry 3 of 6, login.rec:4
          found the client gone: Connection reset, expected it to take a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          see why the client left, or does not read
        """, without(Kind.NOT_TAKEN, THIRD_REPLY, HELLO, "the client gone: Connection reset"));
  }

  @Test
  void aClientThatWasGoneBeforeItsRequest() {
    assertExplains(
        """
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          found the client gone: Connection reset, expected a frame of 0 bytes
          see in the log of the client why it left
        """, without(Kind.CONNECTION_LOST, THIRD, "", "the client gone: Connection reset"));
  }

  @Test
  void nothing() {
    assertExplains("""
        mismatch: connection 2 with 127.0.0.1:4711, c2s entry 3 of 6, login.rec:4
          found nothing for 0.2 s, expected a frame of 5 bytes
          expected         0  68 65 6c 6c 6f                                   hello
          see what the client waits for
          LONGER_IDLE_TIMEOUT null
        """, without(Kind.NOTHING_CAME, THIRD, HELLO, "nothing for 0.2 s"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"BAD_FRAME", "NOTHING_CAME", "CONNECTION_LOST", "NOT_TAKEN"})
  void whatCameBehindTheLastEntryMayBeNoFrame(Kind kind) {
    String text = without(kind, END, null, "something").explain(16, false);
    assertTrue(
        text.startsWith(
            "mismatch: connection 2 with 127.0.0.1:4711, c2s behind the last entry, 6 of 6,"
                + " login.rec\n  found "),
        text);
    assertTrue(text.contains(", expected the end, as the recording is over\n"), text);
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
    assertTrue(rows.get(0).startsWith(String.format("  expected  %8d  ", firstRow)), text);
    assertTrue(
        rows.get(rows.size() - 1).startsWith(String.format("  expected  %8d  ", lastRow)), text);
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
        .withReason("the client's end");
    String text = mismatch.explain(16, false);
    assertTrue(text.startsWith("mismatch: connection 1 with [0:0:0:0:0:0:0:1]:4711, c2s "), text);
  }
}
