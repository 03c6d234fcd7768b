package io.tracestream.recording;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * The comments behind the version line of a conversation that is one of many:
 *
 * <pre>
 *   # epoch 2026-11-23T03:15:42.123456Z
 *   # connection 12 from 127.0.0.1:51234, accepted 4711
 * </pre>
 *
 * <p>The epoch is when the first connection of all was accepted, from which all times count; this
 * one was accepted so many microseconds later.
 */
final class ConversationComments {
  /** The second of them; its group is when the connection was accepted. */
  static final Pattern CONNECTION =
      Pattern.compile("# connection \\d+ from \\S+, accepted (\\d{1,18})");

  private ConversationComments() {}

  /** Both lines. */
  static String of(Instant epoch, long number, String client, long acceptedMicros) {
    return "# epoch " + RecordingName.micros(epoch) + "\n# connection " + number + " from " + client
        + ", accepted " + acceptedMicros + "\n";
  }
}
