package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.RandomSeeds;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;

@Timeout(60)
class HandoverTest {
  private static final int MUCH = 8 * 1024 * 1024;

  private final Progress progress = new Progress();
  private final Handover handover = new Handover(progress);

  @ParameterizedTest
  @RandomSeeds(50)
  void whatIsPutIsTakenInItsOrder(long seed) throws Exception {
    Random random = new Random(seed);
    Queue<byte[]> underWay = new ArrayDeque<>();
    for (int i = 0; i < 2000; i++) {
      if (random.nextInt(5) < 3) {
        byte[] cut = new byte[random.nextInt(10) == 0 ? random.nextInt(2000) : random.nextInt(9)];
        random.nextBytes(cut);
        underWay.add(cut);
        handover.put(cut, 0);
      } else if (!underWay.isEmpty()) {
        assertArrayEquals(underWay.peek(), handover.take(underWay.remove().length));
      }
    }
    for (byte[] cut : underWay) {
      assertArrayEquals(cut, handover.take(cut.length));
    }
    assertNull(handover.take(1));
  }

  @Test
  void whoIsTooFarAheadTellsTheOtherAndWaits() throws Exception {
    handover.put(new byte[MUCH], 0);
    CompletableFuture<Void> ahead = CompletableFuture.runAsync(() -> put(new byte[] {7}, 1));
    assertTrue(progress.awaitMatches(1)); // or nobody would take what is there
    assertEquals(MUCH, handover.take(MUCH).length);
    ahead.get(20, TimeUnit.SECONDS);
    assertArrayEquals(new byte[] {7}, handover.take(1));
  }

  @Test
  void aSingleValueMayBeLongerThanAllThatMayBeUnderWay() throws Exception {
    handover.put(new byte[MUCH + 1], 0);
    assertEquals(MUCH + 1, handover.take(MUCH + 1).length);
    handover.put(new byte[] {7}, 0);
    assertArrayEquals(new byte[] {7}, handover.take(1));
  }

  @Test
  void aStopEndsTheWaitAndLosesWhatIsPutBehindIt() throws Exception {
    handover.put(new byte[MUCH], 0);
    CompletableFuture<Void> ahead = CompletableFuture.runAsync(() -> put(new byte[] {7}, 1));
    assertTrue(progress.awaitMatches(1));
    progress.stop();
    ahead.get(20, TimeUnit.SECONDS);
    assertEquals(MUCH, handover.take(MUCH).length);
    put(new byte[] {8}, 2);
    assertNull(handover.take(1));
  }

  private void put(byte[] cut, long matchedBefore) {
    try {
      handover.put(cut, matchedBefore);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
