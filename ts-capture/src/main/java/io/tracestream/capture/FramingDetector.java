package io.tracestream.capture;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Direction;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the messages in a stream are framed: tries all presets and many other framings, and
 * keeps those under which all bytes are frames.
 *
 * <p>That alone proves little: one in a hundred runs of random bytes also ends with a frame if the
 * length is a single byte. So it counts bits, as many as chance would need luck: lengths that use
 * only a small part of their range, ends of streams and turns of the conversation between frames,
 * bytes before the length that are always the same, and what is known of the protocol. A framing is
 * named from 20 bits on, after a deduction for how many were tried.
 */
public final class FramingDetector {
  private static final int MOST_PER_STREAM = 256 * 1024;
  private static final int MOST_STREAMS = 128;
  private static final int MOST_PORTS = 64;
  /** All streams of a capture together. */
  private static final int MOST_IN_ALL = 32 * 1024 * 1024;

  private static final int MAX_PAYLOAD = 16_777_216;
  private static final double ENOUGH = 20;
  /** Of what may be a single frame. */
  private static final double ENOUGH_OF_BEGINNING = 12;

  /** For a preset: there are about as many as this has values. */
  private static final double PRESET_COST = 5;

  private static final double SHAPE_COST = 9;
  private static final int MOST_SHOWN = 5;
  /** Bits by which a framing has to be better than another one with the same frames. */
  private static final double CLEARLY = 12;

  /** Frames to which a framing is tried: more would prove nothing, and may be very short. */
  private static final int MOST_TRIED = 50_000;
  /** Bytes of each stream by which most framings are ruled out. */
  private static final int FIRST_LOOK = 4096;
  /** Frames that are looked at for what is known of a protocol. */
  private static final int MOST_LOOKED_AT = 1000;

  private static final List<Framing> FRAMINGS = framings();

  private FramingDetector() {}

  private static List<Framing> framings() {
    Set<Framing> all = new LinkedHashSet<>();
    Framing.presets().forEach(preset -> all.add(preset.framing()));
    for (int bytes : new int[] {1, 2, 3, 4, 8}) {
      for (int offset = 0; offset <= (bytes == 8 ? 4 : 16); offset++) {
        for (String order : bytes == 1 ? List.of("") : List.of("", ",order=little")) {
          for (String counts : List.of("", ",counts=frame")) {
            all.add(Framing.parse("length=" + bytes + ",offset=" + offset + order + counts));
          }
        }
      }
    }
    for (String counts : List.of("", ",counts=frame")) {
      for (int offset = 0; offset <= 4; offset++) {
        for (int digits = 2; digits <= 10; digits++) {
          all.add(Framing.parse("ascii:" + digits + ",offset=" + offset + counts));
        }
        for (int bytes = 1; bytes <= 4; bytes++) {
          all.add(Framing.parse("bcd:" + bytes + ",offset=" + offset + counts));
        }
      }
    }
    for (int offset = 0; offset <= 4; offset++) {
      all.add(Framing.parse("varint,offset=" + offset));
    }
    return List.copyOf(all);
  }

  /**
   * Whether a file is a capture, and not the bytes of one direction.
   *
   * @param file to look at
   * @return true for pcap and pcapng
   * @throws IOException if it cannot be read
   */
  public static boolean isCapture(Path file) throws IOException {
    return CaptureReader.isCapture(file);
  }

