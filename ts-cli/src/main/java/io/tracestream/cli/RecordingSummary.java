package io.tracestream.cli;

import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;
import java.util.List;

/**
 * A recording in numbers: entries, bytes, lengths and pauses of each direction, and how the
 * directions take turns. Made in one pass, in fixed memory, without decoding payloads.
 *
 * <p>Not safe for several threads at once.
 */
final class RecordingSummary {
  private final OneWay c2s = new OneWay();
  private final OneWay s2c = new OneWay();
  /** Null if the recording does not name it. */
  private Framing framing;
  /** The fields that were redacted. */
  private List<String> redacted = List.of();
  /** The direction of the entry before; null before the first. */
  private Direction last;

  private long lastElapsedMicros;
  /** When the conversation began; for several, when the last one did. */
  private long beginningMicros;

  private long earliestMicros = Long.MAX_VALUE;
  private long latestMicros;
  private long turns;
  private long answered;

  /**
   * Adds the remaining entries of a reader. When it throws, it has added those before the damage.
   *
   * @param reader read to its end, and not closed
   * @throws RecordingException when a line is damaged
   * @throws IOException what the stream threw
   */
  void addAll(RecordingReader reader) throws IOException {
    while (reader.advance()) {
      long elapsedMicros = reader.elapsedMicros();
      Direction direction = reader.direction();
      beginningMicros = reader.startMicros();
      framing = reader.framing();
      redacted = reader.redacted();
      add(elapsedMicros, direction, reader.skipPayload());
    }
  }

  private void add(long elapsedMicros, Direction direction, int payloadLength) {
    OneWay way = of(direction);
    if (direction == last) {
      way.add(payloadLength);
    } else {
      way.addTurn(payloadLength);
    }
    if (last != null) {
      way.addPause(Math.max(0, elapsedMicros - lastElapsedMicros));
      countTurn(direction);
    }
    last = direction;
    lastElapsedMicros = elapsedMicros;
    earliestMicros = Math.min(earliestMicros, elapsedMicros);
    latestMicros = Math.max(latestMicros, elapsedMicros);
  }

  private void countTurn(Direction direction) {
    if (direction != last) {
      turns++;
      answered += direction == Direction.S2C ? 1 : 0;
    }
  }

  /**
   * One direction's part.
   *
   * @param direction which one
   * @return its summary, which grows with this one
   */
  OneWay of(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
  }

  /**
   * Where the recorded frames say how long they are.
   *
   * @return null if the recording does not name it
   */
  Framing framing() {
    return framing;
  }

  /** The fields whose bytes were replaced before they were recorded. */
  List<String> redacted() {
    return redacted;
  }

  /**
   * All entries.
   *
   * @return how many there are in both directions
   */
  long entries() {
    return c2s.entries() + s2c.entries();
  }

  /**
   * How long the conversation took, from its earliest entry to its latest.
   *
   * @return microseconds; 0 without entries
   */
  long durationMicros() {
    return entries() == 0 ? 0 : latestMicros - earliestMicros;
  }

  /**
   * How long it took from the beginning of the conversation to the earliest entry.
   *
   * @return microseconds; 0 without entries
   */
  long startMicros() {
    return entries() == 0 ? 0 : Math.max(0, earliestMicros - beginningMicros);
  }

  /**
   * How often the direction changes.
   *
   * @return the number of entries that went the other way than the entry before them
   */
  long turns() {
    return turns;
  }

  /**
   * How many c2s entries are directly followed by an s2c entry: all of them when the client waits
   * for each reply.
   *
   * @return their count
   */
  long answered() {
    return answered;
  }

  /** One direction of a recording. Grows with the {@link RecordingSummary} that it is part of. */
  static final class OneWay {
    private final Distribution payloadLengths = new Distribution();
    private final Distribution pauses = new Distribution();
    private long payloadBytes;
    private long run;
    private long longestRun;

    /** Adds an entry that is the first, or follows one of the other direction. */
    void addTurn(int payloadLength) {
      run = 0;
      add(payloadLength);
    }

    /** Adds an entry that follows one of the same direction. */
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
     * How long each entry came after the one before it, in either direction: for s2c this is mostly
     * the server's time, for c2s the client's. Where time goes backwards, the pause is 0.
     *
     * @return the distribution of the pauses, in microseconds; the recording's first entry has none
     */
    Distribution pauses() {
      return pauses;
    }

    /**
     * The most entries in a row without one of the other direction between them.
     *
     * @return the length of the longest run, in entries
     */
    long longestRun() {
      return longestRun;
    }
  }
}
