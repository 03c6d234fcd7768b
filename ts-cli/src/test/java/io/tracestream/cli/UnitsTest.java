package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 us",
    "999, 999 us",
    "1000, 1.00 ms",
    "9994, 9.99 ms",
    "9996, 10.0 ms",
    "99960, 100 ms",
    "1234567, 1.23 s",
    "59999999, 60.0 s",
    "60000000, 1 min 00 s",
    "3599999999, 59 min 59 s",
    "3600000000, 1 h 00 min",
    "9223372036854775807, 2562047788 h 00 min"
  })
  void aTimeHasThreeDigitsOrTwoUnits(long micros, String shown) {
    assertEquals(shown, Units.time(micros));
  }

  @Test
  void oneOfAThingIsNotSeveral() {
    assertEquals("1 entry", Units.entries(1));
    assertEquals("0 entries", Units.entries(0));
    assertEquals("2 entries", Units.entries(2));
  }
}
