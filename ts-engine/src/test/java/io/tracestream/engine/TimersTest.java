package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TimersTest {
  private final Timers timers = new Timers();
  private final Runnable one = () -> {};
  private final Runnable other = () -> {};

  @Test
  void whatIsDueComesInTheOrderOfItsTime() {
    long now = System.nanoTime();
    timers.at(now, one);
    timers.at(now - 1000, other);
    assertSame(other, timers.pollDue());
    assertSame(one, timers.pollDue());
    assertNull(timers.pollDue());
  }

  @Test
  void tasksOfTheSameTimeComeInTheOrderTheyWereAdded() {
    long now = System.nanoTime();
    timers.at(now, one);
    timers.at(now, other);
    assertSame(one, timers.pollDue());
    assertSame(other, timers.pollDue());
  }

  @Test
  void aCancelledTimerIsGoneAtOnce() {
    Timers.Timer timer = timers.at(System.nanoTime() + Long.MAX_VALUE / 4, one);
    assertEquals(1, timers.size());
    timer.cancel();
    assertTrue(timers.isEmpty());
  }
}
