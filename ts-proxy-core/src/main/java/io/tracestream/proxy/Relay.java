package io.tracestream.proxy;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameSink;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * One direction of a connection: reads from its source, records, and writes whole frames to its
 * sink.
 *
 * <p>Buffers: what was read goes out of the buffer that it came into. What the sink does not take
 * waits in {@code unsent}, and until that is empty nothing more is read, so the source is slowed
 * down by its own socket. A partial frame moves to a buffer of its size.
 *
 * <p>Ends: after the source's end, and the last of {@code unsent}, the sink gets a FIN. A relay
 * that discards is on its way to the same end and throws away what still comes.
 */
final class Relay {
  private static final int END = -1;
  private static final int BROKEN = -2;
  /** Partial frames up to this size move at each read; a larger one would cost too much. */
  private static final int MOST_MOVED = 64 * 1024;

  private final Connection connection;
  private final Direction direction;
  private final Endpoint source;
  private final Endpoint sink;
  private final BufferPool buffers;
  private final Recorder recorder;
  private final FrameFormat format;
  private final FrameDecoder decoder;
  private final FrameSink recording;

  /** The beginning of a frame, from position to limit; or null. */
  private ByteBuffer partial;
  /** A large frame, while it arrives; or null. */
  private LargeFrame large;
  /** Whole frames that the sink has not taken yet. */
  private final Outbox unsent;

  private boolean discarding;
  /** No more bytes will come from the source. */
  private boolean sourceEnded;
  /** No more bytes will go to the sink: it got its FIN, or it is broken. */
  private boolean sinkEnded;

  Relay(
      Connection connection,
      Direction direction,
      Endpoint source,
      Endpoint sink,
      FrameFormat format) {
    this.connection = connection;
    this.direction = direction;
    this.source = source;
    this.sink = sink;
    this.buffers = connection.loop().buffers;
    this.unsent = new Outbox(buffers);
    this.recorder = connection.recorder();
    this.format = format;
    this.decoder = new FrameDecoder(format);
    this.recording = payload -> recorder.write(direction, payload);
  }

  boolean wantsToRead() {
    return !sourceEnded && (discarding || unsent.isEmpty());
  }

  boolean wantsToWrite() {
    return !unsent.isEmpty();
  }

  boolean sourceEnded() {
    return sourceEnded;
  }

  /** Bytes that the sink has taken so far. */
  long delivered() {
    return unsent.taken();
  }

  boolean sinkEnded() {
    return sinkEnded;
  }

  void readable() {
    if (!wantsToRead()) {
      return; // what was ready in the same moment changed that
    }
    if (discarding) {
      discardOnce();
    } else if (large != null) {
      readLarge();
    } else {
      readFrames();
    }
    settle();
  }

  void writable() {
    flush();
    settle();
  }

  private void readFrames() {
    ByteBuffer in = buffers.takeToRead(partial == null ? 0 : partial.remaining());
    if (partial != null) {
      in.put(partial);
      buffers.give(partial);
      partial = null;
    }
    int n = read(in);
    in.flip();
    if (n >= 0) {
      forward(in);
      return;
    }
    if (n == END) {
      ended(in, in.remaining());
    }
    buffers.give(in);
  }

  /**
   * Records and sends the whole frames in {@code in}, which is this method's now, and keeps the
   * rest.
   */
  private void forward(ByteBuffer in) {
    FrameException bad = null;
    try {
      bad = decode(in);
      if (recorder != null && in.position() > 0) {
        recorder.beforeForwarding();
      }
    } catch (IOException e) {
      buffers.give(in);
      connection.recordingLost(e);
      return;
    }
    unsent.add(in.flip());
    flush();
    if (bad != null) {
      connection.refuse(direction, bad);
    }
  }

  private FrameException decode(ByteBuffer in) throws IOException {
    try {
      if (recorder == null) {
        decoder.pass(in);
      } else {
        recorder.stamp();
        decoder.decode(in, recording);
      }
      keep(in);
      return null;
    } catch (FrameException e) {
      return e;
    }
  }

  /** Copies the partial frame behind the position of {@code in}, and leaves that where it is. */
  private void keep(ByteBuffer in) throws FrameException {
    if (!in.hasRemaining()) {
      return;
    }
    ByteBuffer rest = in.slice();
    if (rest.remaining() > MOST_MOVED) {
      large = new LargeFrame(buffers, rest, decoder.missing(rest));
    } else {
      partial = buffers.take(rest.remaining()).put(rest).flip();
    }
  }

  private void readLarge() {
    int n = read(null);
    if (n == END) {
      ended(large.beginning(), large.arrived());
    } else if (n > 0 && large.isWhole()) {
      forwardLarge();
    }
  }

  private void forwardLarge() {
    decoder.skip(large.arrived());
    ArrayDeque<ByteBuffer> parts = large.take();
    large = null;
    try {
      if (recorder != null) {
        recorder.stamp();
        recorder.write(direction, payloadOf(parts));
        recorder.beforeForwarding();
      }
    } catch (IOException e) {
      parts.forEach(buffers::give);
      connection.recordingLost(e);
      return;
    }
    parts.forEach(unsent::add);
    flush();
  }

  private ByteBuffer[] payloadOf(ArrayDeque<ByteBuffer> parts) {
    ByteBuffer[] payload = parts.toArray(ByteBuffer[]::new);
    payload[0] = payload[0].duplicate().position(format.headerLength());
    return payload;
  }

  /** Reads once, into {@code in} or the large frame: a count of bytes, END or BROKEN. */
  private int read(ByteBuffer in) {
    try {
      return large != null ? large.read(source.channel()) : source.channel().read(in);
    } catch (IOException e) {
      connection.broke(source, e);
      return BROKEN;
    }
  }

  private void ended(ByteBuffer rest, long arrived) {
    sourceEnded = true;
    try {
      decoder.end(rest, arrived);
    } catch (FrameException e) {
      connection.refuse(direction, e);
    }
  }

  private void discardOnce() {
    ByteBuffer in = buffers.takeToRead(0);
    sourceEnded = read(in) < 0;
    buffers.give(in);
  }

  private void flush() {
    try {
      unsent.flush(sink.channel());
    } catch (IOException e) {
      // What this endpoint sent before may still be there to be read: the other relay goes on.
      sinkBroke();
    }
  }

  /** The source gives no more; what has come of it goes its way. */
  void sourceBroke() {
    sourceEnded = true;
  }

  /** The sink takes no more; what the source still sends has nowhere to go. */
  void sinkBroke() {
    sinkEnded = true;
    discarding = true;
    free();
  }

  /** Throws away what still comes, sends what has come, and ends. */
  void discard() {
    discarding = true;
    freePartial();
    settle();
  }

  /** Passes the end on once all is sent. */
  private void settle() {
    if ((sourceEnded || discarding) && unsent.isEmpty() && !sinkEnded) {
      sinkEnded = true;
      sink.endSending();
    }
    connection.settle();
  }

  /** Gives back all buffers. */
  void free() {
    freePartial();
    unsent.clear();
  }

  private void freePartial() {
    if (partial != null) {
      buffers.give(partial);
      partial = null;
    }
    if (large != null) {
      large.take().forEach(buffers::give);
      large = null;
    }
  }
}
