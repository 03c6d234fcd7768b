package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the clocks in frames of one direction: numbers, packed decimals and texts that are a time
 * of these decades, and go as fast as the times of the entries. All kinds of frames that have a
 * clock at the same place give evidence together, and so do clocks that say the same time. For one
 * thread.
 */
final class Clocks {
  private static final int SAMPLE = 64;
  /** How unlikely it must be that bytes keep time by chance, in bits. */
  private static final double EVIDENCE = 7.99;
  /** The same for a clock whose bytes cannot be a value that is sent back. */
  private static final double SURE = 16;
  /** The same for a clock that says when the recordings were made. */
  private static final double KNOWN = 12;
  /** How much more evidence is needed where other bytes that vary are beside it. */
  private static final double BESIDE = 6;
  /** How much less likely a clock is if even the byte differs that changes every 194 days. */
  private static final double TURN = 5;
  /** How many seconds a time may be before or after all others of its recording. */
  private static final double NEAR = 60;

  private static final double EARLIEST = seconds(LocalDateTime.of(2005, 1, 1, 0, 0));
  private static final double LATEST = seconds(LocalDateTime.of(2050, 1, 1, 0, 0));
  /** How many years ahead a time may be, such as one at which something expires. */
  private static final int AHEAD = 5;
  /** How many seconds a clock may differ from the times of the entries. */
  private static final double TOLERANCE = 1.5;
  /** How many seconds so many packed pairs of digits can tell, from the seconds on. */
  private static final double[] DECIMALS = {1, 60, 3600, 86_400, 2.7e6, 3.2e7, 3.2e9, 3.2e11};
  /** Numbers that go further from frame to frame do not count frames. */
  private static final double COUNTING = 4096;
  /** The tolerance for recordings whose entries have no times. */
  private static final double UNTIMED = 3600;

  private static final List<Pattern> DATES = List.of(
      Pattern.compile("20\\d\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d([.,]\\d{1,9})?"),
      Pattern.compile(
          "20\\d\\d(0\\d|1[0-2])([0-2]\\d|3[01])[-T]\\d\\d:\\d\\d:\\d\\d([.,]\\d{1,9})?"),
      Pattern.compile("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} 20\\d\\d \\d\\d:\\d\\d:\\d\\d"),
      Pattern.compile(
          "(?<!\\d)20\\d\\d(0\\d|1[0-2])([0-2]\\d|3[01])([01]\\d|2[0-3])[0-5]\\d[0-5]\\d(\\d{3})?(?!\\d)"),
      Pattern.compile("(?<!\\d)1[1-9]\\d{8}(\\d{3}){0,3}(?!\\d)"));

  private final ByDirection<List<Kind>> all;
  /** Those of the direction that is looked at. */
  private List<Kind> kinds = List.of();
  /** No clock is later than this, in seconds since 1970. */
  private final double soon = seconds(LocalDateTime.now(ZoneOffset.UTC).plusYears(AHEAD));
  /** For each recording, the earliest and the latest time of clocks that are likely. */
  private double[][] known = {};

  /**
   * Looks for the clocks of these kinds.
   *
   * @param kinds all kinds
   */
  Clocks(ByDirection<List<Kind>> kinds) {
    this.all = kinds;
  }

  /** Adds the clocks to the kinds that have them. */
  void find() {
    for (Direction direction : Direction.values()) {
      kinds = all.get(direction);
      for (Kind kind : kinds) {
        for (Change.Range run : Kind.runs(kind.varying())) {
          text(kind, run);
        }
      }
      textsElsewhere();
      numbers();
    }
    findMore();
  }

  /** Looks again at bytes that nothing explains, now that more is known about others. */
  void findMore() {
    for (Direction direction : Direction.values()) {
      kinds = all.get(direction);
      numbers();
    }
  }

  private void numbers() {
    for (Kind kind : kinds) {
      for (Change.Range run : Kind.runs(kind.rest())) {
        if (isNew(kind, run.offset(), run.offset() + run.length())) {
          number(kind, run);
          for (Change.Range part : parts(kind, run)) {
            if (isNew(kind, run.offset(), run.offset() + run.length())) {
              number(kind, part);
            }
          }
        }
      }
    }
  }

