package io.tracestream.replay;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The conversations that connections play, in their order. For any number of threads. */
final class Playlist implements Closeable {
  private final List<Conversation> conversations;
  private final boolean repeat;
  private final int maxPayloadLength;
  /** Stays open, as each connection plays it; null when there are several. */
  private final Recording only;
  /** How many were begun, repetitions included. */
  private long begun;

  /**
   * Opens each of them once, so that a wrong one is told at once.
   *
   * @throws io.tracestream.recording.RecordingException when one cannot be read, or is no recording
   */
  Playlist(List<Conversation> conversations, boolean repeat, int maxPayloadLength)
      throws IOException {
    this.conversations = conversations;
    this.repeat = repeat;
    this.maxPayloadLength = maxPayloadLength;
    Recording first = conversations.get(0).open(maxPayloadLength);
    only = conversations.size() == 1 ? first : null;
    if (only == null) {
      first.close();
      for (Conversation conversation : conversations.subList(1, conversations.size())) {
        conversation.open(maxPayloadLength).close();
      }
    }
  }

  /** The next conversation to play; null when all were. */
  synchronized Conversation next() {
    if (begun >= conversations.size() && !repeat) {
      return null;
    }
    return conversations.get((int) (begun++ % conversations.size()));
  }

  /** Opens a conversation to play it. */
  Recording open(Conversation conversation) throws IOException {
    return only != null ? only : conversation.open(maxPayloadLength);
  }

  /** Closes what {@link #open} gave, behind its play. */
  void release(Recording recording) throws IOException {
    if (recording != only) {
      recording.close();
    }
  }

  int size() {
    return conversations.size();
  }

  /** How many were never begun. */
  synchronized long notPlayed() {
    return Math.max(0, conversations.size() - begun);
  }

  /** The name of the only one, or that of the folder of them all. */
  @Override
  public String toString() {
    Conversation first = conversations.get(0);
    return conversations.size() == 1
            || first.parts().isEmpty()
            || first.parts().get(0).getParent() == null
        ? first.toString()
        : first.parts().get(0).getParent().toString();
  }

  @Override
  public void close() throws IOException {
    if (only != null) {
      only.close();
    }
  }
}
