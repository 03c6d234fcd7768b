package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private final BufferPool pool = new BufferPool(2 * BufferPool.LARGEST);

  @Test
  void aBufferThatWasGivenBackIsTakenAgain() {
    ByteBuffer buffer = pool.take(300);
    buffer.put((byte) 1);
    pool.give(buffer);
    assertSame(buffer, pool.take(500));
    assertEquals(512, buffer.remaining());
  }

  @Test
  void readsBecomeModestWhilePeersHoldMuch() {
    ByteBuffer first = pool.takeToRead(0);
    ByteBuffer second = pool.takeToRead(0);
    assertEquals(BufferPool.LARGEST, second.capacity());
    assertEquals(BufferPool.MODEST, pool.takeToRead(0).capacity());
    pool.give(first);
    pool.give(second);
    assertEquals(BufferPool.LARGEST, pool.takeToRead(0).capacity());
  }

  @Test
  void evenAModestReadHasRoomBehindWhatIsKept() {
    pool.takeToRead(0);
    pool.takeToRead(0);
    for (int kept : new int[] {1, BufferPool.MODEST, 300_000, BufferPool.LARGEST - 1}) {
      assertTrue(pool.takeToRead(kept).capacity() > kept, kept + " bytes");
    }
  }
}
