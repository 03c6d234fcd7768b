package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {
  private static final Frames S2C = Frames.of(Direction.S2C);

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> Fault.parse(text)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s2c delay 200ms",
        "s2c[0=\"RESP\"] 3rd truncate 5 reset",
        "c2s[0=0003,len=9] every 7th drop",
        "c2s 0.5% corrupt -4+2",
        "s2c 11th on connection 2 duplicate",
        "s2c 2nd reorder 2",
        "s2c 1st truncate 5",
        "s2c 22nd truncate 5 hang",
        "s2c reset",
        "s2c end",
        "s2c on connection 12 hang",
        "s2c rate 10k/s",
        "s2c rate 500/s",
        "s2c rate 3m/s",
        "s2c split 3",
        "s2c split 3 20ms",
        "s2c jitter 1.5ms",
        "s2c 113th delay 90s"
      })
  void theTextOfAFaultIsReadAndWrittenTheSame(String text) {
    assertEquals(text, Fault.parse(text).toString());
  }

  @Test
  void blanksAndOtherUnitsDoNotMatter() {
    assertEquals(
        "s2c every 3rd delay 120s", Fault.parse(" s2c  every  3rd  delay  2m ").toString());
    assertEquals("s2c delay 1500ms", Fault.parse("s2c delay 1.5s").toString());
    assertEquals(
        "s2c rate 2g/s".replace("2g", "2048m"), Fault.parse("s2c rate 2g/s").toString());
    assertEquals("s2c truncate 5", Fault.parse("s2c truncate 5 end").toString());
  }

  @Test
  void aProgramSaysTheSameWithMethods() {
    assertEquals(
        "s2c 3rd truncate 5 reset",
        Fault.truncate(S2C, 5).then(Fault.Kind.RESET).nth(3).toString());
    assertEquals(Fault.parse("s2c every 7th drop"), Fault.drop(S2C).nth(2).every(7));
    assertEquals(
        "s2c 5% delay 200ms",
        Fault.delay(S2C, Duration.ofMillis(200)).withProbability(0.05).toString());
    assertEquals(
        "s2c on connection 2 split 3 10ms",
        Fault.split(S2C, 3, Duration.ofMillis(10)).onConnection(2).toString());
    assertThrows(IllegalArgumentException.class, () -> Fault.drop(S2C).withProbability(0));
    assertThrows(IllegalArgumentException.class, () -> Fault.drop(S2C).then(Fault.Kind.RESET));
    assertThrows(IllegalArgumentException.class, () -> Fault.delay(S2C, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Fault.corrupt(S2C, -1, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "x2c drop | 1: not a fault; write which frames",
        "s2c[len=] drop | 9: not a length",
        "s2c | 4: write a blank, and what to do: delay",
        "s2cdrop | 4: write a blank",
        "s2c explode | 5: write what to do: delay 200ms, jitter 50ms, drop,",
        "s2c delay | 10: write a time, such as 50ms",
        "s2c delay 200 | 14: write a time, such as 50ms",
        "s2c delay 0ms | 11: expected a time above 0, and at most 24h",
        "s2c delay 25h | 11: expected a time above 0, and at most 24h",
        "s2c 3 drop | 6: write 1st, 2nd, 3rd",
        "s2c 0th drop | 5: the first frame is the 1st",
        "s2c 0% drop | 5: a share is above 0% and at most 100%",
        "s2c 101% drop | 5: a share is above 0% and at most 100%",
        "s2c every drop | 11: write 2nd, 3rd, ... after every",
        "s2c on connection 0 drop | 19: expected 1 or more",
        "s2c reorder 0 | 13: expected 1 or more",
        "s2c corrupt 4 | 14: write the offset and the number of bytes",
        "s2c corrupt -1+2 | 13: goes beyond the payload's end",
        "s2c truncate 5 drop | 16: write end, reset or hang after the number",
        "s2c rate 10k | 13: write bytes a second",
        "s2c drop 2nd | 10: nothing may follow the fault"
      })
  void whatIsWrongIsSaidWithItsPlace(String text, String expected) {
    String message = refusal(text);
    assertTrue(message.contains("\": character " + expected), message);
  }

  @Test
  void framesAreCountedOrDrawn() {
    Faults faults = Faults.none(5);
    Fault third = Fault.parse("s2c 3rd drop");
    Fault every = Fault.parse("s2c every 3rd drop");
    assertTrue(third.isDone(3, faults.random(1, 0)));
    assertFalse(third.isDone(6, faults.random(1, 0)));
    assertTrue(every.isDone(6, faults.random(1, 0)));
    assertEquals(faults.random(1, 0).nextLong(), faults.random(1, 0).nextLong());
    assertNotEquals(faults.random(1, 0).nextLong(), faults.random(2, 0).nextLong());
    assertNotEquals(faults.random(1, 0).nextLong(), faults.random(1, 1).nextLong());
    assertNotEquals(faults.random(1, 0).nextLong(), Faults.none(6).random(1, 0).nextLong());
  }

  @Test
  void aChangeGivesAnotherListEvenOfTheSameFaults() {
    Faults faults = Faults.of("s2c drop");
    List<Fault> before = faults.list();
    faults.set(before);
    assertEquals(before, faults.list());
    assertTrue(before != faults.list());
    assertThrows(IllegalArgumentException.class, () -> faults.set("s2c drop", "s2c"));
    assertEquals(before, faults.list());
    faults.clear();
    assertEquals(List.of(), faults.list());
  }

  @Test
  void aFileOfRulesMayHaveThem(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(
        dir.resolve("a.rules"),
        "ignore s2c:0+1\nfault s2c[0=\"#\"] 3rd drop # lost\n--fault 's2c delay 1s'\n");
    Rules rules = Rules.read(file);
    assertEquals(
        List.of(Fault.parse("s2c[0=\"#\"] 3rd drop"), Fault.parse("s2c delay 1s")), rules.faults());
    assertEquals(rules, Rules.of(rules.toString().split("\n")));
    assertNotEquals(Rules.of("ignore s2c:0+1"), rules);
  }
}
