package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class EntryTest {
  @Test
  void aReplyGoesTheOppositeWay() {
    assertEquals(Direction.S2C, Direction.C2S.opposite());
    assertEquals(Direction.C2S, Direction.S2C.opposite());
  }

  private static Entry entry(long elapsed, Direction direction, int... payload) {
    byte[] bytes = new byte[payload.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) payload[i];
    }
    return new Entry(elapsed, direction, bytes);
  }

  @Test
  void entriesAreEqualWhenTimeDirectionAndPayloadBytesAre() {
    Entry one = entry(1, Direction.C2S, 2, 3);
    assertEquals(one, entry(1, Direction.C2S, 2, 3));
    assertEquals(one.hashCode(), entry(1, Direction.C2S, 2, 3).hashCode());
    assertNotEquals(one, entry(2, Direction.C2S, 2, 3));
    assertNotEquals(one, entry(1, Direction.S2C, 2, 3));
    assertNotEquals(one, entry(1, Direction.C2S, 2, 4));
    assertNotEquals(one, entry(1, Direction.C2S, 2));
    assertNotEquals(one, null);
  }

  @Test
  void anEntryShowsHowLongItsPayloadIs() {
    assertEquals("12 us s2c, 3 bytes", entry(12, Direction.S2C, 1, 2, 3).toString());
  }

  @Test
  void directionsAreShownAsInTheFile() {
    assertEquals("c2s", Direction.C2S.toString());
    assertEquals("s2c", Direction.S2C.toString());
  }
}
