package io.tracestream.replay;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The conversations that connections play. For any number of threads. */
final class Playlist implements Closeable {
  private final List<Conversation> conversations;
  private final boolean repeat;
  private final Manner manner;
  /** Stays open, as each connection plays it; null when there are several. */
  private final Recording only;
  /** Where the connections' frames choose; null where they take the next conversation. */
  private final Chooser chooser;
  /** How many were begun, repetitions included. */
  private long begun;

  /**
   * Opens each of them once, so that a wrong one is told at once.
   *
   * @throws io.tracestream.recording.RecordingException when one cannot be read, or is no recording
   */
  Playlist(List<Conversation> conversations, Selection selection, boolean repeat, Manner manner)
      throws IOException {
    this.conversations = conversations;
    this.repeat = repeat;
    this.manner = manner;
    int maxPayloadLength = manner.format().longestPayload();
    if (conversations.size() == 1) {
      only = conversations.get(0).open(maxPayloadLength);
    } else {
      only = null;
      for (Conversation conversation : conversations) {
        conversation.open(maxPayloadLength).close();
      }
    }
    chooser = selection == Selection.ORDER || only != null
        ? null
        : new Chooser(conversations, repeat, manner.rules(), maxPayloadLength);
  }

  /** A connection was accepted: its turn. */
  Turn turn() {
    return chooser == null
        ? new OrderedTurn(next(), manner, only != null)
        : new ChosenTurn(chooser, manner);
  }

  /** The next conversation; null when all were begun. */
  private synchronized Conversation next() {
    if (begun >= conversations.size() && !repeat) {
      return null;
    }
    Conversation next = conversations.get((int) (begun++ % conversations.size()));
    return only == null ? next : Conversation.of(only);
  }

  int size() {
    return conversations.size();
  }

  /** How many were never begun. */
  synchronized long notPlayed() {
    return chooser == null ? Math.max(0, conversations.size() - begun) : chooser.notPlayed();
  }

  /** The name of the only one, or that of the folder of them all. */
  @Override
  public String toString() {
    Conversation first = conversations.get(0);
    Path folder = first.parts().isEmpty() ? null : first.parts().get(0).getParent();
    return conversations.size() == 1 || folder == null ? first.toString() : folder.toString();
  }

  @Override
  public void close() throws IOException {
    if (only != null) {
      only.close();
    }
  }
}
