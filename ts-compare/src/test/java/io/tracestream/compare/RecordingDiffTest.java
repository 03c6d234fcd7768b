package io.tracestream.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class RecordingDiffTest {
  private static final String COPY_ID = "copy c2s:0+2->s2c:0+2";

  @TempDir
  private Path dir;

  private final List<Change> changes = new ArrayList<>();
  private DiffSummary summary;

  /** Compares recordings of these entries, such as "c2s 6869", separated by commas. */
  private List<String> diff(String a, String b, String... rules) throws IOException {
    Path file = Files.writeString(dir.resolve("rules"), String.join("\n", rules));
    changes.clear();
    try (Recording one = recording("a.rec", a);
        Recording other = recording("b.rec", b)) {
      summary = RecordingDiff.compare(one, other, Rules.read(file), changes::add);
    }
    return changes.stream().map(RecordingDiffTest::text).toList();
  }

  private Recording recording(String name, String entries) throws IOException {
    return Recording.open(TestRecordings.write(dir.resolve(name), entries), 1000);
  }

  private static String text(Change change) {
    String text = change.kind() + " " + change.direction();
    text += change.a() == null ? "" : " a" + change.a().entry();
    text += change.b() == null ? "" : " b" + change.b().entry();
    for (Change.Range range : change.differing()) {
      text += " " + range.offset() + "+" + range.length();
    }
    return text;
  }

  @Test
  void whatWasRedactedInEitherRecordingIsNotCompared() throws Exception {
    Recording redacted = Recording.of("a", "# redact c2s:1+len8\n1\tc2s\t01022a2a05\n");
    Recording whole = Recording.of("b", "1\tc2s\t0103aabbcc05\n");
    for (boolean swapped : List.of(false, true)) {
      changes.clear();
      RecordingDiff.compare(
          swapped ? whole : redacted, swapped ? redacted : whole, Rules.NONE, changes::add);
      assertEquals(List.of(), changes);
    }
    Recording other = Recording.of("c", "1\tc2s\t0103aabbcc06\n");
    assertFalse(RecordingDiff.compare(redacted, other, Rules.NONE, changes::add).isSame());
  }

  @Test
  void equalRecordingsHaveNoChanges() throws Exception {
    assertEquals(List.of(), diff("c2s 6869, s2c 796573", "c2s 6869, s2c 796573"));
    assertEquals("2 same, 0 changed, 0 added, 0 removed", summary.toString());
    assertTrue(summary.isSame());
  }

  @Test
  void aChangeNamesItsPlaceInBothFilesAndTheBytesThatDiffer() throws Exception {
    assertEquals(
        List.of("CHANGED s2c a2 b2 1+2 4+1"),
        diff("c2s 61, s2c 0001020304, c2s 62", "c2s 61, s2c 00fffe03ff, c2s 62"));
    assertEquals(3, changes.get(0).a().line());
    assertEquals(3, changes.get(0).b().line());
    assertFalse(summary.isSame());
    assertEquals("2 same, 1 changed, 0 added, 0 removed", summary.toString());
    assertEquals(3, summary.entriesOfA());
  }

  @Test
  void bytesThatOneSideAloneHasDiffer() throws Exception {
    assertEquals(List.of("CHANGED c2s a1 b1 2+2"), diff("c2s 6162", "c2s 61626364"));
    assertEquals(List.of("CHANGED c2s a1 b1 0+4"), diff("c2s ", "c2s 61626364"));
  }

  @Test
  void anAddedEntryDoesNotMakeThoseBehindItDiffer() throws Exception {
    assertEquals(
        List.of("ADDED c2s b2"),
        diff("c2s 61, c2s 62, s2c 63, c2s 64", "c2s 61, c2s 7878, c2s 62, s2c 63, c2s 64"));
    assertEquals("4 same, 0 changed, 1 added, 0 removed", summary.toString());
  }

  @Test
  void aRemovedEntryDoesNotMakeThoseBehindItDiffer() throws Exception {
    assertEquals(
        List.of("REMOVED c2s a2"),
        diff("c2s 61, c2s 7878, c2s 62, s2c 63, c2s 64", "c2s 61, c2s 62, s2c 63, c2s 64"));
    assertEquals("4 same, 0 changed, 0 added, 1 removed", summary.toString());
  }

  @Test
  void oneEntryForAnotherIsAChange() throws Exception {
    assertEquals(
        List.of("CHANGED c2s a2 b2 0+1"),
        diff("c2s 61, c2s 62, c2s 63, c2s 64", "c2s 61, c2s 78, c2s 63, c2s 64"));
  }

  @Test
  void ofTwoEntriesForOneTheLessAlikeWasAdded() throws Exception {
    assertEquals(
        List.of("CHANGED s2c a1 b1 3+3", "ADDED s2c b2"),
        diff("s2c 6162636465", "s2c 616263ff6465, s2c 7f"));
    assertEquals(
        List.of("ADDED s2c b1", "CHANGED s2c a1 b2 3+3"),
        diff("s2c 6162636465", "s2c 7f, s2c 616263ff6465"));
  }

  @Test
  void whatFollowsTheShorterRecordingWasAddedOrRemoved() throws Exception {
    assertEquals(List.of("ADDED s2c b2", "ADDED s2c b3"), diff("c2s 61", "c2s 61, s2c 62, s2c 63"));
    assertEquals(
        List.of("REMOVED s2c a2", "REMOVED s2c a3"), diff("c2s 61, s2c 62, s2c 63", "c2s 61"));
  }

  @Test
  void fiftyAddedEntriesAreFoundAmongManyEntries() throws Exception {
    String before = numbered(0, 500);
    String behind = numbered(600, 500);
    diff(before + behind, before + numbered(2000, 50) + behind);
    assertEquals("1000 same, 0 changed, 50 added, 0 removed", summary.toString());
  }

  @Test
  void recordingsThatHaveNothingInCommonAreAllChanged() throws Exception {
    diff(numbered(0, 300), numbered(1000, 300));
    assertEquals(300, summary.entriesOfA());
    assertEquals(300, summary.entriesOfB());
    assertEquals(0, summary.same());
  }

  private static String numbered(int from, int count) {
    StringBuilder entries = new StringBuilder();
    for (int i = from; i < from + count; i++) {
      entries.append(String.format("c2s %08x,", i * 0x9e3779b9));
    }
    return entries.toString();
  }

  @Test
  void howTheDirectionsInterleaveIsNotCompared() throws Exception {
    assertEquals(
        List.of(), diff("c2s 61, c2s 62, s2c 63, s2c 64", "c2s 61, s2c 63, c2s 62, s2c 64"));
  }

  @Test
  void changesComeInTheOrderOfTheFirstRecording() throws Exception {
    assertEquals(
        List.of("CHANGED s2c a1 b2 0+1", "CHANGED c2s a2 b1 0+1", "CHANGED s2c a3 b3 0+1"),
        diff("s2c 61, c2s 62, s2c 63", "c2s 72, s2c 71, s2c 73"));
  }

  @Test
  void ignoredBytesAreNotCompared() throws Exception {
    assertEquals(
        List.of("CHANGED c2s a2 b2 2+1"),
        diff("c2s 0001aa, c2s 0002bb", "c2s 0101aa, c2s 0202cc", "ignore c2s:0+1"));
    assertFalse(changes.get(0).isCompared(0));
    assertTrue(changes.get(0).isCompared(1));
  }

  @Test
  void aFieldMayHaveAnotherLengthInTheOtherRecording() throws Exception {
    assertEquals(
        List.of("CHANGED c2s a2 b2 0+1"),
        diff("c2s 61393b7a, c2s 61393b", "c2s 6131303b7a, c2s 62393b", "ignore c2s:1+digits"));
    assertEquals(
        List.of("CHANGED c2s a1 b1 3+2"),
        diff("c2s 61393b7a", "c2s 6131303b79", "ignore c2s:1+digits"));
  }

  @Test
  void aFieldAfterAnotherLengthIsWhereAReplayOfTheFirstRecordingReadsIt() throws Exception {
    assertEquals(
        List.of(), diff("c2s 61393b7a", "c2s 6131303b79", "ignore c2s:1+digits", "ignore c2s:3+1"));
    assertEquals(
        List.of("CHANGED c2s a1 b1 2+1 4+1"),
        diff("c2s 61393b7a", "c2s 6131302c79", "ignore c2s:1+digits", "ignore c2s:3+1"));
  }

  @Test
  void aLengthFollowsTheFieldThatItCounts() throws Exception {
    String[] rules = {"ignore c2s:2+digits", "length c2s:0+u8"};
    assertEquals(List.of(), diff("c2s 03613978, c2s 0161", "c2s 0461313078, c2s 0161", rules));
    assertEquals(
        List.of("CHANGED c2s a1 b1 0+1 4+1"), diff("c2s 03613978", "c2s 0361313078", rules));
    assertEquals(List.of("CHANGED c2s a1 b1 0+1"), diff("c2s 03613978", "c2s 04613878", rules));
  }

  @Test
  void valuesOfOtherLengthsAreTheSameIfBothSidesCopiedThem() throws Exception {
    String copy = "copy c2s:0+digits->s2c:1+digits";
    assertEquals(List.of(), diff("c2s 393b, s2c 2339aa", "c2s 3130303b, s2c 23313030aa", copy));
    assertEquals(
        List.of("CHANGED s2c a2 b2 1+1"),
        diff("c2s 393b, s2c 2339aa", "c2s 383b, s2c 2337aa", copy));
  }

  @Test
  void framesAreTheSameThoughTheyDifferInBytesThatTellTheirKindAndAreOpen() throws Exception {
    String[] rules = {"ignore s2c:0+1", "ignore s2c[0=01]:2+1"};
    assertEquals(List.of(), diff("s2c 01aabb", "s2c 02aabb", rules));
    assertEquals(List.of("CHANGED s2c a1 b1 2+1"), diff("s2c 01aa00", "s2c 02aabb", rules));
    assertEquals(List.of("CHANGED s2c a1 b1 2+1"), diff("s2c 01aabb", "s2c 02aa00", rules));
  }

  @Test
  void rulesHoldForFramesOfTheirKindOnly() throws Exception {
    assertEquals(
        List.of("CHANGED c2s a2 b2 1+1", "CHANGED s2c a4 b4 1+1"),
        diff(
            "c2s 01aa, c2s 02aa, s2c 03aa, s2c 04aa",
            "c2s 01bb, c2s 02bb, s2c 03bb, s2c 04bb",
            "copy c2s[0=01]:1+1->s2c[0=03]:1+1"));
  }

  @Test
  void bytesThatOneSideAloneHasDifferAlsoWhereRulesLeaveThemOpen() throws Exception {
    for (String rule :
        List.of("ignore c2s:4+2", "ignore c2s:-2+2", "copy c2s:4+2->s2c:0+2", "ignore c2s:0+6")) {
      assertEquals(
          List.of("CHANGED c2s a1 b1 4+2"), diff("c2s 616263646566", "c2s 61626364", rule));
      assertEquals(
          List.of("CHANGED c2s a1 b1 4+2"), diff("c2s 61626364", "c2s 616263646566", rule));
    }
    assertEquals(List.of("CHANGED c2s a1 b1 0+2"), diff("c2s 6162", "c2s ", "ignore c2s:0+2"));
    assertEquals(List.of("CHANGED c2s a1 b1 0+2"), diff("c2s ", "c2s 6162", "ignore c2s:-2+2"));
  }

  @Test
  void severalRulesTogetherMayLeaveACopiedValueOpen() throws Exception {
    assertEquals(
        List.of(),
        diff(
            "c2s 0001, s2c 0001",
            "c2s 7777, s2c 8888",
            COPY_ID,
            "ignore s2c:0+1",
            "ignore s2c:-1+1"));
  }

  @Test
  void ofSeveralCopiesIntoOnePlaceOneIsEnough() throws Exception {
    assertEquals(
        List.of(),
        diff("c2s 00010001, s2c 0001", "c2s 77776666, s2c 7777", COPY_ID, "copy c2s:2+2->s2c:0+2"));
  }

  @ParameterizedTest
  @RandomSeeds(300)
  void aDiffSaysWhatEachByteUnderEachRuleSays(long seed) throws Exception {
    Random random = new Random(seed);
    Rules rules = anyRules(random);
    // Two frames each, the second of which may hold what the first one held.
    byte[][] a = {anyPayload(random), anyPayload(random)};
    byte[][] b = random.nextInt(4) == 0
        ? new byte[][] {anyPayload(random), anyPayload(random)}
        : new byte[][] {almost(random, a[0]), almost(random, a[1])};
    List<String> expected = new ArrayList<>();
    BitSet asked = naive(rules, Direction.C2S, a, b, 0);
    BitSet answered = naive(rules, Direction.S2C, a, b, 1);
    expected.addAll(asked.isEmpty() ? List.of() : List.of("CHANGED c2s a1 b1 " + asked));
    expected.addAll(answered.isEmpty() ? List.of() : List.of("CHANGED s2c a2 b2 " + answered));
    HexFormat hex = HexFormat.of();
    String recordedA = "c2s " + hex.formatHex(a[0]) + ", s2c " + hex.formatHex(a[1]);
    String recordedB = "c2s " + hex.formatHex(b[0]) + ", s2c " + hex.formatHex(b[1]);
    diff(recordedA, recordedB, rules.toString());
    List<String> found = changes.stream()
        .map(change -> change.kind() + " " + change.direction() + " a"
            + change.a().entry() + " b" + change.b().entry() + " " + bytes(change.differing()))
        .toList();
    assertEquals(expected, found, () -> rules + recordedA + "\n" + recordedB);
  }

  private static BitSet bytes(List<Change.Range> ranges) {
    BitSet bytes = new BitSet();
    ranges.forEach(range -> bytes.set(range.offset(), range.offset() + range.length()));
    return bytes;
  }

  /** The bytes of the frames at that index that differ: each is looked at by itself. */
  private static BitSet naive(Rules rules, Direction direction, byte[][] a, byte[][] b, int index) {
    BitSet differing = new BitSet();
    for (int at = 0; at < Math.max(a[index].length, b[index].length); at++) {
      if (at >= a[index].length || at >= b[index].length) {
        differing.set(at);
      } else if (!isIgnored(rules, direction, at, a[index].length)) {
        boolean inBoth = false;
        boolean inOne = false;
        for (Copy copy : rules.copied()) {
          boolean here = copy.to().direction() == direction && has(copy.to(), at, a[index].length);
          boolean inA = index == 1 && holds(copy, a);
          boolean inB = index == 1 && holds(copy, b);
          inBoth |= here && inA && inB;
          inOne |= copy.to().direction() == direction
              && inA != inB
              && has(copy.to(), at, a[index].length);
        }
        differing.set(at, !inBoth && (inOne || a[index][at] != b[index][at]));
      }
    }
    return differing;
  }

  private static boolean isIgnored(Rules rules, Direction direction, int at, int length) {
    return Stream.concat(rules.ignored().stream(), rules.copied().stream().map(Copy::from))
        .anyMatch(field -> field.direction() == direction && has(field, at, length));
  }

  private static boolean has(Field field, int at, int length) {
    int from = field.offset() < 0 ? length + field.offset() : field.offset();
    return from >= 0 && from + field.length() <= length && at >= from && at < from + field.length();
  }

  /** Whether the second frame holds what the first one held. */
  private static boolean holds(Copy copy, byte[][] frames) {
    int from = copy.from().offset() + (copy.from().offset() < 0 ? frames[0].length : 0);
    int to = copy.to().offset() + (copy.to().offset() < 0 ? frames[1].length : 0);
    int length = copy.to().length();
    return copy.to().direction() == Direction.S2C
        && from >= 0
        && to >= 0
        && from + length <= frames[0].length
        && to + length <= frames[1].length
        && Arrays.equals(frames[0], from, from + length, frames[1], to, to + length);
  }

  private static Rules anyRules(Random random) {
    Rules rules = Rules.NONE;
    for (int i = random.nextInt(4); i > 0; i--) {
      int length = 1 + random.nextInt(3);
      Field c2s = anyField(random, Direction.C2S, length);
      Field s2c = anyField(random, Direction.S2C, length);
      rules = switch (random.nextInt(5)) {
        case 0 -> rules.ignoring(c2s);
        case 1 -> rules.ignoring(s2c);
        case 2 -> rules.copying(Copy.of(s2c, c2s));
        default -> rules.copying(Copy.of(c2s, s2c));
      };
    }
    return rules;
  }

  private static Field anyField(Random random, Direction direction, int length) {
    int offset = random.nextBoolean() ? random.nextInt(5) : -length - random.nextInt(5);
    return Field.of(direction, offset, length);
  }

  private static byte[] anyPayload(Random random) {
    byte[] payload = new byte[random.nextInt(8)];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) random.nextInt(3);
    }
    return payload;
  }

  private static byte[] almost(Random random, byte[] payload) {
    int length = random.nextInt(3) > 0 ? payload.length : random.nextInt(8);
    byte[] almost = Arrays.copyOf(payload, length);
    for (int i = random.nextInt(3); i > 0 && length > 0; i--) {
      almost[random.nextInt(length)] = (byte) random.nextInt(3);
    }
    return almost;
  }

  @Test
  void aReplyMayHoldTheNewIdOfItsRequest() throws Exception {
    assertEquals(List.of(), diff("c2s 000161, s2c 000162", "c2s 777761, s2c 777762", COPY_ID));
  }

  @Test
  void aReplyWithAnIdThatNoRequestHadDiffers() throws Exception {
    assertEquals(
        List.of("CHANGED s2c a2 b2 0+2"),
        diff("c2s 000161, s2c 000162", "c2s 777761, s2c 888862", COPY_ID));
  }

  @Test
  void aReplyThatIsAnswerToNobodyInOneRecordingDiffersThoughItsBytesAreEqual() throws Exception {
    assertEquals(
        List.of("CHANGED s2c a2 b2 0+2"),
        diff("c2s 000161, s2c 000162", "c2s 777761, s2c 000162", COPY_ID));
  }

  @Test
  void aCopiedValueThatIsIgnoredTooDoesNotDiffer() throws Exception {
    assertEquals(
        List.of(),
        diff("c2s 000161, s2c 000162", "c2s 777761, s2c 888862", COPY_ID, "ignore s2c:0+2"));
  }

  @Test
  void repliesThatNoRequestIsTiedToAreComparedAsTheyAre() throws Exception {
    String greeting = "s2c ffff00, ";
    assertEquals(
        List.of(),
        diff(greeting + "c2s 000161, s2c 000162", greeting + "c2s 777761, s2c 777762", COPY_ID));
  }

  @Test
  void repliesMayComeInAnyOrderWhereACopyTiesThemToTheirRequests() throws Exception {
    String requests = "c2s 000161, c2s 000262, c2s 000363, ";
    String others = "c2s 777761, c2s 888862, c2s 999963, ";
    assertEquals(
        List.of(),
        diff(
            requests + "s2c 0001a1, s2c 0002a2, s2c 0003a3",
            others + "s2c 9999a3, s2c 7777a1, s2c 8888a2",
            COPY_ID));
    assertEquals(
        List.of("CHANGED s2c a5 b6 2+1"),
        diff(
            requests + "s2c 0001a1, s2c 0002a2, s2c 0003a3",
            others + "s2c 9999a3, s2c 7777a1, s2c 8888ff",
            COPY_ID));
  }

  @Test
  void aSessionIdOfTheServerMayComeBackFromTheClient() throws Exception {
    String copy = "copy s2c:1+2->c2s:0+2";
    assertEquals(
        List.of("CHANGED s2c a1 b1 0+1"),
        diff("s2c 011111, c2s 111161", "s2c 022222, c2s 222261", copy));
    assertEquals(
        List.of("CHANGED c2s a2 b2 0+2"),
        diff("s2c 011111, c2s 111161", "s2c 012222, c2s 333361", copy));
  }

  @Test
  void framesThatMayComeAtAnyTimeAreLeftOutOfBoth() throws Exception {
    assertEquals(
        List.of("CHANGED c2s a4 b2 0+1"),
        diff(
            "c2s 0001, s2c 7070, c2s 0001, c2s 62, s2c 63",
            "s2c 63, c2s 63, s2c 7070, c2s 0001, s2c 7070",
            "allow c2s[0=0001,len=2]",
            "allow s2c[0=\"pp\"]"));
    assertEquals(5, summary.entriesOfA());
    assertEquals(3, summary.allowedInA());
    assertEquals(3, summary.allowedInB());
    assertEquals(1, summary.same());
  }

  @Test
  void damageIsToldWithItsPlace() throws Exception {
    Path damaged = Files.writeString(dir.resolve("c.rec"), "0\tc2s\t61\n0\tx2s\t62\n");
    try (Recording a = recording("a.rec", "c2s 61, c2s 62");
        Recording b = Recording.open(damaged, 1000)) {
      Exception told = assertThrows(
          RecordingException.class, () -> RecordingDiff.compare(a, b, Rules.NONE, change -> {}));
      assertTrue(told.getMessage().startsWith(damaged + ":2: direction: "), told.getMessage());
    }
  }
}
