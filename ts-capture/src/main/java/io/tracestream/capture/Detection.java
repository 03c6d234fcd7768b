package io.tracestream.capture;

import io.tracestream.codec.Framing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found out about the bytes of one server's connections, or of some files. Immutable. */
public final class Detection {
  private final int port;
  private final int streams;
  private final long bytes;
  private final @Nullable String other;
  private final List<Candidate> candidates;

  Detection(int port, int streams, long bytes, @Nullable String other, List<Candidate> candidates) {
    this.port = port;
    this.streams = streams;
    this.bytes = bytes;
    this.other = other;
    this.candidates = List.copyOf(candidates);
  }

  /**
   * The port of the server.
   *
   * @return 0 for files with bytes of one direction
   */
  public int port() {
    return port;
  }

  /**
   * How many directions of connections, or files, were looked at.
   *
   * @return those with at least a byte
   */
  public int streams() {
    return streams;
  }

  /**
   * How much was looked at.
   *
   * @return bytes in all directions together
   */
  public long bytes() {
    return bytes;
  }

  /**
   * What the bytes are if they are not frames, or why no framing is named.
   *
   * @return such as {@code HTTP/1: its messages have no length before them}; null if there is a
   *     candidate
   */
  public @Nullable String other() {
    return other;
  }

  /**
   * The framings under which all directions are frames to their end, and chance does not explain
   * that.
   *
   * @return the best one first; empty if there is none
   */
  public List<Candidate> candidates() {
    return candidates;
  }

  /** A framing, and what speaks for and against it. Immutable. */
  public static final class Candidate {
    private final Framing framing;
    private final String spec;
    private final List<String> usedBy;
    private final long frames;
    private final double bits;
    private final List<String> evidence;
    private final List<String> against;

    Candidate(
        Framing framing,
        String spec,
        List<String> usedBy,
        long frames,
        double bits,
        List<String> evidence,
        List<String> against) {
      this.framing = framing;
      this.spec = spec;
      this.usedBy = List.copyOf(usedBy);
      this.frames = frames;
      this.bits = bits;
      this.evidence = List.copyOf(evidence);
      this.against = List.copyOf(against);
    }

    /**
     * Where a frame says how long it is.
     *
     * @return the framing
     */
    public Framing framing() {
      return framing;
    }

    /**
     * Its name if the payloads look like that protocol, or if only one protocol has it.
     *
     * @return text that {@link Framing#parse} takes
     */
    public String spec() {
      return spec;
    }

    /**
     * The presets with the same framing.
     *
     * @return their names
     */
    public List<String> usedBy() {
      return usedBy;
    }

    /**
     * Whole frames in the bytes that were looked at.
     *
     * @return how many
     */
    public long frames() {
      return frames;
    }

    /**
     * How sure it is: chance alone would look like this once in two to the power of this.
     *
     * @return bits
     */
    public double bits() {
      return bits;
    }

    /**
     * What speaks for it.
     *
     * @return a clause each
     */
    public List<String> evidence() {
      return evidence;
    }

    /**
     * What speaks against it.
     *
     * @return a clause each
     */
    public List<String> against() {
      return against;
    }
  }
}
