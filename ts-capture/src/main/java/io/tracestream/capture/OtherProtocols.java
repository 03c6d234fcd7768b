package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognises what does not consist of frames of one kind. */
final class OtherProtocols {
  private static final Pattern HTTP =
      Pattern.compile("(?s)(?:[A-Z]{3,10} \\S+ HTTP/1\\.[01]|HTTP/1\\.[01] \\d{3}).*");
  private static final Pattern REDIS = Pattern.compile("(?s)(?:\\*\\d+\r\n\\$\\d+\r\n).*");
  private static final Pattern SMTP = Pattern.compile("(?s)(?:(?:EHLO|HELO) .*|220[ -].*SMTP.*)");
  private static final int FIRST = 200;
  private static final int LEAST_FOR_RANDOM = 64;

  private OtherProtocols() {}

  /** A protocol that is known by its first bytes, and why it has no framing; else null. */
  static @Nullable String byFirstBytes(List<Sample> samples) {
    int tls = 0;
    int http = 0;
    int redis = 0;
    int smtp = 0;
    int ssh = 0;
    int postgres = 0;
    for (Sample sample : samples) {
      String first = first(sample);
      tls += isTls(sample) ? 1 : 0;
      http += HTTP.matcher(first).matches() ? 1 : 0;
      redis += REDIS.matcher(first).matches() ? 1 : 0;
      smtp += SMTP.matcher(first).matches() ? 1 : 0;
      ssh += first.startsWith("SSH-") ? 1 : 0;
      postgres += isPostgres(sample) ? 1 : 0;
    }
    if (tls > 0 || !samples.isEmpty() && samples.stream().allMatch(OtherProtocols::isTlsRecord)) {
      return "TLS: the messages are encrypted; record on the inner side of whatever ends TLS, or without TLS";
    }
    if (http > 0) {
      return "HTTP/1: its messages end with a line or say their length in text; use a tool for HTTP";
    }
    if (redis > 0) {
      return "Redis: its messages are lines of text with lengths in them; use a tool for Redis";
    }
    if (ssh > 0) {
      return "SSH: the messages are encrypted";
    }
    if (smtp > 0) {
      return "SMTP: its messages are lines of text";
    }
    if (postgres > 0) {
      return "PostgreSQL: the first message of the client has another form than the others, so no"
          + " framing fits";
    }
    return null;
  }

  private static String first(Sample sample) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(FIRST, sample.length()); i++) {
      text.append((char) (sample.at(i) & 0xff));
    }
    return text.toString();
  }

  /** Whether it begins with a handshake record of TLS, with a hello in it. */
  private static boolean isTls(Sample sample) {
    return sample.length() > 10
        && sample.at(0) == 22
        && sample.at(1) == 3
        && sample.at(2) >= 0
        && sample.at(2) <= 4
        && (sample.at(3) & 0xff) <= 0x40
        && (sample.at(5) == 1 || sample.at(5) == 2)
        && sample.at(9) == 3;
  }

  /**
   * Whether it begins with any record of TLS, as where a capture begins later than a connection.
   */
  private static boolean isTlsRecord(Sample sample) {
    return sample.length() > 5
        && sample.at(0) >= 20
        && sample.at(0) <= 23
        && sample.at(1) == 3
        && sample.at(2) >= 1
        && sample.at(2) <= 4
        && (sample.at(3) & 0xff) <= 0x48;
  }

  private static boolean isPostgres(Sample sample) {
    return sample.direction != Direction.S2C
        && (sample.hasAt(4, "\0\3\0\0user\0")
            || sample.hasAt(0, "\0\0\0\u0008\u0004\u00d2\u0016/"));
  }

  /** Text that has no length before it; null if the bytes are something else. */
  static @Nullable String text(List<Sample> samples) {
    long printable = 0;
    long lines = 0;
    long total = 0;
    for (Sample sample : samples) {
      for (int i = 0; i < sample.length(); i++) {
        int value = sample.at(i) & 0xff;
        printable +=
            value >= ' ' && value < 127 || value == '\n' || value == '\r' || value == '\t' ? 1 : 0;
        lines += value == '\n' ? 1 : 0;
        total++;
      }
    }
    return printable > 0.95 * total
        ? "text: " + lines + (lines == 1 ? " line" : " lines") + ", and no length before them"
        : null;
  }

  /** What bytes are that are neither frames nor text. */
  static String ofBytes(List<Sample> samples) {
    long total = 0;
    long[] counts = new long[256];
    for (Sample sample : samples) {
      for (int i = 0; i < sample.length(); i++) {
        counts[sample.at(i) & 0xff]++;
        total++;
      }
    }
    if (total >= LEAST_FOR_RANDOM && entropy(counts, total) > 0.98 * expected(total)) {
      return "no framing: the bytes look random, as if encrypted or compressed";
    }
    return total < LEAST_FOR_RANDOM
        ? "no framing was found; " + total + " bytes are too few to tell"
        : "no framing was found";
  }

  private static double entropy(long[] counts, long total) {
    double bits = 0;
    for (long count : counts) {
      if (count > 0) {
        double share = (double) count / total;
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }

  /** The entropy that so many random bytes have on average. */
  private static double expected(long total) {
    double each = total / 256.0;
    double bits = 0;
    double probability = Math.exp(-each);
    for (int count = 1; count < each + 12 * Math.sqrt(each) + 12; count++) {
      probability *= each / count;
      double share = count / (double) total;
      bits -= 256 * probability * share * Math.log(share) / Math.log(2);
    }
    return total > 100_000 ? 8 : bits;
  }
}
