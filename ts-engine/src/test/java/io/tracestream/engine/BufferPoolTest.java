package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private static final int MODEST = 64 * 1024;

  private int readSize = BufferPool.LARGEST;
  private final BufferPool pool = new BufferPool(Long.MAX_VALUE, () -> readSize);

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
    readSize = MODEST;
    assertEquals(MODEST, pool.takeToRead(0).capacity());
  }

  @Test
  void evenAModestReadHasRoomBehindWhatIsKept() {
    readSize = MODEST;
    for (int kept : new int[] {1, MODEST, 300_000, BufferPool.LARGEST - 1}) {
      assertTrue(pool.takeToRead(kept).capacity() > kept, kept + " bytes");
    }
  }

  @Test
  void whatABurstLeftDoesNotKeepTheUsualSizeOut() {
    List<ByteBuffer> burst = Stream.generate(() -> pool.take(MODEST))
        .limit(40 * 1024 * 1024 / MODEST)
        .toList();
    burst.forEach(pool::give);
    ByteBuffer usual = pool.takeToRead(0);
    assertEquals(BufferPool.LARGEST, usual.capacity());
    pool.give(usual);
    assertSame(usual, pool.takeToRead(0));
  }
}
