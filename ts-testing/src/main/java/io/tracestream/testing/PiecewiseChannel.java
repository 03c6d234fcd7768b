package io.tracestream.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntSupplier;

/** A channel that takes bytes in pieces, and keeps what each gathering write gave it apart. */
public final class PiecewiseChannel implements GatheringByteChannel {
  private final IntSupplier pieces;
  private final List<String> heard = new ArrayList<>();
  private IOException failure;

  public PiecewiseChannel(IntSupplier pieces) {
    this.pieces = pieces;
  }

  /** Every write takes all that there is. */
  public static PiecewiseChannel whole() {
    return new PiecewiseChannel(() -> Integer.MAX_VALUE);
  }

  /** Every write throws this. */
  public static PiecewiseChannel throwing(IOException failure) {
    PiecewiseChannel channel = whole();
    channel.failure = failure;
    return channel;
  }

  /** What each write took, as hex. */
  public List<String> heard() {
    return heard;
  }

  @Override
  public long write(ByteBuffer[] from) throws IOException {
    if (failure != null) {
      throw failure;
    }
    int room = pieces.getAsInt();
    StringBuilder taken = new StringBuilder();
    for (ByteBuffer part : from) {
      byte[] bytes = new byte[Math.min(part.remaining(), room - taken.length() / 2)];
      part.get(bytes);
      taken.append(HexFormat.of().formatHex(bytes));
    }
    heard.add(taken.toString());
    return taken.length() / 2;
  }

  @Override
  public long write(ByteBuffer[] from, int at, int count) {
    throw new AssertionError("a frame goes out whole: nobody should call this");
  }

  @Override
  public int write(ByteBuffer from) {
    throw new AssertionError("a frame goes out in one write: nobody should call this");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {
    throw new AssertionError("closing is the owner's business");
  }
}
