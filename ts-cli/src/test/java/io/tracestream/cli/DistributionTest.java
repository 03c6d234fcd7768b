package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.RandomSeeds;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionTest {
  private static Distribution of(long... numbers) {
    Distribution distribution = new Distribution();
    Arrays.stream(numbers).forEach(distribution::add);
    return distribution;
  }

  @Test
  void withoutNumbersAllIsZero() {
    Distribution nothing = of();
    assertEquals(0, nothing.count() + nothing.min() + nothing.max() + nothing.percentile(50));
  }

  @Test
  void numbersBelow512AreExact() {
    Distribution distribution = of(511, 0, 300, 7, 7);
    assertEquals(5, distribution.count());
    assertEquals(0, distribution.min());
    assertEquals(7, distribution.percentile(50));
    assertEquals(300, distribution.percentile(80));
    assertEquals(511, distribution.percentile(81));
    assertEquals(511, distribution.max());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 511, 512, 10_240, 1_000_003, 16_777_215, Long.MAX_VALUE})
  void aNumberAloneIsExact(long number) {
    Distribution alone = of(number, number);
    for (double percent : new double[] {0.001, 50, 100}) {
      assertEquals(number, alone.percentile(percent));
    }
    assertEquals(number, alone.min());
    assertEquals(number, alone.max());
  }

  @ParameterizedTest
  @RandomSeeds(100)
  void anyPercentileIsAtMostFourPerMilleTooSmall(long seed) {
    Random random = new Random(seed);
    long[] numbers = random
        .longs(1 + random.nextInt(300))
        .map(n -> n >>> 1 + random.nextInt(63))
        .toArray();
    Distribution distribution = of(numbers);
    Arrays.sort(numbers);
    for (int percent = 1; percent <= 100; percent++) {
      long exact = numbers[(percent * numbers.length + 99) / 100 - 1];
      long said = distribution.percentile(percent);
      assertTrue(said <= exact && exact - said <= exact / 256, percent + " %: " + said);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 100.1, Double.NaN})
  void aPercentageOutOfRangeIsRefused(double percent) {
    assertThrows(IllegalArgumentException.class, () -> of(1).percentile(percent));
  }
}
