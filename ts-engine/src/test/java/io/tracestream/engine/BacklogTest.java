package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final long MILLI = 1_000_000;
  private static final int MIB = 1024 * 1024;

  private final Backlog backlog = new Backlog();

  private void written(int mebibytes, boolean isFull, int atMillis) {
    backlog.written((long) mebibytes * MIB, isFull, atMillis * MILLI);
  }

  private void assertReadUntil(int millis) {
    assertEquals(millis, backlog.readUntil() / MILLI);
  }

  @Test
  void aPeerThatNeverLetUsWaitHasReadEverything() {
    written(3, false, 100);
    written(3, false, 200);
    assertReadUntil(200);
  }

  @Test
  void whatTheKernelsHoldIsReadAsQuicklyAsTheRestWasTaken() {
    written(8, true, 0);
    written(2, true, 500);
    written(2, false, 1000); // 4 MiB in a second
    assertReadUntil(3000);
  }

  @Test
  void whatWasTakenBeforeTheyWereFullMayHaveBeenReadLongAgo() {
    for (int i = 0; i < 100; i++) {
      written(10, false, i);
    }
    written(0, true, 100);
    written(1, false, 200);
    assertReadUntil(200 + 16 * 100);
  }

  @Test
  void aPeerThatHasReadEverythingBeginsAnew() {
    written(8, true, 0);
    written(8, false, 1000);
    assertReadUntil(2000);
    written(1, false, 2500);
    assertReadUntil(2500);
    written(1, true, 2600);
    written(1, false, 2700);
    assertReadUntil(2900);
  }

  @Test
  void aPeerThatReadsNextToNothingIsNotWaitedForAllDay() {
    written(8, true, 0);
    backlog.written(1, false, 60_000 * MILLI);
    assertReadUntil(90_000);
  }
}
