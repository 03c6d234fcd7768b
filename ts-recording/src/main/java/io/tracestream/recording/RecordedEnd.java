package io.tracestream.recording;

/**
 * How a recorded conversation ended. In a folder of recordings, the last line of a conversation
 * says so as a comment: {@code # ended by client}, {@code # ended by target} or {@code # cut off}.
 */
public enum RecordedEnd {
  /** The client was the first to end its sending. */
  CLIENT("ended by client"),
  /** The target was the first to end its sending. */
  TARGET("ended by target"),
  /** The connection broke, or the recorder was stopped while it was open. */
  CUT_OFF("cut off");

  private final String label;

  RecordedEnd(String label) {
    this.label = label;
  }

  /**
   * The words for it in recordings.
   *
   * @return {@code ended by client}, {@code ended by target} or {@code cut off}
   */
  @Override
  public String toString() {
    return label;
  }
}
