package io.tracestream.replay;

import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of the entries around a mismatch. */
class ReplayNearbyTest extends ReplayTestBase {
  /** As many c2s entries as that, each with its number as payload. */
  private static String[] numbers(int count) {
    String[] lines = new String[count];
    for (int i = 0; i < count; i++) {
      lines[i] = String.format("c2s %04x", i + 1);
    }
    return lines;
  }

  /** Sends frames with the numbers up to one, and another one behind them. */
  private Mismatch mismatch(String[] lines, int upTo, String other) throws Exception {
    StringBuilder frames = new StringBuilder();
    for (int i = 1; i <= upTo; i++) {
      frames.append(String.format("0002 %04x", i));
    }
    return mismatch(Rules.NONE, lines, frames + other);
  }

  private Mismatch mismatch(Rules rules, String[] lines, String frames) throws Exception {
    try (ReplayServer server = ReplayServer.start(Replays.config(file, lines).withRules(rules));
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(frames).endSending().awaitEnd();
      return onlyMismatch(server);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "300, 0, 0065, 101, 100", // as far ahead as is looked
    "300, 149, 0098, 152, 2",
    "300, 149, 0095, 149, -1",
    "300, 149, 0032, 50, -100", // as far back as is looked
    "300, 299, 00c8, 200, -100",
    "3, 3, 0003, 3, -1", // behind the end
    "3, 0, 0003, 3, 2",
    "3, 2, 0001, 1, -2",
  })
  void aFrameThatIsAnEntryNearbyIsTold(
      int count, int matched, String payload, long entry, int steps) throws Exception {
    Nearby nearby = mismatch(numbers(count), matched, "0002" + payload).nearby();
    assertEquals(Nearby.of(entry, entry + 1, steps), nearby);
  }

  @ParameterizedTest
  @CsvSource({"300, 0, 0066", "300, 149, 0031", "300, 149, ffff", "3, 3, 0004"})
  void aFrameThatIsNoneOfThoseNearbyIsNotSaidToBe(int count, int matched, String payload)
      throws Exception {
    assertNull(mismatch(numbers(count), matched, "0002" + payload).nearby());
  }

  @ParameterizedTest
  @CsvSource({
    "300, 0, 0",
    "300, 198, 0",
    "300, 199, 0",
    "300, 200, 300", // so near that the look ahead comes to the end
    "300, 201, 300",
    "300, 299, 300",
    "300, 300, 300",
    "1, 0, 1",
    "1, 1, 1",
  })
  void theNumberOfEntriesIsToldWhereTheEndIsNear(int count, int matched, long entries)
      throws Exception {
    Place place = mismatch(numbers(count), matched, "0000").place();
    assertEquals(entries, place.entries());
    assertEquals(matched + 1, place.entry());
    assertEquals(matched < count ? matched + 2 : 0, place.line());
  }

  @Test
  void stepsCountTheEntriesOfTheDirectionAndNumbersAllOfThem() throws Exception {
    String[] lines = {"c2s 61", "s2c 62", "c2s 63", "s2c 64", "s2c 67", "c2s 65", "s2c 67"};
    assertEquals(Nearby.of(6, 7, 2), mismatch(Rules.NONE, lines, "0001 65").nearby());
    assertEquals(
        Nearby.of(1, 2, -2), mismatch(Rules.NONE, lines, "000161000163000161").nearby());
    assertNull(mismatch(Rules.NONE, lines, "0001 67").nearby(), "those are the server's");
  }

  @Test
  void ofSeveralEntriesThatItEqualsTheNearestIsTold() throws Exception {
    String[] lines = {"c2s 61", "c2s 62", "c2s 61", "c2s 63", "c2s 64", "c2s 61", "c2s 61"};
    assertEquals(
        Nearby.of(3, 4, -1),
        mismatch(Rules.NONE, lines, "000161 000162 000161 000161").nearby());
    assertEquals(
        Nearby.of(6, 7, 1),
        mismatch(Rules.NONE, lines, "000161 000162 000161 000163 000161").nearby());
  }

  @Test
  void bytesThatMayVaryMayDoSoNearbyToo() throws Exception {
    Rules rules = Rules.of("ignore c2s:0+1");
    assertEquals(
        Nearby.of(2, 3, 1),
        mismatch(rules, new String[] {"c2s 0061", "c2s 0062"}, "0002 ff62").nearby());
  }

