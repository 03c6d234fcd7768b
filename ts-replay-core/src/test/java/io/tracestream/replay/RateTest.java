package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** When requests are due. */
class RateTest {
  @Test
  void theRequestsOfAllClientsAreEvenlySpread() {
    Rate rate = new Rate(1000, 4);
    assertEquals(0, rate.due(0, 0));
    assertEquals(1_000_000, rate.due(1, 0));
    assertEquals(3_000_000, rate.due(3, 0));
    assertEquals(4_000_000, rate.due(0, 1));
  }

  @Test
  void aRateThatDividesNoNanosecondDoesNotDrift() {
    assertEquals(1_000_000_000L * 1000, new Rate(3, 1).due(0, 3000));
  }

  @Test
  void aRequestCountsAsDueFromItsOwnTime() {
    Rate rate = new Rate(1000, 4);
    assertEquals(0, rate.dueBy(1, 999_999));
    assertEquals(1, rate.dueBy(1, 1_000_000));
    assertEquals(1, rate.dueBy(1, 4_999_999));
    assertEquals(2, rate.dueBy(1, 5_000_000));
  }

  @Test
  void asManyAreDueInASecondAsTheRateSays() {
    Rate rate = new Rate(250, 7);
    long all = 0;
    for (int client = 0; client < 7; client++) {
      all += rate.dueBy(client, 999_999_999);
    }
    assertEquals(250, all);
  }
}