  /**
   * Looks at the connections in a capture, those to each port together.
   *
   * @param capture the file
   * @param port of the servers; 0 for all
   * @return by the number of bytes, the most first
   * @throws CaptureException if the file is not a capture
   * @throws IOException if it cannot be read
   */
  public static List<Detection> ofCapture(Path capture, int port) throws IOException {
    Map<Integer, List<Sample>> byPort = new TreeMap<>();
    AtomicLong left = new AtomicLong(MOST_IN_ALL);
    try (CaptureReader reader = CaptureReader.open(capture)) {
      new TcpConnections(port, (number, client, target, micros) -> {
            boolean isFull = byPort.size() == MOST_PORTS && !byPort.containsKey(target.port());
            List<Sample> samples = isFull
                ? List.of()
                : byPort.computeIfAbsent(target.port(), any -> new ArrayList<>());
            Sample c2s = new Sample(Direction.C2S);
            Sample s2c = new Sample(Direction.S2C);
            if (!isFull && samples.size() < MOST_STREAMS) {
              samples.add(c2s);
              samples.add(s2c);
              return new Sampler(c2s, s2c, MOST_PER_STREAM, left);
            }
            return new Sampler(c2s, s2c, 0, left);
          })
          .readAll(reader);
    }
    List<Detection> all = new ArrayList<>();
    byPort.forEach((target, samples) -> {
      samples.removeIf(sample -> sample.length() == 0);
      if (!samples.isEmpty()) {
        all.add(detect(target, samples));
      }
    });
    all.sort(Comparator.comparingLong(Detection::bytes).reversed());
    return all;
  }

