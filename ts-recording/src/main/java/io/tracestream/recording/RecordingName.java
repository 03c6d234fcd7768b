package io.tracestream.recording;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a file that holds one of many conversations, or a part of one:
 *
 * <pre>
 *   20261123T031542.123456Z-000012.tsv
 *   20261123T031542.123456Z-000012.0001.tsv.gz
 * </pre>
 *
 * <p>The order of the names is the order in which the connections were accepted.
 *
 * @param start when the connection was accepted, as in the name
 * @param number the connection's number, in the order of accepting
 * @param part from 1; 0 if the conversation is one file
 * @param gzip whether the text is compressed
 */
record RecordingName(String start, long number, int part, boolean gzip)
    implements Comparable<RecordingName> {
  /** A valid time, before the year 9999, so that later names are possible. */
  private static final String TIME = "(?!0000|9999)\\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])"
      + "T(?:[01]\\d|2[0-3])(?:[0-5]\\d){2}\\.\\d{6}Z";

  private static final Pattern SHAPE =
      Pattern.compile("(" + TIME + ")-(\\d{6,18})(?:\\.(\\d{4,9}))?\\.tsv(\\.gz)?");
  private static final DateTimeFormatter START = DateTimeFormatter.ofPattern(
          "yyyyMMdd'T'HHmmss.SSSSSS'Z'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
          "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
      .withZone(ZoneOffset.UTC);
  private static final Comparator<RecordingName> ORDER = Comparator.comparing(RecordingName::start)
      .thenComparing(RecordingName::number)
      .thenComparing(RecordingName::gzip)
      .thenComparing(RecordingName::part);

  static RecordingName of(Instant start, long number, int part, boolean gzip) {
    return new RecordingName(START.format(start), number, part, gzip);
  }

  /** The name of the file; null if it is a name of another kind. */
  static @Nullable RecordingName of(Path file) {
    Matcher shape = SHAPE.matcher(file.getFileName().toString());
    if (!shape.matches()) {
      return null;
    }
    int part = shape.group(3) == null ? 0 : Integer.parseInt(shape.group(3));
    return new RecordingName(
        shape.group(1), Long.parseLong(shape.group(2)), part, shape.group(4) != null);
  }

  /** A time, with microseconds. */
  static String micros(Instant time) {
    return MICROS.format(time);
  }

  /** The name of another part of the same conversation. */
  RecordingName withPart(int other) {
    return new RecordingName(start, number, other, gzip);
  }

  /** The name of a connection that was accepted that much later. */
  RecordingName laterByMicros(long micros) {
    return of(startTime().plusNanos(1000 * micros), number, part, gzip);
  }

  /** When the connection was accepted, as in the name. */
  Instant startTime() {
    return START.parse(start, Instant::from);
  }

  @Override
  public int compareTo(RecordingName other) {
    return ORDER.compare(this, other);
  }

  /** The file's name. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s-%06d", start, number)
        + (part == 0 ? "" : String.format(Locale.ROOT, ".%04d", part))
        + (gzip ? ".tsv.gz" : ".tsv");
  }
}
