package io.tracestream.replay;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.io.IOException;

/**
 * Conversations that are the same under the rules: the oldest stands for all. Its counts are
 * guarded by its {@link Chooser}.
 */
final class Choice {
  private final Conversation conversation;
  /** How many there are. */
  private long count;
  /** How many of them may still be played. */
  private long left;

  private long begun;
  private Recording recording;
  private int users;

  Choice(Conversation conversation) {
    this.conversation = conversation;
  }

  /** The recording, which all sessions share that may be playing it; give it back. */
  synchronized Recording open(int maxPayloadLength) throws IOException {
    if (users == 0) {
      recording = conversation.open(maxPayloadLength);
    }
    users++;
    return recording;
  }

  synchronized void release() throws IOException {
    users--;
    if (users == 0) {
      recording.close();
    }
  }

  void addOne() {
    count++;
    left++;
  }

  void startOver() {
    left += count;
  }

  void played() {
    left--;
    begun++;
  }

  long left() {
    return left;
  }

  long notPlayed() {
    return Math.max(0, count - begun);
  }
}
