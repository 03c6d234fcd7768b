package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.replay.Nearby;
import io.tracestream.replay.Place;
import io.tracestream.replay.SessionResult;
import io.tracestream.replay.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JsonReportTest {
  private static String text(Report report) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonReport.write(report, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Map<?, ?> read(Report report) throws Exception {
    return ReadJson.object(text(report).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<?, ?> session(SessionResult result) throws Exception {
    return (Map<?, ?>) ((List<?>) read(Results.report(false, result)).get("sessions")).get(0);
  }

  private static Map<?, ?> mismatch(SessionResult result) throws Exception {
    return (Map<?, ?>) session(result).get("mismatch");
  }

  private static SessionResult hellos(long connection) {
    return Results.different(connection, Results.bytes("1_hello"), Results.bytes("1_jello"));
  }

  @Test
  void aReportIsThisText() throws Exception {
    assertEquals(
        """
        {
          "report" : 1,
          "command" : "replay",
          "recording" : "dir/a.rec",
          "started" : "2026-11-23T03:41:22Z",
          "tookMicros" : 61005000,
          "passed" : false,
          "played" : 1,
          "matched" : 0,
          "differed" : 1,
          "incomplete" : 0,
          "broken" : 0,
          "faulted" : 0,
          "notPlayed" : 0,
          "entriesMatched" : 2,
          "compared" : 14,
          "open" : 0,
          "allowedFrames" : 0,
          "unusedRules" : [ ],
          "unusedRequests" : 0,
          "unusedRequestPlaces" : [ ],
          "notes" : [ ],
          "longestLatenessMicros" : 250,
          "resultsLeftOut" : 0,
          "mismatchesLeftOut" : 0,
          "sessions" : [ {
            "connection" : 1,
            "peer" : "127.0.0.1:5123",
            "recording" : "session.rec",
            "outcome" : "differed",
            "entriesMatched" : 2,
            "compared" : 14,
            "open" : 0,
            "longestLatenessMicros" : 250,
            "tookMicros" : 1234000,
            "message" : "%s",
            "damage" : null,
            "mismatch" : {
              "kind" : "different_frame",
              "direction" : "c2s",
              "entry" : 3,
              "entries" : 6,
              "line" : 4,
              "offset" : 2,
              "expected" : {
                "length" : 7,
                "from" : 0,
                "hex" : "315f68656c6c6f"
              },
              "found" : {
                "length" : 7,
                "from" : 0,
                "hex" : "315f6a656c6c6f"
              },
              "reason" : null,
              "nearby" : null,
              "differing" : [ {
                "offset" : 2,
                "length" : 1
              } ],
              "ignore" : "c2s:2+1",
              "rules" : [ "ignore c2s:2+1" ],
              "explanation" : "%s"
            }
          } ]
        }
        """.formatted(
            hellos(1).mismatch(),
            MismatchText.of(hellos(1).mismatch(), 16, false, Decoders.NONE).replace("\n", "\\n")),
        text(Results.report(false, hellos(1))));
  }

  @Test
  void everyOutcomeIsCountedAndNamed() throws Exception {
    Map<?, ?> report = read(Results.report(
        false,
        Results.matched(1),
        Results.matched(2),
        hellos(3),
        Results.incomplete(4),
        Results.broken(5, "a.rec:9: damaged")));
    assertEquals(5L, report.get("played"));
    assertEquals(2L, report.get("matched"));
    assertEquals(1L, report.get("differed"));
    assertEquals(1L, report.get("incomplete"));
    assertEquals(1L, report.get("broken"));
    assertEquals(
        List.of("matched", "matched", "differed", "incomplete", "broken"),
        ((List<?>) report.get("sessions"))
            .stream().map(session -> ((Map<?, ?>) session).get("outcome")).toList());
  }

  @Test
  void aMatchedSessionHasNeitherMismatchNorDamage() throws Exception {
    Map<?, ?> session = session(Results.matched(1));
    assertEquals("matched 2 entries", session.get("message"));
    assertTrue(session.containsKey("mismatch") && session.containsKey("damage"));
    assertNull(session.get("mismatch"));
    assertNull(session.get("damage"));
  }

  @Test
  void aStoppedSessionSaysHowFarItCame() throws Exception {
    assertEquals(
        "stopped after 2 matched entries", session(Results.incomplete(1)).get("message"));
  }

  @Test
  void aBrokenSessionSaysWhy() throws Exception {
    Map<?, ?> session = session(Results.broken(1, "a.rec:9: damaged"));
    assertEquals("a.rec:9: damaged", session.get("damage"));
    assertEquals("a.rec:9: damaged", session.get("message"));
  }

  @Test
  void rulesWithoutEffectAndNotesAndUnusedRequestsAreListed() throws Exception {
    Verdict verdict = Results.verdict(List.of(Results.matched(1)))
        .withUnusedRules(List.of("ignore c2s:4+2"))
        .withNotes(List.of("a\u001b.rec: ends with a request that has no reply"))
        .withUnusedRequests(3, List.of("a.rec:2", "a.rec:4"), true);
    Map<?, ?> report = read(Results.report(false, verdict));
    assertEquals(List.of("ignore c2s:4+2"), report.get("unusedRules"));
    assertEquals(
        List.of("a\\u001b.rec: ends with a request that has no reply"), report.get("notes"));
    assertEquals(3L, report.get("unusedRequests"));
    assertEquals(List.of("a.rec:2", "a.rec:4"), report.get("unusedRequestPlaces"));
  }

  @Test
  void withoutSessionsTheListIsEmpty() throws Exception {
    Map<?, ?> report = read(Results.report(true));
    assertEquals(true, report.get("passed"));
    assertEquals(List.of(), report.get("sessions"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"EARLY_END", "BAD_FRAME", "CONNECTION_LOST", "NOT_TAKEN", "NOTHING_CAME"})
  void whereNoFrameCameTheReasonSaysWhatDid(Kind kind) throws Exception {
    Map<?, ?> mismatch = mismatch(Results.without(1, kind, "the client's end"));
    assertEquals(kind.name().toLowerCase(Locale.ROOT), mismatch.get("kind"));
    assertNull(mismatch.get("found"));
    assertEquals("the client's end", mismatch.get("reason"));
    assertNull(mismatch.get("offset"));
    assertNull(mismatch.get("ignore"));
    assertEquals("335f68656c6c6f", ((Map<?, ?>) mismatch.get("expected")).get("hex"));
  }

  @Test
  void aFrameAfterTheEndHasNoLineAndNothingExpected() throws Exception {
    Map<?, ?> mismatch = mismatch(Results.extra(1, "more"));
    assertEquals("extra_frame", mismatch.get("kind"));
    assertEquals(7L, mismatch.get("entry"));
    assertEquals(6L, mismatch.get("entries"));
    assertNull(mismatch.get("line"));
    assertNull(mismatch.get("expected"));
    assertEquals("6d6f7265", ((Map<?, ?>) mismatch.get("found")).get("hex"));
  }

  @Test
  void theEntryNearbyIsNamedAndAnUnknownCountIsNull() throws Exception {
    Place place = Place.of("a.rec", Direction.C2S, 3, 0, 4);
    Map<?, ?> mismatch =
        mismatch(Results.different(1, place, new byte[1], new byte[2], Nearby.of(9, 12, 2)));
    assertEquals(Map.of("entry", 9L, "line", 12L, "steps", 2L), mismatch.get("nearby"));
    assertTrue(mismatch.containsKey("entries"));
    assertNull(mismatch.get("entries"));
  }

  @Test
  void longPayloadsAreCutToThatAroundTheDifference() throws Exception {
    byte[] expected = new byte[1_000_000];
    byte[] found = new byte[540_000];
    found[530_000] = 1;
    Map<?, ?> mismatch = mismatch(Results.different(1, expected, found));
    assertEquals(530_000L, mismatch.get("offset"));
    assertPart((Map<?, ?>) mismatch.get("expected"), 1_000_000, 530_000 - 32_768, "00");
    assertPart((Map<?, ?>) mismatch.get("found"), 540_000, 540_000 - 65_536, "01");
  }

  private static void assertPart(Map<?, ?> payload, long length, long from, String differing) {
    assertEquals(length, payload.get("length"));
    assertEquals(from, payload.get("from"));
    String hex = payload.get("hex").toString();
    assertEquals(2 * 65_536, hex.length());
    int at = (int) (530_000 - from);
    assertEquals(differing, hex.substring(2 * at, 2 * at + 2));
  }

  @Test
  void aLongFrameAfterTheEndIsCutToItsBeginning() throws Exception {
    Map<?, ?> found = (Map<?, ?>) mismatch(Results.extra(1, "x".repeat(65_537))).get("found");
    assertEquals(65_537L, found.get("length"));
    assertEquals(0L, found.get("from"));
    assertEquals("78".repeat(65_536), found.get("hex"));
  }

  @Test
  void aPayloadWithoutBytesIsNotTheSameAsNone() throws Exception {
    Map<?, ?> mismatch = mismatch(Results.different(1, new byte[1], new byte[0]));
    assertEquals(Map.of("length", 0L, "from", 0L, "hex", ""), mismatch.get("found"));
    assertEquals(0L, mismatch.get("offset"));
  }

  @Test
  void anyReasonSurvives() throws Exception {
    String reason = "\"quoted\" \\ </x> ü \ud83d\ude00 \u0007 \ud83d";
    Map<?, ?> mismatch = mismatch(Results.without(1, Kind.CONNECTION_LOST, reason));
    assertEquals("\"quoted\" \\ </x> ü \ud83d\ude00 \\u0007 \\ud83d", mismatch.get("reason"));
    assertFalse(mismatch.get("explanation").toString().contains("\u0007"));
  }
}
