package io.tracestream.replay;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameReader;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The half of a session that reads what the client sends, and compares it with the recording. */
final class Verifier {
  private final Progress progress;
  /** At the c2s entry that is expected. */
  private final Cursor cursor;

  private final FrameReader frames;
  private byte[] found;
  /** What came when no frame came, in words. */
  private String nothing;

  private boolean badFrame;
  private boolean reset;
  private boolean allMatched;

  Verifier(Progress progress, Cursor cursor, FrameReader frames) {
    this.progress = progress;
    this.cursor = cursor;
    this.frames = frames;
  }

  /**
   * Compares to the end of both; false when they differ: then {@link #found} and {@link #nothing}
   * say what came in the place of the entry that {@link #cursor} is at.
   *
   * @throws IOException when the recording is damaged
   */
  boolean run() throws IOException {
    while (cursor.next(Direction.C2S)) {
      ByteBuffer expected = cursor.payload();
      ByteBuffer frame = receive();
      if (!expected.equals(frame)) {
        return differs(frame);
      }
      if (!frames.ready()) { // to tell the sender costs more than to compare a small frame
        progress.matched(cursor.c2sSoFar());
      }
    }
    progress.matched(cursor.c2sSoFar());
    allMatched = true;
    ByteBuffer extra = receive();
    return extra == null && !badFrame || differs(extra);
  }

  private boolean differs(ByteBuffer frame) {
    if (frame != null) {
      found = new byte[frame.remaining()];
      frame.get(found);
    }
    return false;
  }

  /** Waits for the client's next frame; null when there is none. */
  private ByteBuffer receive() {
    try {
      ByteBuffer frame = frames.lend();
      nothing = frame == null ? "the client's end" : null;
      return frame;
    } catch (FrameException e) {
      nothing = "a bad frame: " + e.getMessage();
      badFrame = true;
    } catch (IOException e) {
      nothing = "the client gone: " + e.getMessage();
      reset = true;
    }
    return null;
  }

  Cursor cursor() {
    return cursor;
  }

  /** The payload that differs; null when no frame came. */
  byte[] found() {
    return found;
  }

  /** What came when no frame came, in words; null when one did. */
  String nothing() {
    return nothing;
  }

  /** Whether the connection broke, rather than that it ended. */
  boolean wasReset() {
    return reset;
  }

  /** Whether every c2s entry was matched. */
  boolean hasMatchedAll() {
    return allMatched;
  }
}
