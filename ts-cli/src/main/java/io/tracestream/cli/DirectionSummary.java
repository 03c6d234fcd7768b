package io.tracestream.cli;

/** What went one way in a recording. Grows with the {@link RecordingSummary} that it is part of. */
final class DirectionSummary {
  private final Distribution payloadLengths = new Distribution();
  private final Distribution pauses = new Distribution();
  private long payloadBytes;
  private long run;
  private long longestRun;

  /** Adds an entry behind one of the other direction, or behind none. */
  void addTurn(int payloadLength) {
    run = 0;
    add(payloadLength);
  }

  /** Adds an entry behind one of the same direction. */
  void add(int payloadLength) {
    payloadLengths.add(payloadLength);
    payloadBytes += payloadLength;
    longestRun = Math.max(longestRun, ++run);
  }

  void addPause(long micros) {
    pauses.add(micros);
  }

  /**
   * How many entries went this way.
   *
   * @return their count
   */
  long entries() {
    return payloadLengths.count();
  }

  /**
   * What they carried.
   *
   * @return bytes of payload, without headers
   */
  long payloadBytes() {
    return payloadBytes;
  }

  /**
   * How long their payloads are.
   *
   * @return the distribution of the lengths, in bytes
   */
  Distribution payloadLengths() {
    return payloadLengths;
  }

  /**
   * How long after the entry before it, in whichever direction, each of them came: for s2c mostly
   * how long the server took, for c2s how long the client did. Time that goes backwards is no
   * pause.
   *
   * @return the distribution of the pauses, in microseconds; the recording's first entry has none
   */
  Distribution pauses() {
    return pauses;
  }

  /**
   * How many of them stand in a row at most, with none of the other direction between them.
   *
   * @return the length of the longest run, in entries
   */
  long longestRun() {
    return longestRun;
  }
}
