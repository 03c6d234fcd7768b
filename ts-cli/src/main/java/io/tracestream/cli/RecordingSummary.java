package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import java.io.IOException;

/**
 * What conversation a recording holds, in numbers: entries, bytes, lengths and pauses of each
 * direction, and how the directions take turns. Made in one pass, in fixed memory, without decoding
 * payloads.
 *
 * <p>For one thread at a time.
 */
final class RecordingSummary {
  private final DirectionSummary c2s = new DirectionSummary();
  private final DirectionSummary s2c = new DirectionSummary();
  /** Which way the entry before went; null before the first. */
  private Direction last;

  private long lastElapsedMicros;
  /** When the conversation began; a summary of several has that of the last. */
  private long beginningMicros;

  private long earliestMicros = Long.MAX_VALUE;
  private long latestMicros;
  private long turns;
  private long answered;

  /**
   * Adds the entries that a reader has left. When it throws, those before the damage have been
   * added.
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
      add(elapsedMicros, direction, reader.skipPayload());
    }
  }

  private void add(long elapsedMicros, Direction direction, int payloadLength) {
    DirectionSummary way = of(direction);
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
  DirectionSummary of(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
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
   * How many c2s entries have an s2c entry right behind them: all of them when the client waits for
   * each reply.
   *
   * @return their count
   */
  long answered() {
    return answered;
  }
}
