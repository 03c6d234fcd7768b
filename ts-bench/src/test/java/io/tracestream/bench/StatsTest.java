package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatsTest {
  @Test
  void theMedianIsTheMiddleOfAnyOrder() {
    assertEquals(2, Stats.median(3, 1, 2));
    assertEquals(2.5, Stats.median(4, 1, 2, 3));
    assertEquals(7, Stats.median(7));
    assertEquals(Double.NaN, Stats.median());
  }

  @Test
  void aPercentileHasThatShareBelowIt() {
    long[] sorted = new long[200];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = i;
    }
    assertEquals(100, Stats.percentile(sorted, 50));
    assertEquals(198, Stats.percentile(sorted, 99));
    assertEquals(5, Stats.percentile(new long[] {5}, 99));
    assertEquals(0, Stats.percentile(new long[0], 99));
  }
}
