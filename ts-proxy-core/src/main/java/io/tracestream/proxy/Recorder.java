package io.tracestream.proxy;

import io.tracestream.engine.ObservedPayloads;
import io.tracestream.engine.Payloads;
import io.tracestream.recording.Direction;
import io.tracestream.recording.FrameObserver;
import io.tracestream.recording.RecordedEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the frames of one connection. An error is kept until all frames of the current read have
 * been taken; nothing is written after an error. For the thread of one loop.
 */
final class Recorder {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

  /** Where the entries go. */
  interface Output {
    /** Writes an entry, possibly only to memory. */
    void write(long elapsedMicros, Direction direction, ByteBuffer... payload) throws IOException;

    /** Adds a comment before the next entry. */
    void comment(String text) throws IOException;

    /** Hands all entries to the operating system. */
    void flush() throws IOException;

    /** The side that sends in that direction has ended its sending. May be called again. */
    void ended(Direction direction);

    /** The connection is closed. */
    void end(RecordedEnd how) throws IOException;

    /** Bytes that were recorded, as far as they are on their way to a file. */
    long length();

    /** Bytes of these that wait in memory. */
    long unwritten();

    /** Where the entries are, for people; to be asked when there are some. */
    String fileName();
  }

  private final Recorders all;
  private final Output output;
  private final Taker c2s = new Taker(Direction.C2S);
  private final Taker s2c = new Taker(Direction.S2C);
  /** The same, for frames that are observed. */
  private final @Nullable Payloads takingC2s;

  private final @Nullable Payloads takingS2c;
  private final long acceptedMicros;
  private boolean opened;
  private boolean unreachable;
  /** When the current frames arrived: microseconds since the recording began. */
  private long elapsedMicros;

  private @Nullable IOException failure;

  /**
   * A recorder of the connection that was accepted then.
   *
   * @param observer sees its frames before they are recorded; null for nobody
   */
  Recorder(
      Recorders all,
      Output output,
      long number,
      long acceptedMicros,
      @Nullable FrameObserver observer) {
    this.all = all;
    this.output = output;
    this.acceptedMicros = acceptedMicros;
    this.takingC2s = observed(observer, number, Direction.C2S, c2s);
    this.takingS2c = observed(observer, number, Direction.S2C, s2c);
  }

  /** What takes payloads that an observer sees first; without one it is {@code next} alone. */
  static @Nullable Payloads observed(
      @Nullable FrameObserver observer, long number, Direction direction, @Nullable Payloads next) {
    return observer == null
        ? next
        : new ObservedPayloads(parts -> observer.frame(number, direction, parts), next);
  }

  /** Takes the payloads of one direction, and counts them. */
  private final class Taker implements Payloads {
    private final Direction direction;
    /** Reused for each frame, as a call with variable arguments would make an array. */
    private final ByteBuffer[] onePart = new ByteBuffer[1];

    private long frames;
    private long bytes;

    private Taker(Direction direction) {
      this.direction = direction;
    }

    @Override
    public void payload(ByteBuffer payload) {
      onePart[0] = payload;
      largePayload(onePart);
    }

    @Override
    public void largePayload(ByteBuffer[] parts) {
      if (failure != null) {
        return;
      }
      try {
        output.write(elapsedMicros, direction, parts);
        frames++;
        for (ByteBuffer part : parts) {
          bytes += part.remaining();
        }
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  /** Takes the payloads that have just come in that direction. */
  @Nullable
  Payloads taking(Direction direction) {
    elapsedMicros = all.elapsedMicros();
    return direction == Direction.C2S ? takingC2s : takingS2c;
  }

  /** Adds a comment before the next entry. */
  void comment(String text) {
    if (failure == null) {
      try {
        output.comment(text);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  /** To be called after recording frames; an error means that they must not be forwarded. */
  @Nullable
  IOException beforeForwarding() {
    return all.flushesEach() ? flush() : failure;
  }

  /** Flushes what was recorded, and checks the file; returns what failed, or null. */
  @Nullable
  IOException flush() {
    if (failure == null) {
      try {
        output.flush();
      } catch (IOException e) {
        failure = e;
      }
    }
    return failure;
  }

  /** The side that sends in that direction has ended its sending. May be called again. */
  void ended(Direction direction) {
    output.ended(direction);
  }

  /** Closes the recording of the connection; returns what failed, or null. */
  @Nullable
  IOException end(RecordedEnd how) {
    try {
      output.end(how);
    } catch (IOException e) {
      return failure == null ? e : null; // else it is known already
    }
    return null;
  }

  /**
   * Logs what was recorded of that connection, once it is closed. After an error, frames that were
   * counted may have been in a buffer only.
   */
  void logResult(Connection connection, boolean bothConnected, boolean targetUnreachable) {
    opened = bothConnected;
    unreachable = targetUnreachable;
    if (!opened) {
      LOG.debug("{}: nothing was recorded", connection); // it failed with a warning, or has left
    } else if (failure != null) {
      LOG.warn(
          "{}: {} is incomplete: of {} and {}, the last ones may be missing",
          connection,
          output.fileName(),
          recorded().shown(Direction.C2S),
          recorded().shown(Direction.S2C));
    } else if (recorded().isEmpty()) {
      LOG.warn("{}: nothing was recorded: {}", connection, all.noWholeFrame());
    } else {
      LOG.info(
          "{}: recorded {} and {} in {} to {}",
          connection,
          recorded().shown(Direction.C2S),
          recorded().shown(Direction.S2C),
          Recorders.seconds(all.elapsedMicros() - acceptedMicros),
          output.fileName());
    }
  }

  /** Whether both sides were connected. */
  boolean isOpened() {
    return opened;
  }

  /** Whether its target could not be reached. */
  boolean isUnreachable() {
    return unreachable;
  }

  /** What was recorded so far. */
  Recorded recorded() {
    return new Recorded(c2s.frames, c2s.bytes, s2c.frames, s2c.bytes, length());
  }

  /** Bytes that wait to be written. */
  long unwritten() {
    return output.unwritten();
  }

  /** Bytes that were recorded. */
  long length() {
    return output.length();
  }
}