  /**
   * Looks at files with the bytes of one direction of a connection each. A name that contains
   * {@code c2s} or {@code s2c} says which.
   *
   * @param files of connections to the same server
   * @return what they all are
   * @throws IOException if one cannot be read
   */
  public static Detection ofRaw(List<Path> files) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      Sample sample = new Sample(
          name.contains("c2s") ? Direction.C2S : name.contains("s2c") ? Direction.S2C : null);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        sample.add(ByteBuffer.wrap(in.readNBytes(MOST_PER_STREAM)), MOST_PER_STREAM);
        sample.isWhole = in.read() < 0;
      }
      if (sample.length() > 0) {
        samples.add(sample);
      }
    }
    return detect(0, samples);
  }

  /** Keeps the first bytes of a connection. */
  static final class Sampler implements TcpSink {
    private final Sample c2s;
    private final Sample s2c;
    private final int most;
    private final AtomicLong left;
    private @Nullable Direction last;
    private boolean c2sIsFull;
    private boolean s2cIsFull;

    /**
     * Keeps the first bytes of a connection.
     *
     * @param most bytes in each direction
     * @param left bytes that may be kept of all connections
     */
    Sampler(Sample c2s, Sample s2c, int most, AtomicLong left) {
      this.left = left;
      this.c2s = c2s;
      this.s2c = s2c;
      this.most = most;
    }

    @Override
    public void withoutStart(Direction direction) {
      (direction == Direction.C2S ? c2s : s2c).hasStart = false;
    }

    @Override
    public void bytes(Direction direction, long micros, ByteBuffer data) {
      boolean isC2s = direction == Direction.C2S;
      if (last != null && last != direction) {
        (isC2s ? s2c : c2s).turn();
      }
      last = direction;
      Sample sample = isC2s ? c2s : s2c;
      int had = sample.length();
      boolean all = sample.add(data, (int) Math.min(most, had + left.get()));
      left.addAndGet(had - sample.length());
      c2sIsFull |= isC2s && !all;
      s2cIsFull |= !isC2s && !all;
    }

    @Override
    public void ended(Direction direction, long micros) {
      if (direction == Direction.C2S) {
        c2s.isWhole = !c2sIsFull;
      } else {
        s2c.isWhole = !s2cIsFull;
      }
    }

    @Override
    public void lost(Direction direction, long at, long count) {}

    @Override
    public void reset(Direction direction, long micros) {}

    @Override
    public void closed() {}

    @Override
    public void open(String why) {}

    @Override
    public void dropped(String why) {}

    @Override
    public long held() {
      return 0; // bounded by the numbers of streams and ports
    }
  }

  /**
   * Looks at what one side of a connection sent first, such as what a proxy could not read. There
   * are few bytes, so less evidence is enough to name a framing.
   *
   * @param direction which side sent them
   * @param bytes the first ones, possibly up to somewhere in a message
   * @return what they may be; neither a framing nor anything else if they say too little
   */
  public static Detection ofBeginning(Direction direction, byte[] bytes) {
    Sample sample = new Sample(direction);
    sample.add(ByteBuffer.wrap(bytes), bytes.length);
    sample.turn(); // as most messages are read whole
    return detect(0, List.of(sample), true);
  }

  /** Looks at streams of one server. */
  static Detection detect(int port, List<Sample> samples) {
    return detect(port, samples, false);
  }

  private static Detection detect(int port, List<Sample> samples, boolean isBeginning) {
    long bytes = samples.stream().mapToLong(Sample::length).sum();
    String known = OtherProtocols.byFirstBytes(samples);
    if (known != null || bytes == 0) {
      String other = bytes == 0 ? "no framing was found: there are no bytes" : known;
      return new Detection(port, samples.size(), bytes, other, List.of());
    }
    List<Trial> trials = new ArrayList<>();
    for (Framing framing : FRAMINGS) {
      if (!mayFit(framing, samples)) {
        continue; // as most do not, after a frame or two
      }
      Trial trial = new Trial(framing);
      if (trial.fits(samples) && trial.score() >= (isBeginning ? ENOUGH_OF_BEGINNING : ENOUGH)) {
        trials.add(trial);
      }
    }
    trials.sort(Comparator.comparingDouble(Trial::score).reversed());
    List<Detection.Candidate> candidates = new ArrayList<>();
    List<Trial> shown = trials.subList(0, Math.min(MOST_SHOWN, trials.size()));
    for (Trial trial : shown) {
      candidates.add(trial.candidate(shown, samples));
    }
    String other = candidates.isEmpty() ? OtherProtocols.text(samples) : null;
    if (candidates.isEmpty() && other == null && !isBeginning) {
      other = OtherProtocols.ofBytes(samples);
    }
    return new Detection(port, samples.size(), bytes, other, candidates);
  }

  /** Whether all streams are frames, but for those whose direction is not known. */
  private static boolean mayFit(Framing framing, List<Sample> samples) {
    FrameFormat format = new FrameFormat(framing, MAX_PAYLOAD);
    for (Sample sample : samples) {
      if (sample.direction == null) {
        continue;
      }
      ByteBuffer in = sample.bytes();
      boolean isAll = in.limit() <= FIRST_LOOK;
      in.limit(Math.min(in.limit(), FIRST_LOOK));
      try {
        new FrameDecoder(FrameStream.format(format, sample.direction, sample.hasStart)).pass(in);
      } catch (FrameException e) {
        return false;
      }
      if (in.hasRemaining() && sample.isWhole && isAll) {
        return false;
      }
    }
    return true;
  }

  private static double log2(double number) {
    return Math.log(number) / Math.log(2);
  }

  /** One framing, tried on all streams of a server. */
  private static final class Trial {
    private final Framing framing;
    private final int offset;
    /** Bytes of the length field; 0 for a varint. */
    private final int width;

    private final List<String> names = new ArrayList<>();
    /** Bits that speak for each protocol of that framing; below 0 if it is another. */
    private final Map<String, Integer> looksLike = new LinkedHashMap<>();

    private final Map<Object, Head> heads = new LinkedHashMap<>();
    private long frames;
    /** Frames without a payload, or with a length of zeros: of zeros there may be many. */
    private long empty;

    private long frameBytes;
    private long longest;
    private long headBytes;
    private long turns;
    private long turnsHit;
    private int ends;
    private int lookedAt;
    private long partial;
    /** Bytes after the most frames. */
    private long untried;
    /** Of the lengths of all frames. */
    private long hash;

    /** The bytes before the length field in all frames of one direction. */
    private static final class Head {
      private byte[] first = new byte[0];
      private boolean[] same = new boolean[0];
      private long frames;

      private void add(Sample sample, int at, int count) {
        if (frames++ == 0) {
          first = new byte[count];
          same = new boolean[count];
          for (int i = 0; i < count; i++) {
            first[i] = sample.at(at + i);
            same[i] = true;
          }
        }
        for (int i = 0; i < first.length; i++) {
          same[i] &= first[i] == sample.at(at + i);
        }
      }

      private double bits() {
        int constant = 0;
        for (boolean is : same) {
          constant += is ? 1 : 0;
        }
        return 8.0 * constant * Math.max(0, Math.min(frames, 1000) - 1);
      }
    }

    private Trial(Framing framing) {
      this.framing = framing;
      String text = framing.toString();
      offset = number(text, "offset=", 0);
      width = text.startsWith("varint")
          ? 0
          : number(
              text,
              text.startsWith("length") ? "length=" : text.startsWith("ascii") ? "ascii:" : "bcd:",
              0);
      for (Framing.Preset preset : Framing.presets()) {
        if (preset.framing().equals(framing)) {
          names.add(preset.name());
          if (Signatures.of(preset.name()) != null) {
            looksLike.put(preset.name(), 0);
          }
        }
      }
    }

    /** Whether all streams are frames, up to a last one of which only a part was captured. */
    private boolean fits(List<Sample> samples) {
      FrameFormat format = new FrameFormat(framing, MAX_PAYLOAD);
      boolean hasPreamble = !format.ofClient().equals(format.ofServer());
      for (Sample sample : samples) {
        boolean fits = sample.direction != null
            ? fits(sample, sample.direction, format)
            : fits(sample, Direction.C2S, format)
                || hasPreamble && fits(sample, Direction.S2C, format);
        if (!fits) {
          return false;
        }
      }
      return frames > 0 || bestName() != null;
    }

    private boolean fits(Sample sample, Direction direction, FrameFormat format) {
      FrameDecoder decoder =
          new FrameDecoder(FrameStream.format(format, direction, sample.hasStart));
      ByteBuffer in = sample.bytes();
      BitSet cuts = new BitSet();
      long missing = 0;
      long left = MOST_TRIED - frames;
      try {
        while (in.hasRemaining() && missing == 0 && left-- > 0) {
          cuts.set(in.position());
          long length = decoder.frameLength(in);
          if (length > 0 && length <= in.remaining()) {
            in.position(in.position() + (int) length);
            decoder.skip(length);
          } else if (sample.isWhole) {
            return false;
          } else {
            missing = Math.max(1, length);
          }
        }
      } catch (FrameException e) {
        return false;
      }
      if (missing > 0) {
        longest = Math.max(longest, missing);
        partial += in.remaining();
      } else {
        untried += in.remaining();
      }
      ends += sample.isWhole && untried == 0 ? 1 : 0;
      int end = in.position();
      cuts.set(end);
      for (int turn : sample.turns()) {
        if (turn <= end) {
          turns++;
          turnsHit += cuts.get(turn) ? 1 : 0;
        }
      }
      boolean hasPreamble = sample.hasStart && framing.toString().contains("preamble=" + direction);
      for (int at = 0; at < end; ) {
        int next = cuts.nextSetBit(at + 1);
        take(sample, at, next - at, hasPreamble && at == 0);
        at = next;
      }
      return true;
    }

    private void take(Sample sample, int at, int length, boolean isPreamble) {
      hash = 31 * hash + length;
      if (!isPreamble) {
        int fieldBytes = fieldBytes(sample, at);
        boolean isEmpty = length == offset + fieldBytes || isZero(sample, at, fieldBytes);
        frames++;
        empty += isEmpty ? 1 : 0;
        frameBytes += length;
        longest = Math.max(longest, length);
        headBytes += fieldBytes;
        if (offset > 0 && !isEmpty) {
          Object key = sample.direction == null ? sample : sample.direction;
          heads.computeIfAbsent(key, any -> new Head()).add(sample, at, offset);
        }
      }
      if (lookedAt < MOST_LOOKED_AT) {
        lookedAt++;
        Signatures.Frame frame =
            new Signatures.Frame(sample, at, length, at == 0 && sample.hasStart, sample.direction);
        looksLike.replaceAll((name, had) -> {
          int more = Objects.requireNonNull(Signatures.of(name)).bits(frame);
          return had < 0 || more < 0 ? -1 : had + more;
        });
      }
    }

    private boolean isZero(Sample sample, int at, int fieldBytes) {
      int or = 0;
      for (int i = at + offset; i < at + offset + fieldBytes; i++) {
        or |= sample.at(i);
      }
      return or == 0;
    }

    private static int number(String text, String before, int otherwise) {
      int at = text.indexOf(before);
      return at < 0
          ? otherwise
          : Integer.parseInt(text.substring(at + before.length()).replaceFirst("\\D.*", ""));
    }

    /** Bytes of the length field of the frame there. */
    private int fieldBytes(Sample sample, int at) {
      if (width > 0) {
        return width;
      }
      int count = 1;
      for (int i = at + offset; i < sample.length() - 1 && sample.at(i) < 0; i++) {
        count++;
      }
      return count;
    }

    private @Nullable String bestName() {
      return looksLike.entrySet().stream()
          .filter(entry -> entry.getValue() > 0)
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse(null);
    }

    private double score() {
      double range = 8.0 * headBytes / Math.max(1, frames);
      double most = log2(longest + 1);
      double lengths = (frames - empty) * Math.max(0, range - most) - most - 2 * log2(most + 1);
      double mean = Math.max(1.0, (double) frameBytes / Math.max(1, frames));
      double chance = Math.min(0.5, 1 / mean);
      double stops = ends * log2(1 / chance) + turnBits(chance);
      double head = heads.values().stream().mapToDouble(Head::bits).sum();
      String name = bestName();
      int known = name == null ? 0 : looksLike.getOrDefault(name, 0);
      boolean isPreset = name != null || names.size() > looksLike.size();
      double cost = isPreset ? PRESET_COST : SHAPE_COST + offset / 2.0;
      return lengths + stops + Math.max(head, known) - cost;
    }

    /** More turns between frames than chance would have. */
    private double turnBits(double chance) {
      double share = turns == 0 ? 0 : (double) turnsHit / turns;
      if (share <= chance) {
        return 0;
      }
      double misses = share == 1 ? 0 : (1 - share) * log2((1 - share) / (1 - chance));
      return Math.min(turns, 200) * (share * log2(share / chance) + misses);
    }

    private String spec() {
      String name = bestName();
      return name != null ? name : names.size() == 1 ? names.get(0) : framing.toString();
    }

    /** Whether both find the same frames, and little else speaks for one of them. */
    private boolean isLike(Trial other) {
      return other != this && other.hash == hash && Math.abs(other.score() - score()) < CLEARLY;
    }

    private Detection.Candidate candidate(List<Trial> shown, List<Sample> samples) {
      Trial best = shown.get(0);
      String name = bestName();
      String only = names.size() == 1 ? names.get(0) : null;
      List<String> evidence = new ArrayList<>();
      long bytes = samples.stream().mapToLong(Sample::length).sum();
      evidence.add(frames + (frames == 1 ? " frame explains " : " frames explain ")
          + (bytes - partial - untried) + " of " + bytes + " bytes");
      if (ends > 0) {
        evidence.add(ends + " of " + samples.size() + " streams are whole, and end with a frame");
      }
      if (turns > 0) {
        evidence.add(turnsHit + " of " + turns + " times the other side began between two frames");
      }
      if (name != null) {
        evidence.add(Objects.requireNonNull(Signatures.of(name)).evidence());
      }
      List<String> against = new ArrayList<>();
      if (partial > 0) {
        against.add(partial + " bytes at the end are a partial frame");
      }
      if (name == null && only != null && !looksLike.isEmpty()) {
        against.add("the frames do not look like " + only);
      }
      if (turnsHit < turns) {
        against.add((turns - turnsHit) + " times the other side began inside a frame");
      }
      for (Trial other : shown) {
        if (isLike(other)) {
          against.add("ambiguous: the frames are the same under " + other.spec());
        }
      }
      if (best != this && headBytes * best.frames < best.headBytes * frames) {
        against.add("its length explains fewer bytes of each frame than that of the first");
      }
      return new Detection.Candidate(framing, spec(), names, frames, score(), evidence, against);
    }
  }
}
