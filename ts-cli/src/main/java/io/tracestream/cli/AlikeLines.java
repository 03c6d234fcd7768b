package io.tracestream.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sums up warnings, and lines about faults, that come too often: a peer that makes the same mistake
 * a thousand times a second gets one line a second. Lines are alike when only numbers differ. Not
 * safe for several threads at once. Times come from {@link System#nanoTime}.
 */
final class AlikeLines {
  /** How many lines alike are shown before the rest are counted, until a second has none. */
  static final int MOST_SHOWN = 50;

  /** Further kinds are always shown, so that peers cannot fill the memory. */
  static final int MOST_KINDS = 1000;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  /**
   * How a warning begins, or the line of a fault that was injected: simplelogger.properties puts
   * the time first.
   */
  private static final Pattern WARN =
      Pattern.compile("[-0-9:. ]+ (?:WARN |INFO (?=connection \\d+ \\w{3} frame \\d+: fault: ))");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private final Map<String, Kind> kinds = new HashMap<>();

  private static final class Kind {
    private long since;
    private int shown;
    private long leftOut;
    private String last;

    private Kind(long since) {
      this.since = since;
    }
  }

  /** Whether to show a log line now; if not, a later {@link #takeSums} counts it. */
  boolean shows(String line, long now) {
    int text = textAt(line);
    if (text < 0) {
      return true;
    }
    String key = NUMBER.matcher(line.substring(text)).replaceAll("#");
    Kind kind = kinds.get(key);
    if (kind == null || kind.leftOut == 0 && now - kind.since >= SECOND) {
      if (kind == null && kinds.size() >= MOST_KINDS) {
        return true;
      }
      kind = new Kind(now);
      kinds.put(key, kind);
    }
    if (kind.shown < MOST_SHOWN) {
      kind.shown++;
      return true;
    }
    kind.leftOut++;
    kind.last = line;
    return false;
  }

  private static int textAt(String line) {
    Matcher warn = WARN.matcher(line);
    return warn.lookingAt() ? warn.end() : -1;
  }

  boolean hasLeftOut() {
    return kinds.values().stream().anyMatch(kind -> kind.leftOut > 0);
  }

  /** A line for each kind that had lines left out in a second that is over. */
  List<String> takeSums(long now) {
    return takeSums(now, SECOND);
  }

  /** The same for all kinds, whatever the time: for the end. */
  List<String> takeAllSums(long now) {
    return takeSums(now, 0);
  }

  private List<String> takeSums(long now, long age) {
    List<String> sums = new ArrayList<>();
    for (Iterator<Kind> each = kinds.values().iterator(); each.hasNext(); ) {
      Kind kind = each.next();
      if (now - kind.since < age) {
        continue;
      }
      if (kind.leftOut == 0) {
        each.remove();
      } else {
        int text = textAt(kind.last);
        sums.add(kind.last.substring(0, text) + "and " + kind.leftOut
            + " more like this within a second: " + kind.last.substring(text));
        kind.leftOut = 0;
        kind.since = now;
      }
    }
    return sums;
  }
}
