package io.tracestream.replay;

import io.tracestream.rules.Comparer;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What stands around the entry at which a session ended: looked for once, and not far. */
final class Surroundings {
  /** How many entries are looked at on either side. */
  private static final int MOST = 100;

  private final Play play;
  private final Comparer comparer;
  private final byte[] found;
  private Nearby nearby;
  private long entries;

  private Surroundings(Play play, byte[] found) {
    this.play = play;
    this.comparer = new Comparer(play.rules(), play.compared());
    this.found = found;
  }

  /** Looks around the entry that the cursor is at, which goes on; {@code found} may be null. */
  static Surroundings of(Play play, Cursor cursor, byte[] found) {
    Surroundings surroundings = new Surroundings(play, found);
    long number = cursor.number();
    long comparedBefore = cursor.comparedSoFar() - (cursor.line() > 0 ? 1 : 0);
    try {
      surroundings.lookAhead(cursor);
      if (found != null) {
        surroundings.lookBack(number, comparedBefore);
      }
    } catch (IOException e) {
      // Damage nearby: what was found so far is all that can be said.
    }
    return surroundings;
  }

  private void lookAhead(Cursor cursor) throws IOException {
    long expected = cursor.comparedSoFar();
    for (int looked = 0; looked < MOST && cursor.line() > 0; looked++) {
      if (cursor.next() && nearby == null && equalsFound(cursor)) {
        int steps = (int) (cursor.comparedSoFar() - expected);
        nearby = new Nearby(cursor.number(), cursor.line(), steps);
      }
    }
    entries = cursor.line() > 0 ? 0 : cursor.number() - 1;
  }

  /** From the top, as a recording is read one way: of those that are equal the last is nearest. */
  private void lookBack(long number, long comparedBefore) throws IOException {
    for (Cursor cursor = play.cursor(); cursor.next() && cursor.number() < number; ) {
      long steps = comparedBefore + 1 - cursor.comparedSoFar();
      boolean near =
          cursor.number() >= number - MOST && (nearby == null || steps <= Math.abs(nearby.steps()));
      if (near && equalsFound(cursor)) {
        nearby = new Nearby(cursor.number(), cursor.line(), (int) -steps);
      }
    }
  }

  private boolean equalsFound(Cursor cursor) throws IOException {
    return found != null
        && cursor.isCompared()
        && comparer.difference(cursor.payload(), ByteBuffer.wrap(found)) < 0;
  }

  /** The nearest entry that equals what was found; null when there is none. */
  Nearby nearby() {
    return nearby;
  }

  /** How many entries the recording has; 0 when its end is far. */
  long entries() {
    return entries;
  }
}
