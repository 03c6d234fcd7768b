package io.tracestream.replay;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What goes to a socket, in pieces, each of which is told to the session's {@link Progress}: a peer
 * that reads slowly is not idle, and one that does not read at all is.
 */
final class WatchedOutput extends OutputStream {
  private static final int PIECE = 64 * 1024;

  private final OutputStream out;
  private final Progress progress;

  WatchedOutput(OutputStream out, Progress progress) {
    this.out = out;
    this.progress = progress;
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    progress.sending(true);
    for (int at = 0; at < length; at += PIECE) {
      out.write(bytes, from + at, Math.min(PIECE, length - at));
      progress.active(System.nanoTime());
    }
    progress.sending(false);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }
}