  @Test
  void damageNearbyHidesTheMismatchInNoWay() throws Exception {
    Mismatch mismatch = mismatch(Rules.NONE, new String[] {"c2s 61", "c2s 62", "c2s 6"}, "0001 62");
    assertEquals(1, mismatch.place().entry());
    assertEquals(0, mismatch.place().entries());
    assertEquals(Nearby.of(2, 3, 1), mismatch.nearby());
  }

  @ParameterizedTest
  @CsvSource({
    "000161626364, 00ff61626364, ignore c2s:1+1",
    "000161626364, ffff61626364, ignore c2s:0+2",
    "000161626364, ff01ff626364, ignore c2s:0+3", // a byte may be equal by chance
    "000161626364, ff0161ff6364, ignore c2s:0+1 ignore c2s:3+1", // two in a row are not chance
    "000161626364, 0001616263ff, ignore c2s:5+1",
    "000161626364, 00ff616263, ", // the length differs as well
    "000161626364, ffffffffffff, ", // all of it
    "0001020304050607, ffffff0304ffffff, ", // most of it, in several places
    "0001, 00ff, ignore c2s:1+1",
    "01, ff, ", // all of it
    "69643d313238213031, 69643d393238213031, ignore c2s:3+3", // a number in text
    "616263, 61667a, ignore c2s:1+2", // letters are not a number
  })
  void rulesAreProposedOnlyForPlacesThatLookLikeValuesThatVary(
      String expected, String found, String rules) throws Exception {
    assertEquals(
        rules == null ? "" : rules, proposed(new String[] {"c2s " + expected}, frame(found)));
  }

  private static String frame(String payload) {
    return String.format("%04x", payload.length() / 2) + payload;
  }

  /** The rules that are proposed, in one line. */
  private String proposed(String[] lines, String frames) throws Exception {
    return mismatch(Rules.NONE, lines, frames).proposed().toString().strip().replace('\n', ' ');
  }

  @Test
  void theValueThatARuleIsProposedForMayBeAsLongAsAUuidsTextAndNoLonger() throws Exception {
    for (int length : List.of(36, 37)) {
      String expected = "00" + "71".repeat(length);
      String found = "00" + "72".repeat(length);
      assertEquals(
          length == 36 ? "ignore c2s:1+36" : "",
          proposed(new String[] {"c2s " + expected}, frame(found)));
    }
  }

