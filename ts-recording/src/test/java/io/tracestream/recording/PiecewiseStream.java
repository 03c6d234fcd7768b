package io.tracestream.recording;

import java.io.InputStream;
import java.util.function.IntSupplier;

/** A stream that gives its bytes in pieces, and knows whether it was closed. */
final class PiecewiseStream extends InputStream {
  private final byte[] bytes;
  private final IntSupplier pieces;
  private int position;
  private boolean closed;

  PiecewiseStream(byte[] bytes, IntSupplier pieces) {
    this.bytes = bytes;
    this.pieces = pieces;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public int read(byte[] to, int at, int count) {
    if (position == bytes.length) {
      return -1;
    }
    int n = Math.min(Math.min(pieces.getAsInt(), count), bytes.length - position);
    System.arraycopy(bytes, position, to, at, n);
    position += n;
    return n;
  }

  @Override
  public int read() {
    throw new AssertionError("byte by byte is slow: nobody should call this");
  }

  @Override
  public void close() {
    closed = true;
  }
}
