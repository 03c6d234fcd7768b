package io.tracestream.replay;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** What comes from a socket, as long as something comes. Told for how long nothing may. */
final class PatientInput extends InputStream {
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final Progress progress;
  private long patienceNanos = Long.MAX_VALUE;

  PatientInput(Socket socket, Progress progress) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.progress = progress;
  }

  /** For how long nothing may come, from the last time on that something came or went. */
  void setPatience(long nanos) {
    patienceNanos = nanos;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    if (patienceNanos == Long.MAX_VALUE) {
      return in.read(to, from, length);
    }
    while (true) {
      long left = patienceNanos - progress.quietNanos();
      if (left <= 0) {
        throw new NothingCame(patienceNanos, progress.isSending());
      }
      try {
        long millis = TimeUnit.NANOSECONDS.toMillis(left) + 1;
        socket.setSoTimeout((int) Math.min(millis, LONGEST_WAIT_MILLIS));
        int count = in.read(to, from, length);
        progress.active(System.nanoTime());
        return count;
      } catch (SocketTimeoutException e) {
        // Meanwhile something may have gone.
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Nothing came for so long. */
  static final class NothingCame extends IOException {
    private static final long serialVersionUID = 1;

    private NothingCame(long nanos, boolean sending) {
      super("nothing for " + Math.round(nanos / 1e6) / 1e3 + " s"
          + (sending ? ", nor is what we send being read" : ""));
    }
  }
}
