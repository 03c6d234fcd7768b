package io.tracestream.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void equalRecordingsHaveNoChanges() throws Exception {
    assertEquals(List.of(), diff("c2s 6869, s2c 796573", "c2s 6869, s2c 796573"));
    assertEquals(new DiffSummary(2, 0, 0, 0), summary);
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
    assertEquals(new DiffSummary(2, 1, 0, 0), summary);
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
    assertEquals(new DiffSummary(4, 0, 1, 0), summary);
  }

  @Test
  void aRemovedEntryDoesNotMakeThoseBehindItDiffer() throws Exception {
    assertEquals(
        List.of("REMOVED c2s a2"),
        diff("c2s 61, c2s 7878, c2s 62, s2c 63, c2s 64", "c2s 61, c2s 62, s2c 63, c2s 64"));
    assertEquals(new DiffSummary(4, 0, 0, 1), summary);
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
    assertEquals(new DiffSummary(1000, 0, 50, 0), summary);
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
