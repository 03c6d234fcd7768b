package io.tracestream.proxy;

import io.tracestream.engine.Payloads;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the frames of one connection. An error is kept until the frames at hand were all taken;
 * after it nothing more is written. For the thread of one loop.
 */
final class Recorder {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

  /** Where the entries go. */
  interface Output {
    /** Writes an entry, maybe only to memory. */
    void write(long elapsedMicros, Direction direction, ByteBuffer... payload) throws IOException;

    /** Hands all entries to the operating system. */
    void flush() throws IOException;

    /** The connection is closed. */
    void end() throws IOException;
  }

  private final Recorders all;
  private final Output output;
  private final String name;
  private final Taker c2s = new Taker(Direction.C2S);
  private final Taker s2c = new Taker(Direction.S2C);
  private final long acceptedMicros;
  /** When the frames at hand arrived: microseconds since the recording began. */
  private long elapsedMicros;

  private IOException failure;

  /**
   * A recorder of the connection that was accepted then.
   *
   * @param name says in the log what is recorded
   */
  Recorder(Recorders all, Output output, String name, long acceptedMicros) {
    this.all = all;
    this.output = output;
    this.name = name;
    this.acceptedMicros = acceptedMicros;
  }

  /** Takes the payloads of one direction, and counts them. */
  private final class Taker implements Payloads {
    private final Direction direction;
    /** Used again for each frame, as a call with a varying number of arguments makes an array. */
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

    @Override
    public String toString() {
      return frames + (frames == 1 ? " frame " : " frames ") + direction + " (" + bytes + " bytes)";
    }
  }

  /** What is to take the payloads that have come in that direction just now. */
  Payloads taking(Direction direction) {
    elapsedMicros = all.elapsedMicros();
    return direction == Direction.C2S ? c2s : s2c;
  }

  /** To be called between recording frames and forwarding them: why they must not be; or null. */
  IOException beforeForwarding() {
    return all.flushesEach() ? flush() : failure;
  }

  /** Hands over what was recorded, and notices a file that was taken away; gives what failed. */
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

  /** The connection is closed; gives what failed in closing its recording, or null. */
  IOException end() {
    try {
      output.end();
    } catch (IOException e) {
      return failure == null ? e : null; // else it is known already
    }
    if (c2s.frames + s2c.frames == 0) {
      LOG.warn("{}: nothing was recorded, as no whole frame came", name);
    } else {
      double seconds = (all.elapsedMicros() - acceptedMicros) / 1e6;
      LOG.info(
          "{}: recorded {} and {} in {} s",
          name,
          c2s,
          s2c,
          String.format(Locale.ROOT, "%.3f", seconds));
    }
    return null;
  }
}
