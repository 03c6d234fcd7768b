package io.tracestream.replay;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.io.IOException;

/** The turn of a connection that is played one conversation, which was known beforehand. */
final class OrderedTurn implements Turn {
  private final Conversation conversation;
  private final Manner manner;
  /** Whether others play the same recording, which is open already. */
  private final boolean shared;

  private Recording recording;

  /** With that conversation; null when there is none left. */
  OrderedTurn(Conversation conversation, Manner manner, boolean shared) {
    this.conversation = conversation;
    this.manner = manner;
    this.shared = shared;
  }

  @Override
  public Candidates open() throws IOException {
    if (conversation == null) {
      return null;
    }
    recording = conversation.open(manner.format().longestPayload());
    return new Candidates(new Candidate(null, manner.of(recording)));
  }

  @Override
  public void over() throws IOException {
    if (recording != null && !shared) {
      recording.close();
    }
  }
}
