package io.tracestream.replay;

import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of the entries around a mismatch. */
@Timeout(60)
class ReplayNearbyTest {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("login.rec");
  }

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
    "000161626364, 00ff61626364, c2s:1+1",
    "000161626364, ffff61626364, c2s:0+2",
    "000161626364, ff01ff626364, c2s:0+3", // a byte may be equal by chance
    "000161626364, ff0161ff6364, ", // two in a row are not chance
    "000161626364, 0001616263ff, c2s:5+1",
    "000161626364, 00ff616263, ", // the length differs as well
    "000161626364, ffffffffffff, ", // all of it
    "0001, 00ff, c2s:1+1",
    "01, ff, ", // all of it
  })
  void aRuleIsOfferedOnlyForTheShapeOfAFieldThatVaries(String expected, String found, String field)
      throws Exception {
    String frame = String.format("%04x", found.length() / 2) + found;
    Field varying =
        mismatch(Rules.NONE, new String[] {"c2s " + expected}, frame).varying();
    assertEquals(field, varying == null ? null : varying.toString());
  }

  @Test
  void theFieldThatIsOfferedMayBeAsLongAsAUuidsTextAndNoLonger() throws Exception {
    for (int length : List.of(36, 37)) {
      String expected = "00" + "61".repeat(length);
      String found = "00" + "62".repeat(length);
      Field varying = mismatch(
              Rules.NONE,
              new String[] {"c2s " + expected},
              String.format("%04x", found.length() / 2) + found)
          .varying();
      assertEquals(length == 36 ? "c2s:1+36" : "null", String.valueOf(varying));
    }
  }
}
