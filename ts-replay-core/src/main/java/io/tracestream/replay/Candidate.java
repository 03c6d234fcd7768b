package io.tracestream.replay;

import io.tracestream.recording.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A conversation that a session plays, or may be playing: what is expected in it. For one thread.
 */
final class Candidate {
  private final Choice choice;
  private final Play play;
  private final Cursor cursor;
  private final LiveValues values;
  /** Whether values are copied from the frames that go. */
  private final boolean copiesSent;
  /** The payload that is expected; null at the recording's end. */
  private ByteBuffer expected;
  /** Stands for the entries of ours between the one that was expected before and this one. */
  private ByteBuffer sent;

  /**
   * A candidate at its beginning.
   *
   * @param choice what it was chosen as; null when there was no choice
   */
  Candidate(Choice choice, Play play) {
    this.choice = choice;
    this.play = play;
    this.cursor = play.cursor();
    this.values = new LiveValues(play.rules());
    this.copiesSent = values.comeFrom(play.sent());
  }

  /**
   * Goes to the next entry that is compared; false at the recording's end.
   *
   * @param fingerprint tells our entries before it apart; null when nobody asks
   */
  boolean next(Fingerprint fingerprint) throws IOException {
    boolean more;
    if (fingerprint == null && !copiesSent) {
      more = cursor.nextCompared();
    } else {
      more = nextWithAllBefore(fingerprint);
    }
    expected = more ? values.live(play.compared(), cursor.payload()) : null;
    return more;
  }

  private boolean nextWithAllBefore(Fingerprint fingerprint) throws IOException {
    while (cursor.next() && !cursor.isCompared()) {
      ByteBuffer live = values.live(play.sent(), cursor.payload());
      values.passed(play.sent(), cursor.payload(), values.cut(play.sent(), live));
      if (fingerprint != null) {
        fingerprint.add(play.sent(), cursor.payload());
      }
    }
    sent = fingerprint == null ? null : fingerprint.take();
    return cursor.isCompared();
  }

  /** The expected frame came; gives the values that are copied from it. */
  byte[] passed(ByteBuffer frame) throws IOException {
    byte[] cut = values.cut(play.compared(), frame);
    values.passed(play.compared(), cursor.payload(), cut);
    return cut;
  }

  boolean isAtEnd() {
    return expected == null;
  }

  /** Whether the same entries of ours stand before what is expected. */
  boolean sendsAs(Candidate other) {
    return sent.equals(other.sent);
  }

  /** The payload that is expected; null at the recording's end. */
  ByteBuffer expected() {
    return expected;
  }

  /** The entry that is expected, as it has to be live; null at the recording's end. */
  Entry expectedEntry() {
    if (expected == null) {
      return null;
    }
    byte[] payload = new byte[expected.remaining()];
    expected.duplicate().get(payload);
    return new Entry(cursor.elapsedMicros(), cursor.direction(), payload);
  }

  Choice choice() {
    return choice;
  }

  Play play() {
    return play;
  }

  Cursor cursor() {
    return cursor;
  }
}
