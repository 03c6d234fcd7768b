package io.tracestream.rules;

import io.tracestream.rules.Fault.Kind;
import java.math.BigDecimal;
import java.time.Duration;

/** Reads and writes the text of a {@link Fault}. */
final class FaultText {
  private static final Duration SHORT_PAUSE = Duration.ofMillis(1);
  private static final String KINDS =
      "write what to do: delay 200ms, jitter 50ms, drop, duplicate, reorder 2, corrupt 4+2,"
          + " truncate 5, reset, end, hang, rate 10k/s or split 3";
  private static final String WHICH =
      "write 1st, 2nd, 3rd, ... or a share of the frames, such as 5%";
  private static final String TIME = "write a time, such as 50ms, 1.5s or 2m";

  private FaultText() {}

  static Fault parse(String text) {
    RuleReader reader = new RuleReader(text);
    reader.skipBlanks();
    Frames frames = Frames.read(
        reader.direction("not a fault; write which frames, such as s2c or s2c[0=\"RESP\"], and"
            + " what to do, such as delay 200ms"),
        reader);
    blanks(reader, "write a blank, and " + KINDS.substring("write ".length()));
    Fault limits = connection(reader, which(reader, Fault.drop(frames)));
    Fault fault = what(reader, frames);
    reader.skipBlanks();
    reader.requireEnd("the fault");
    return limited(fault, limits);
  }

  private static void blanks(RuleReader reader, String orElse) {
    int from = reader.at();
    reader.skipBlanks();
    if (from == reader.at()) {
      throw reader.wrong(orElse);
    }
  }

  private static Fault which(RuleReader reader, Fault fault) {
    Fault limited;
    if (reader.skip("every ")) {
      reader.skipBlanks();
      limited = fault.every(ordinal(reader, "write 2nd, 3rd, ... after every"));
    } else if (reader.seesDigit()) {
      int from = reader.at();
      BigDecimal number = reader.decimal();
      if (reader.skip("%")) {
        double share = number.movePointLeft(2).doubleValue();
        if (!(share > 0 && share <= 1)) {
          throw reader.wrong(from, "a share is above 0% and at most 100%");
        }
        limited = fault.withProbability(share);
      } else {
        reader.backTo(from);
        limited = fault.nth(ordinal(reader, WHICH));
      }
    } else {
      return fault;
    }
    blanks(reader, "write a blank here");
    return limited;
  }

  private static int ordinal(RuleReader reader, String orElse) {
    int from = reader.at();
    int number = reader.number(orElse);
    if (!reader.skip("st") && !reader.skip("nd") && !reader.skip("rd") && !reader.skip("th")) {
      throw reader.wrong(orElse);
    }
    if (number == 0) {
      throw reader.wrong(from, "the first frame is the 1st");
    }
    return number;
  }

  private static Fault connection(RuleReader reader, Fault fault) {
    if (!reader.skip("on connection ")) {
      return fault;
    }
    reader.skipBlanks();
    int number = positive(reader, "write the number of a connection, from 1");
    blanks(reader, KINDS);
    return fault.onConnection(number);
  }

  private static Fault what(RuleReader reader, Frames frames) {
    int from = reader.at();
    switch (reader.word()) {
      case "delay" -> {
        return Fault.delay(frames, time(reader));
      }
      case "jitter" -> {
        return Fault.jitter(frames, time(reader));
      }
      case "drop" -> {
        return Fault.drop(frames);
      }
      case "duplicate" -> {
        return Fault.duplicate(frames);
      }
      case "reorder" -> {
        String orElse = "write how many frames go first, such as reorder 2";
        blanks(reader, orElse);
        return Fault.reorder(frames, positive(reader, orElse));
      }
      case "corrupt" -> {
        return corrupt(reader, frames);
      }
      case "truncate" -> {
        String orElse = "write how many bytes of the frame are sent, such as truncate 5";
        blanks(reader, orElse);
        return truncated(reader, Fault.truncate(frames, positive(reader, orElse)));
      }
      case "reset" -> {
        return Fault.reset(frames);
      }
      case "end" -> {
        return Fault.end(frames);
      }
      case "hang" -> {
        return Fault.hang(frames);
      }
      case "rate" -> {
        return Fault.rate(frames, rate(reader));
      }
      case "split" -> {
        String orElse = "write how many bytes a piece has, such as split 3";
        blanks(reader, orElse);
        int bytes = positive(reader, orElse);
        reader.skipBlanks();
        return Fault.split(frames, bytes, reader.seesDigit() ? reader.time(TIME) : SHORT_PAUSE);
      }
      default -> throw reader.wrong(from, KINDS);
    }
  }

