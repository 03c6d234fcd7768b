package io.tracestream.recording;

/** Which way a frame goes. */
public enum Direction {
  /** From the client to the server. */
  C2S("c2s"),
  /** From the server to the client. */
  S2C("s2c");

  private final String label;

  Direction(String label) {
    this.label = label;
  }

  /**
   * The other direction.
   *
   * @return the direction of a reply to a frame of this one
   */
  public Direction opposite() {
    return this == C2S ? S2C : C2S;
  }

  /**
   * The word for it in recordings and logs.
   *
   * @return {@code c2s} or {@code s2c}
   */
  @Override
  public String toString() {
    return label;
  }
}
