package io.tracestream.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.function.IntSupplier;

/**
 * A stream that arrives in pieces, as from a socket. It remembers the largest array that was
 * offered to it, which is how much memory the reader had taken, and whether it was closed.
 */
public final class PiecewiseStream extends InputStream {
  /** As a piece's size: the read times out instead. */
  public static final int TIME_OUT = 0;

  private final byte[] bytes;
  private final IntSupplier pieces;
  private int position;
  private int largestArray;
  private boolean closed;

  public PiecewiseStream(byte[] bytes, IntSupplier pieces) {
    this.bytes = bytes;
    this.pieces = pieces;
  }

  /** Every read gives all it has room for. */
  public static PiecewiseStream whole(byte[] bytes) {
    return new PiecewiseStream(bytes, () -> Integer.MAX_VALUE);
  }

  public static PiecewiseStream byteByByte(byte[] bytes) {
    return new PiecewiseStream(bytes, () -> 1);
  }

  /** Every other read times out; the ones between give one piece. */
  public static PiecewiseStream withTimeOuts(byte[] bytes, int piece) {
    int[] reads = {0};
    return new PiecewiseStream(bytes, () -> ++reads[0] % 2 == 0 ? TIME_OUT : piece);
  }

  public int position() {
    return position;
  }

  public int largestArray() {
    return largestArray;
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public int read(byte[] to, int at, int count) throws IOException {
    largestArray = Math.max(largestArray, to.length);
    int piece = pieces.getAsInt();
    if (piece == TIME_OUT) {
      throw new SocketTimeoutException("nothing came");
    }
    if (position == bytes.length) {
      return -1;
    }
    int n = Math.min(Math.min(piece, count), bytes.length - position);
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
