package io.tracestream.cli;

import io.tracestream.replay.Hint;
import io.tracestream.replay.Mismatch;

/** A mismatch for a person, with what the command line's options can do against it. */
final class MismatchText {
  private MismatchText() {}

  static String of(Mismatch mismatch, int context, boolean colours) {
    return mismatch.explain(context, colours, hint -> words(hint, mismatch));
  }

  private static String words(Hint hint, Mismatch mismatch) {
    return switch (hint) {
      case CHECK_FORMAT -> "or check --header-len and --max-payload-len";
      case IGNORE_FIELD -> "if these bytes vary from run to run: --ignore " + mismatch.varying();
      case LONGER_IDLE_TIMEOUT -> "or give it more time with --idle-timeout";
      case LONGER_REPLY_TIMEOUT -> "or give it more time with --reply-timeout";
      case HOLD_AT_END ->
        "if the client keeps its connection for more, --at-end hold keeps it open";
      case REPEAT -> "--repeat plays the conversations once more";
      case RECORD_EACH_CONNECTION ->
        "if it made several connections when it was recorded, record each to a file of its own with"
            + " --record-dir, and replay the folder";
    };
  }
}
