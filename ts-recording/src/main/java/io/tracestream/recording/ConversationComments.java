package io.tracestream.recording;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The comments in the file of a conversation that is one of many:
 *
 * <pre>
 *   # ts_proxy recording v1
 *   # epoch 2026-11-23T03:15:42.123456Z
 *   # connection 12 from 127.0.0.1:51234, accepted 4711
 *   5000&lt;TAB&gt;c2s&lt;TAB&gt;68656c6c6f
 *   # client ended its sending
 *   6000&lt;TAB&gt;s2c&lt;TAB&gt;776f726c64
 *   # ended by client
 * </pre>
 *
 * <p>The epoch is when the first connection of all was accepted; all times count from it. This one
 * was accepted that many microseconds later. If one side ends its sending and frames still follow,
 * a comment marks the place. The last line is a {@link RecordedEnd}; it is missing if the recorder
 * was killed, and in all files of a conversation but the last.
 */
final class ConversationComments {
  /** The comment about the connection; its groups are the client and when it was accepted. */
  static final Pattern CONNECTION =
      Pattern.compile("# connection \\d+ from (\\S+), accepted (\\d{1,18})");

  private static final String EPOCH = "# epoch ";

  static final String CLIENT_ENDED = "# client ended its sending";
  static final String TARGET_ENDED = "# target ended its sending";

  /** Bytes of the longest last line. */
  static final int LONGEST_END = line(RecordedEnd.TARGET).length();

  /** Characters of the longest free text. */
  private static final int MOST_TEXT = 200;

  private ConversationComments() {}

  /** The lines after the version line. */
  static String of(Instant epoch, long number, String client, long acceptedMicros) {
    return EPOCH + RecordingName.micros(epoch) + "\n# connection " + number + " from " + client
        + ", accepted " + acceptedMicros + "\n";
  }

  /** The moment that a comment names; null for any other comment. */
  static @Nullable Instant epoch(String comment) {
    try {
      return comment.startsWith(EPOCH) ? Instant.parse(comment.substring(EPOCH.length())) : null;
    } catch (DateTimeParseException e) {
      return null; // it was edited: as if it were not there
    }
  }

  /** The line that marks where the side that sends in that direction ended its sending. */
  static String endOfSending(Direction direction) {
    return (direction == Direction.C2S ? CLIENT_ENDED : TARGET_ENDED) + "\n";
  }

  /** A comment line with that text, which stays on one line and in ASCII. */
  static String line(String text) {
    StringBuilder line = new StringBuilder("# ");
    for (int at = 0; at < Math.min(text.length(), MOST_TEXT); at++) {
      char c = text.charAt(at);
      line.append(c < ' ' || c > '~' ? '?' : c);
    }
    return line.append(text.length() > MOST_TEXT ? "...\n" : "\n").toString();
  }

  /** The last line. */
  static String line(RecordedEnd end) {
    return "# " + end + "\n";
  }

  /** The end that a comment (without its line end) states; null for any other comment. */
  static @Nullable RecordedEnd end(String comment) {
    return switch (comment) {
      case "# ended by client" -> RecordedEnd.CLIENT;
      case "# ended by target" -> RecordedEnd.TARGET;
      case "# cut off" -> RecordedEnd.CUT_OFF;
      default -> null;
    };
  }
}
