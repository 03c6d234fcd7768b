package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes a load fail. */
class LoadLimitTest {
  /** A hundred latencies: 1 ms, 2 ms, and so on. */
  private static LoadLimit.Measured hundred() {
    Histogram latencies = new Histogram(3);
    for (int millis = 1; millis <= 100; millis++) {
      latencies.recordValue(millis * 1_000_000L);
    }
    return new LoadLimit.Measured(null, latencies);
  }

  @ParameterizedTest
  @CsvSource({
    "p50>49ms, true",
    "p50>51ms, false",
    "p99>98ms, true",
    "p99>0.1s, false",
    "p99.9 > 99ms, true",
    "max>99.5ms, true",
    "max>1m, false",
    "mean>50ms, true",
    "mean>51ms, false",
    "p50<51ms, true",
    "p50<49ms, false"
  })
  void aLatencyBreaksItsLimit(String limit, boolean broken) {
    assertEquals(broken, LoadLimit.of(limit).isBroken(hundred()));
  }

  @Test
  void aLatencyThatWasNotMeasuredKeepsNoLimit() {
    LoadLimit.Measured nothing = new LoadLimit.Measured(null, new Histogram(3));
    LoadLimit limit = LoadLimit.of("p99>1h");
    assertTrue(limit.isBroken(nothing));
    assertEquals("no latency was measured", limit.found(nothing));
  }

  @Test
  void aBrokenLimitSaysWhatWasFound() {
    assertEquals("p50 is 50.0 ms", LoadLimit.of("p50>1ms").found(hundred()));
    assertFalse(LoadLimit.of("p100>101ms").isBroken(hundred()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "p99 | found \"p99\": expected a limit such as 'p99>50ms', 'mismatches>0' or 'rate<450/s'",
        "p99>50 | found \"p99>50\": expected a time after >, such as 50ms or 1.5s",
        "p99<soon | found \"p99<soon\": expected a time after <, such as 50ms or 1.5s",
        "p0>1ms | found \"p0>1ms\": expected a percentile above 0 and up to 100, such as p99.9",
        "p101>1ms | found \"p101>1ms\": expected a percentile above 0 and up to 100, such as p99.9",
        "errors>few | found \"errors>few\": expected a whole number after >",
        "rate<450 | found \"rate<450\": expected replies per second after <, such as 450/s",
        "speed>1 | found \"speed>1\": there is no \"speed\"; expected p99 or another percentile, max,"
            + " mean, mismatches, errors, overdue or rate"
      })
  void whatIsNoLimitIsExplained(String text, String message) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> LoadLimit.of(text));
    assertEquals(message, e.getMessage());
  }
}