  private static int positive(RuleReader reader, String orElse) {
    int from = reader.at();
    int number = reader.number(orElse);
    if (number == 0) {
      throw reader.wrong(from, "expected 1 or more");
    }
    return number;
  }

  private static Duration time(RuleReader reader) {
    blanks(reader, TIME);
    return reader.time(TIME);
  }

  private static Fault corrupt(RuleReader reader, Frames frames) {
    String orElse = "write the offset and the number of bytes, such as corrupt 4+2";
    blanks(reader, orElse);
    int from = reader.at();
    int offset = reader.offset(orElse);
    reader.require("+", orElse);
    int length = positive(reader, orElse);
    if (offset < 0 && (long) offset + length > 0) {
      throw reader.wrong(from, "goes beyond the payload's end; its last byte is at -1");
    }
    return Fault.corrupt(frames, offset, length);
  }

  private static Fault truncated(RuleReader reader, Fault fault) {
    reader.skipBlanks();
    if (reader.isAtEnd()) {
      return fault;
    }
    int from = reader.at();
    return switch (reader.word()) {
      case "end" -> fault.then(Kind.END);
      case "reset" -> fault.then(Kind.RESET);
      case "hang" -> fault.then(Kind.HANG);
      default ->
        throw reader.wrong(
            from, "write end, reset or hang after the number of bytes, or nothing for end");
    };
  }

  private static long rate(RuleReader reader) {
    String orElse = "write bytes a second, such as rate 500/s, 10k/s or 2m/s";
    blanks(reader, orElse);
    long number = positive(reader, orElse);
    number <<= reader.skip("k") ? 10 : reader.skip("m") ? 20 : reader.skip("g") ? 30 : 0;
    reader.require("/s", orElse);
    return number;
  }

  private static Fault limited(Fault fault, Fault limits) {
    Fault limited = fault;
    if (limits.nth() > 0) {
      limited = limited.nth(limits.nth());
    } else if (limits.every() > 0) {
      limited = limited.every(limits.every());
    } else if (limits.probability() < 1) {
      limited = limited.withProbability(limits.probability());
    }
    return limits.connection() > 0 ? limited.onConnection(limits.connection()) : limited;
  }

  static String of(Fault fault) {
    StringBuilder text = new StringBuilder().append(fault.frames()).append(' ');
    if (fault.nth() > 0) {
      text.append(ordinal(fault.nth())).append(' ');
    } else if (fault.every() > 0) {
      text.append("every ").append(ordinal(fault.every())).append(' ');
    } else if (fault.probability() < 1) {
      BigDecimal percent = BigDecimal.valueOf(fault.probability()).movePointRight(2);
      text.append(percent.stripTrailingZeros().toPlainString()).append("% ");
    }
    if (fault.connection() > 0) {
      text.append("on connection ").append(fault.connection()).append(' ');
    }
    text.append(fault.kind());
    switch (fault.kind()) {
      case DELAY, JITTER -> text.append(' ').append(time(fault.nanos()));
      case REORDER -> text.append(' ').append(fault.number());
      case CORRUPT -> text.append(' ').append(fault.number()).append('+').append(fault.length());
      case TRUNCATE -> {
        text.append(' ').append(fault.number());
        text.append(fault.then() == Kind.END ? "" : " " + fault.then());
      }
      case RATE -> text.append(' ').append(rate(fault.number())).append("/s");
      case SPLIT -> {
        text.append(' ').append(fault.number());
        boolean isUsual = fault.nanos() == SHORT_PAUSE.toNanos();
        text.append(isUsual ? "" : " " + time(fault.nanos()));
      }
      default -> {}
    }
    return text.toString();
  }

  private static String ordinal(int number) {
    boolean isTeen = number / 10 % 10 == 1;
    return number
        + switch (isTeen ? 0 : number % 10) {
          case 1 -> "st";
          case 2 -> "nd";
          case 3 -> "rd";
          default -> "th";
        };
  }

  private static String time(long nanos) {
    boolean isSeconds = nanos % 1_000_000_000 == 0;
    BigDecimal number = BigDecimal.valueOf(nanos, isSeconds ? 9 : 6).stripTrailingZeros();
    return number.toPlainString() + (isSeconds ? "s" : "ms");
  }

  private static String rate(long bytes) {
    return bytes % (1 << 20) == 0
        ? (bytes >> 20) + "m"
        : bytes % (1 << 10) == 0 ? (bytes >> 10) + "k" : String.valueOf(bytes);
  }
}