  /**
   * The parts of a run that are the same in all frames of a recording, and those that are not:
   * where a time is beside an id, the id alone is different from frame to frame. None if there is
   * one part.
   */
  private static List<Change.Range> parts(Kind kind, Change.Range run) {
    List<Step> steps = Scopes.sample(kind.steps(), SAMPLE);
    List<Change.Range> parts = new ArrayList<>();
    int from = run.offset();
    for (int at = from + 1; at <= run.offset() + run.length() && steps.size() > 1; at++) {
      if (at == run.offset() + run.length() || isSteady(steps, at) != isSteady(steps, at - 1)) {
        parts.add(new Change.Range(from, at - from));
        from = at;
      }
    }
    return parts.size() > 1 ? parts : List.of();
  }

  private static boolean isSteady(List<Step> steps, int at) {
    for (int i = 0; i < steps.get(0).recordings(); i++) {
      int recording = i;
      if (steps.stream()
              .filter(step -> step.isIn(recording))
              .map(step -> step.payload(recording)[at])
              .distinct()
              .count()
          > 1) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNew(Kind kind, int from, int to) {
    return kind.clocks().stream().noneMatch(field -> field.offset() < to && from < field.end());
  }

  private static void text(Kind kind, Change.Range run) {
    for (Pattern pattern : DATES) {
      Set<Shapes.@Nullable Field> fields = new HashSet<>();
      for (Step step : Scopes.sample(kind.steps(), SAMPLE)) {
        for (int i = 0; i < step.recordings(); i++) {
          if (step.isIn(i)) {
            fields.add(Shapes.find(pattern, run, step.payload(i)));
          }
        }
      }
      Shapes.Field field = fields.iterator().next();
      if (fields.size() == 1 && field != null && isNew(kind, field.offset(), field.end())) {
        kind.addClock(new Shapes.Field(field.offset(), field.width(), "a time"), true, false);
        return;
      }
    }
  }

  /** A text that is a time in one kind is one in others that have it at the same place. */
  private void textsElsewhere() {
    for (Kind known : kinds) {
      for (Shapes.Field field : List.copyOf(known.clocks())) {
        for (Kind kind : kinds) {
          for (int at :
              new int[] {field.offset(), field.offset() - known.length() + kind.length()}) {
            int end = at + field.width();
            if (at >= 0
                && end <= kind.length()
                && isNew(kind, at, end)
                && !kind.varying().get(at, end).isEmpty()
                && isDate(kind, at, end)) {
              kind.addClock(new Shapes.Field(at, field.width(), "a time"), true, false);
            }
          }
        }
      }
    }
  }

  private static boolean isDate(Kind kind, int from, int to) {
    for (Step step : Scopes.sample(kind.steps(), SAMPLE)) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i)) {
          String text = new String(step.payload(i), from, to - from, StandardCharsets.ISO_8859_1);
          if (DATES.stream().noneMatch(date -> date.matcher(text).matches())) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** A kind of clock. */
  private enum Clock {
    FILETIME(8, 11, "a FILETIME"),
    SECONDS(4, 3, "a time in seconds"),
    LONG_SECONDS(8, 6, "a time in seconds"),
    MILLIS(8, 8, "a time in milliseconds"),
    MICROS(8, 7, "a time in microseconds"),
    NANOS(8, 4, "a time in nanoseconds"),
    NTP(8, 3, "an NTP time"),
    DOUBLE(8, 8, "a time in seconds, as a double"),
    BCD_14(7, 12, "a time in packed decimals"),
    BCD_12(6, 8, "a time in packed decimals"),
    /** Month, day, hour, minute and second in digits, amid other ones. */
    DIGITS(10, 8, "a time in digits");

    private final int width;
    /** How many bits it says that bytes are a time of these decades, without what is often zero. */
    private final double bits;

    private final String words;

    Clock(int width, double bits, String words) {
      this.width = width;
      this.bits = bits;
      this.words = words;
    }

    /** How many of its low-order bytes may always be the same. */
    int idle() {
      return switch (this) {
        case NTP -> 4;
        case FILETIME, NANOS, DOUBLE, BCD_14, BCD_12 -> 3;
        case DIGITS -> 1;
        default -> 0;
      };
    }

    boolean isDecimal() {
      return this == BCD_14 || this == BCD_12 || this == DIGITS;
    }

    /** Seconds since 1970; NaN if it is not a time. */
    double seconds(byte[] payload, int at, boolean big) {
      if (isDecimal()) {
        return decimals(payload, at);
      }
      long bits = 0;
      for (int i = 0; i < width; i++) {
        bits = bits << 8 | payload[big ? at + i : at + width - 1 - i] & 0xff;
      }
      return switch (this) {
        case FILETIME -> bits / 1e7 - 11_644_473_600.0;
        case SECONDS, LONG_SECONDS -> bits;
        case MILLIS -> bits / 1e3;
        case MICROS -> bits / 1e6;
        case NANOS -> bits / 1e9;
        case NTP -> (bits >>> 32) - 2_208_988_800.0 + (bits & 0xffff_ffffL) / 0x1p32;
        case DOUBLE -> Double.longBitsToDouble(bits);
        default -> Double.NaN;
      };
    }

    private double decimals(byte[] payload, int at) {
      int[] two = new int[this == DIGITS ? width / 2 : width];
      for (int i = 0; i < two.length; i++) {
        int high = this == DIGITS ? payload[at + 2 * i] - '0' : payload[at + i] >> 4 & 0xf;
        int low = this == DIGITS ? payload[at + 2 * i + 1] - '0' : payload[at + i] & 0xf;
        if (high < 0 || high > 9 || low < 0 || low > 9) {
          return Double.NaN;
        }
        two[i] = 10 * high + low;
      }
      int from = two.length - 5;
      if (this == DIGITS && two[from + 2] + two[from + 3] == 0) {
        return Double.NaN; // zeros of a number are more likely than midnight
      }
      int year =
          switch (this) {
            case BCD_14 -> 100 * two[0] + two[1];
            case BCD_12 -> 2000 + two[0];
            default -> 2024; // nobody says which: a leap year has every day
          };
      try {
        return Clocks.seconds(LocalDateTime.of(
            year, two[from], two[from + 1], two[from + 2], two[from + 3], two[from + 4]));
      } catch (DateTimeException e) {
        return Double.NaN;
      }
    }

    /** How many units are in a second; for what has none, as many as make it precise. */
    private double units() {
      return switch (this) {
        case FILETIME -> 1e7;
        case MILLIS -> 1e3;
        case MICROS -> 1e6;
        case NANOS -> 1e9;
        case NTP -> 0x1p32;
        case DOUBLE -> 0x1p21;
        default -> 1;
      };
    }

    /** The bytes that it will have at the latest. */
    byte[] latest() {
      if (isDecimal()) {
        byte[] last = new byte[width];
        last[0] = (byte) (this == DIGITS ? '9' : width == 7 ? 0x20 : 0x50);
        last[1] = width == 7 ? (byte) 0x50 : 1;
        return last;
      }
      long bits =
          switch (this) {
            case FILETIME -> (long) ((LATEST + 11_644_473_600.0) * 1e7);
            case NTP, SECONDS -> -1;
            case DOUBLE -> Double.doubleToLongBits(LATEST);
            default -> (long) (LATEST * units());
          };
      byte[] all =
          ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN).putLong(bits).array();
      return Arrays.copyOfRange(all, 8 - width, 8);
    }
  }

  private static double seconds(LocalDateTime time) {
    return time.toEpochSecond(ZoneOffset.UTC);
  }

  /** A clock at a place that counts from one end of the payload. */
  private record Place(Clock clock, int offset, boolean big) {
    int at(Kind kind) {
      int at = offset < 0 ? kind.length() + offset : offset;
      return at >= 0 && at + clock.width <= kind.length() ? at : -1;
    }
  }

  /** Finds the clock that a run of varying bytes of a kind begins or ends in. */
  private void number(Kind kind, Change.Range run) {
    int end = run.offset() + run.length();
    Place best = null;
    List<Kind> having = List.of();
    double most = EVIDENCE;
    for (Clock clock : Clock.values()) {
      for (int at = Math.max(0, run.offset() - clock.width + 1);
          at < end && at + clock.width <= kind.length();
          at++) {
        if (!isNew(kind, at, at + clock.width) || hasExplained(kind, at, at + clock.width)) {
          continue;
        }
        boolean contains = at <= run.offset() && at + clock.width >= end;
        for (boolean big : new boolean[] {true, false}) {
          // Its low-order bytes may be beside another field, its high-order ones seldom vary.
          boolean meets = big ? at < run.offset() : at + clock.width > end;
          if (!contains && !meets
              || !big && (clock.isDecimal() || clock == Clock.NTP)
              || isText(clock, at, big, kind)
              || evidence(clock, at, big, kind) < 0) {
            continue;
          }
          for (int offset : new int[] {at, at - kind.length()}) {
            Place place = new Place(clock, offset, big);
            List<Kind> some = having(place, kind);
            double bits = evidence(place, some);
            if (bits < 0) {
              some = List.of(kind);
              bits = evidence(place, some);
            }
            bits -= contains ? 0 : clock == Clock.DIGITS ? 2 : BESIDE;
            if (bits > most) {
              most = bits;
              best = place;
              having = some;
            }
          }
        }
      }
    }
    if (best == null) {
      return;
    }
    for (Kind one : having) {
      Shapes.Field field = open(best, one, having);
      if (isNew(one, field.offset(), field.end())) {
        one.addClock(field, most >= SURE, isFine(best, one));
      }
    }
    if (most >= KNOWN) {
      know(best, having);
    }
  }

  /** Whether no two clocks are equal: it counts a thousandth of a second in small parts. */
  private static boolean isFine(Place place, Kind kind) {
    int parts =
        switch (place.clock) {
          case FILETIME, MICROS, DOUBLE -> 1;
          case NANOS -> 2;
          case NTP -> 3;
          default -> -1;
        };
    int at = place.at(kind);
    for (int i = 0; i <= parts; i++) {
      if (kind.varying().get(place.big ? at + place.clock.width - 1 - i : at + i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is a time in digits. */
  static boolean isDigits(Shapes.Field clock) {
    return clock.what().equals(Clock.DIGITS.words);
  }

  /** Whether something else explains bytes there. */
  private static boolean hasExplained(Kind kind, int from, int to) {
    BitSet explained = kind.varying().get(from, to);
    explained.andNot(kind.rest().get(from, to));
    return !explained.isEmpty();
  }

  /** The recordings were made when a clock says. */
  private void know(Place place, List<Kind> kinds) {
    for (Kind kind : kinds) {
      for (Step step : Scopes.sample(kind.steps(), SAMPLE)) {
        if (known.length == 0) {
          known = new double[step.recordings()][];
        }
        for (int i = 0; i < step.recordings(); i++) {
          if (step.isIn(i)) {
            double time = place.clock.seconds(step.payload(i), place.at(kind), place.big);
            double[] own = known[i] == null ? new double[] {time, time} : known[i];
            known[i] = new double[] {Math.min(own[0], time), Math.max(own[1], time)};
          }
        }
      }
    }
  }

  /** How unlikely it is that a time in a recording is by chance near those that are known. */
  private double near(int recording, double earliest, double latest) {
    double[] own = recording < known.length ? known[recording] : null;
    if (own == null || earliest < own[0] - NEAR || latest > own[1] + NEAR) {
      return 0;
    }
    return Math.min(
        SURE, Math.log((LATEST - EARLIEST) / (own[1] - own[0] + 2 * NEAR)) / Math.log(2));
  }

  /**
   * Whether the byte that changes last is a letter of a text beside the clock, or all of it is
   * text.
   */
  private static boolean isText(Clock clock, int at, boolean big, Kind kind) {
    byte[] payload = kind.steps().get(0).payload(0);
    int high = big ? at : at + clock.width - 1;
    int beside = big ? at - 1 : at + clock.width;
    int next = big ? at + 1 : high - 1;
    return isPrintable(payload, high)
        && clock != Clock.DOUBLE
        && !clock.isDecimal()
        && (clock.width == 8 || isPrintable(payload, beside) || isPrintable(payload, next));
  }

  private static boolean isPrintable(byte[] payload, int at) {
    return at >= 0 && at < payload.length && payload[at] >= ' ' && payload[at] < 0x7f;
  }

  /** The kinds that seem to have a clock there, too. */
  private List<Kind> having(Place place, Kind seed) {
    List<Kind> having = new ArrayList<>();
    for (Kind kind : kinds) {
      int at = place.at(kind);
      if (kind == seed
          || at >= 0
              && !kind.varying().get(at, at + place.clock.width).isEmpty()
              && isNew(kind, at, at + place.clock.width)
              && evidence(place.clock, at, place.big, kind) >= 0) {
        having.add(kind);
      }
    }
    return having;
  }

  private double evidence(Clock clock, int at, boolean big, Kind kind) {
    return evidence(new Place(clock, at, big), List.of(kind));
  }

  /** How unlikely it is that these bytes keep time by chance, in bits; below 0 if they do not. */
  private double evidence(Place place, List<Kind> kinds) {
    Clock clock = place.clock;
    BitSet varying = new BitSet();
    List<Map.Entry<Step, Integer>> steps = new ArrayList<>();
    for (Kind kind : kinds) {
      int at = place.at(kind);
      varying.or(kind.varying().get(at, at + clock.width));
      for (Step step : Scopes.sample(kind.steps(), SAMPLE)) {
        steps.add(Map.entry(step, at));
      }
    }
    steps.sort(
        Comparator.comparing((Map.Entry<Step, Integer> one) -> one.getKey().conversation())
            .thenComparing(one -> one.getKey().entry(0)));
    int lowest = place.big ? clock.width - varying.length() : varying.nextSetBit(0);
    if (lowest > clock.idle()) {
      return -1;
    }
    boolean isIdle = clock.isDecimal() || isZero(place, kinds.get(0), lowest);
    double near = Double.MAX_VALUE;
    // What can be seen of a pace: the bytes from the highest that varies to the lowest.
    int varied = place.big ? clock.width - varying.nextSetBit(0) : varying.length();
    int pairs = clock == Clock.DIGITS ? (varied + 1) / 2 : varied;
    double range = clock.isDecimal() ? DECIMALS[pairs] : Math.pow(256, varied) / clock.units();
    // Numbers seldom have that many zeros after them.
    double bits = clock.bits + (clock == Clock.NTP && lowest >= 4 ? 3 : 0);
    if (varied == clock.width && (clock == Clock.SECONDS || clock == Clock.NTP)) {
      bits -= TURN;
    }
    double first = Double.NaN;
    int recordings = steps.get(0).getKey().recordings();
    for (int i = 0; i < recordings; i++) {
      double last = Double.NaN;
      double earliest = Double.MAX_VALUE;
      double latest = 0;
      long lastMicros = 0;
      int conversation = -1;
      boolean isFirst = true;
      for (Map.Entry<Step, Integer> entry : steps) {
        Step step = entry.getKey();
        if (!step.isIn(i)) {
          continue;
        }
        double seconds = clock.seconds(step.payload(i), entry.getValue(), place.big);
        if (!(seconds >= EARLIEST && seconds <= soon)) {
          return -1;
        }
        if (step.conversation() == conversation) {
          double passed = (step.micros(i) - lastMicros) / 1e6;
          double tolerance = passed == 0 ? UNTIMED : TOLERANCE + passed / 50;
          if (Math.abs(seconds - last - passed) > tolerance) {
            return -1;
          }
          // Within less time, a counter looks the same.
          if (passed > tolerance || Math.abs(seconds - last) * clock.units() > COUNTING) {
            bits += Math.max(0, Math.log(range / (2 * tolerance)) / Math.log(2));
          }
        }
        if (isFirst && i == 0) {
          first = seconds;
        } else if (isFirst) {
          // Recordings are made within weeks or months of each other.
          double apart = Math.max(1, Math.abs(seconds - first));
          bits += Math.max(0, Math.log(range / (2 * apart)) / Math.log(2));
        }
        isFirst = false;
        earliest = Math.min(earliest, seconds);
        latest = Math.max(latest, seconds);
        last = seconds;
        lastMicros = step.micros(i);
        conversation = step.conversation();
      }
      near = isFirst ? near : Math.min(near, near(i, earliest, latest));
    }
    // Low-order bytes that are in use are seldom the same in all recordings.
    return isIdle ? bits + near : near > 0 ? bits + near - 8 * lowest : -1;
  }

  /** Whether so many of its low-order bytes are zero. */
  private static boolean isZero(Place place, Kind kind, int bytes) {
    byte[] payload = kind.steps().get(0).payload(0);
    int at = place.at(kind);
    for (int i = 0; i < bytes; i++) {
      if (payload[place.big ? at + place.clock.width - 1 - i : at + i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The clock without the high-order bytes that stay as they are for decades. */
  private static Shapes.Field open(Place place, Kind kind, List<Kind> having) {
    Clock clock = place.clock;
    int at = place.at(kind);
    byte[] latest = clock.latest();
    byte[] payload = kind.steps().get(0).payload(0);
    int same = 0;
    while (same < clock.width - 1) {
      int offset = place.big ? same : clock.width - 1 - same;
      if (payload[at + offset] != latest[same]
          || having.stream().anyMatch(one -> one.varying().get(place.at(one) + offset))) {
        break;
      }
      same++;
    }
    return new Shapes.Field(place.big ? at + same : at, clock.width - same, clock.words);
  }
}
