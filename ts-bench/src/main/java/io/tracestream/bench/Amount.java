package io.tracestream.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What went through in an iteration. Rates are per microsecond, so {@code bytes} are MB/s. */
@State(Scope.Thread)
@AuxCounters
public class Amount {
  /** Frames or entries. */
  public long frames;

  /** Bytes of payload. */
  public long bytes;

  /** Starts an iteration. */
  @Setup(Level.Iteration)
  public void reset() {
    frames = 0;
    bytes = 0;
  }

  void add(long moreFrames, long moreBytes) {
    frames += moreFrames;
    bytes += moreBytes;
  }
}
