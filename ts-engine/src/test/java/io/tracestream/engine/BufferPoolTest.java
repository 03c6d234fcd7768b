package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private boolean scarce;
  private final BufferPool pool = new BufferPool(Long.MAX_VALUE, () -> scarce);

  @Test
  void aBufferThatWasGivenBackIsTakenAgain() {
    ByteBuffer buffer = pool.take(300);
    buffer.put((byte) 1);
    pool.give(buffer);
    assertSame(buffer, pool.take(500));
    assertEquals(512, buffer.remaining());
  }

  @Test
  void readsAreModestWhileMemoryIsScarce() {
    assertEquals(BufferPool.LARGEST, pool.takeToRead(0).capacity());
    scarce = true;
    assertEquals(BufferPool.MODEST, pool.takeToRead(0).capacity());
  }

  @Test
  void evenAModestReadHasRoomBehindWhatIsKept() {
    scarce = true;
    for (int kept : new int[] {1, BufferPool.MODEST, 300_000, BufferPool.LARGEST - 1}) {
      assertTrue(pool.takeToRead(kept).capacity() > kept, kept + " bytes");
    }
  }

  @Test
  void whatABurstLeftDoesNotKeepTheUsualSizeOut() {
    List<ByteBuffer> burst = Stream.generate(() -> pool.take(BufferPool.MODEST))
        .limit(40 * 1024 * 1024 / BufferPool.MODEST)
        .toList();
    burst.forEach(pool::give);
    ByteBuffer usual = pool.takeToRead(0);
    assertEquals(BufferPool.LARGEST, usual.capacity());
    pool.give(usual);
    assertSame(usual, pool.takeToRead(0));
  }
}
