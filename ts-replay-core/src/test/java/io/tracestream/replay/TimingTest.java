package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimingTest {
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  @Test
  void theRecordedPauseIsKept() {
    assertEquals(5_000, Timing.ORIGINAL.pauseNanos(10, 15));
    assertEquals(0, Timing.ORIGINAL.pauseNanos(10, 10));
  }

  @Test
  void aPauseIsDividedByTheSpeed() {
    assertEquals(2_500, Timing.ORIGINAL.withSpeed(2).pauseNanos(10, 15));
    assertEquals(10_000, Timing.ORIGINAL.withSpeed(0.5).pauseNanos(10, 15));
  }

  @Test
  void aPauseIsCutAtTheLongestGapOnceItWasDivided() {
    Timing timing = Timing.ORIGINAL.withSpeed(2).withMaxGap(Duration.ofMillis(3));
    assertEquals(2_500_000, timing.pauseNanos(0, 5_000));
    assertEquals(3_000_000, timing.pauseNanos(0, 6_000));
    assertEquals(3_000_000, timing.pauseNanos(0, 60_000));
  }

  @Test
  void aTimeThatGoesBackIsNoPause() {
    assertEquals(0, Timing.ORIGINAL.pauseNanos(15, 10));
    assertEquals(0, Timing.ORIGINAL.withSpeed(1e-9).pauseNanos(Long.MAX_VALUE, 0));
  }

  @Test
  void nothingIsLongerThanTimesCanSay() {
    Timing slowest = Timing.ORIGINAL.withSpeed(Double.MIN_VALUE).withMaxGap(LONGEST);
    long longest = slowest.pauseNanos(0, Long.MAX_VALUE);
    assertTrue(longest > Duration.ofDays(10_000).toNanos());
    assertTrue(longest <= Long.MAX_VALUE / 2, "it overflows when added to the clock's time");
    assertEquals(longest, slowest.pauseNanos(0, 1));
    assertEquals(0, slowest.pauseNanos(7, 7));
  }

  @Test
  void atOnceMeansNoPauseWhateverWasRecorded() {
    assertTrue(Timing.NONE.isAtOnce());
    assertTrue(Timing.ORIGINAL.withMaxGap(Duration.ZERO).isAtOnce());
    assertFalse(Timing.ORIGINAL.isAtOnce());
    assertFalse(Timing.ORIGINAL.withSpeed(1e9).isAtOnce());
    assertEquals(0, Timing.NONE.pauseNanos(0, Long.MAX_VALUE));
    assertEquals(0, Timing.ORIGINAL.withMaxGap(Duration.ZERO).pauseNanos(0, Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.0, -1, Double.NEGATIVE_INFINITY, Double.NaN})
  void aSpeedThatIsNoneIsRefused(double speed) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> Timing.ORIGINAL.withSpeed(speed));
    assertEquals("speed: found " + speed + ", expected a number above 0", refused.getMessage());
  }

  @Test
  void aGapBelowNothingIsRefused() {
    Exception refused = assertThrows(
        IllegalArgumentException.class, () -> Timing.ORIGINAL.withMaxGap(Duration.ofMillis(-1)));
    assertEquals("maxGap: found PT-0.001S, expected 0 or more", refused.getMessage());
  }
}