  @Test
  void aUuidInTextIsOneValueThoughSomeOfItsDigitsAreEqual() throws Exception {
    String one = hex("id=123e4567-e89b-42d3-a456-426614174000; the rest of it is the same, always");
    String other =
        hex("id=823ef56a-e89b-4bd3-9c56-a2f614a74c11; the rest of it is the same, always");
    assertEquals("ignore c2s:3+36", proposed(new String[] {"c2s " + one}, frame(other)));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void noRuleIsProposedThatWouldLeaveNothingToCompare() throws Exception {
    Rules rules = Rules.of("ignore c2s:0+2");
    Mismatch mismatch = mismatch(rules, new String[] {"c2s 00016162"}, frame("ffff7778"));
    assertEquals(Rules.NONE, mismatch.proposed());
  }

  @Test
  void aValueThatTheRecordedReplyHasTooIsCopiedAndNotIgnored() throws Exception {
    String[] lines = {"c2s 0aa1b2c3d4", "s2c 00a1b2c3d461", "c2s 63"};
    assertEquals("copy c2s:1+4->s2c:1+4", proposed(lines, frame("0a55667788")));
  }

  @Test
  void onlyThePartThatTheReplyHasIsCopiedAndTheRestIgnored() throws Exception {
    String[] lines = {"c2s 0aa1b2c3d4e5f60a0a0a0a", "s2c a1b2c3d4"};
    assertEquals(
        "ignore c2s:5+2 copy c2s:1+4->s2c:0+4", proposed(lines, frame("0a5566778899990a0a0a0a")));
  }

  @Test
  void theLowestByteOfANumberIsCopiedWithTheOthers() throws Exception {
    String[] lines = {"c2s 01020304 6162", "s2c 6f6b 01020304"};
    for (int i = 0; i < lines.length; i++) {
      lines[i] = lines[i].substring(0, 4) + lines[i].substring(4).replace(" ", "");
    }
    assertEquals("copy c2s:2+2->s2c:4+2", proposed(lines, frame("010203056162")));
  }

  @ParameterizedTest
  @CsvSource({
    "c2s 0a07616263, s2c 07", // one byte is found everywhere
    "c2s 0a0000616263, s2c 0000", // so are zeros
    "c2s 0a1122616263, s2c 1133", // that is not the value
  })
  void aValueThatIsFoundByChanceIsNoEvidenceForACopy(String request, String reply)
      throws Exception {
    String found =
        request.substring(4).replace("07", "99").replace("0000", "9988").replace("1122", "9988");
    String rules = proposed(new String[] {request, reply}, frame(found));
    assertTrue(rules.startsWith("ignore c2s:1+"), rules);
  }

  @Test
  void aValueThatOtherRequestsOfThatLengthDoNotGetBackIsNoEvidenceForACopy() throws Exception {
    String[] lines = {"c2s 0a112261", "s2c 1122", "c2s 0a334461", "s2c 1122", "c2s 0a556661"};
    assertEquals("ignore c2s:1+2", proposed(lines, frame("0a998861")));
  }

  @Test
  void aValueAtTheEndOfRepliesOfManyLengthsIsCopiedThere() throws Exception {
    String[] lines = {"c2s 0a112261", "s2c 611122", "c2s 0a334461", "s2c 6161613344"};
    assertEquals("copy c2s:1+2->s2c:-2+2", proposed(lines, frame("0a998861")));
  }

  @Test
  void aFrameThatIsSentAgainWithAnotherIdIsSaidToBeThatEntry() throws Exception {
    String[] lines = {
      "c2s 0001" + hex("get the balance"), "c2s 0002" + hex("pay ten crowns!"), "c2s 63"
    };
    Mismatch mismatch = mismatch(
        Rules.NONE,
        lines,
        frame("0001" + hex("get the balance")) + frame("0003" + hex("get the balance")));
    assertEquals(
        Nearby.of(1, 2, -1).withDiffering(List.of(Field.of(Direction.C2S, 1, 1))),
        mismatch.nearby());
    assertEquals(Rules.NONE, mismatch.proposed());
    assertEquals(List.of(), mismatch.hints());
  }

  @Test
  void aFrameThatDiffersInOnePlaceLessFromAnotherEntryIsSaidToBeLikeThat() throws Exception {
    String[] lines = {"c2s 1122" + hex("get 0000001 now"), "c2s 3344" + hex("get 0000002 now")};
    Mismatch mismatch = mismatch(
        Rules.NONE,
        lines,
        frame("1122" + hex("get 0000001 now")) + frame("7788" + hex("get 0000001 now")));
    assertEquals(1, mismatch.nearby().entry());
    assertEquals(Rules.NONE, mismatch.proposed());
  }

  @Test
  void aValueThatDiffersFromThoseOfAllEntriesIsProposedForTheExpectedOne() throws Exception {
    String[] lines = {"c2s 1122" + hex("get a value"), "c2s 3344" + hex("get a value")};
    assertEquals(
        "ignore c2s:0+2",
        proposed(lines, frame("1122" + hex("get a value")) + frame("7788" + hex("get a value"))));
  }

  @Test
  void severalPlacesAreAllSaidAndLearningIsOffered() throws Exception {
    String expected = "01020304" + "61".repeat(20) + "0506" + "61".repeat(20) + "07";
    String found = "99989796" + "61".repeat(20) + "9594" + "61".repeat(20) + "93";
    Mismatch mismatch = mismatch(Rules.NONE, new String[] {"c2s " + expected}, frame(found));
    assertEquals("[c2s:0+4, c2s:24+2, c2s:46+1]", mismatch.differing().toString());
    assertEquals(
        "ignore c2s:0+4\nignore c2s:24+2\nignore c2s:46+1\n",
        mismatch.proposed().toString());
    assertEquals(List.of(Hint.ADD_RULES, Hint.LEARN), mismatch.hints());
  }

  @Test
  void tooManyPlacesAreNotGuessedAtButLearningIsOffered() throws Exception {
    String expected = "01616161".repeat(300);
    String found = "99616161".repeat(300);
    Mismatch mismatch = mismatch(Rules.NONE, new String[] {"c2s " + expected}, frame(found));
    assertEquals(100, mismatch.differing().size());
    assertEquals(List.of(Hint.LEARN), mismatch.hints());
  }
}
