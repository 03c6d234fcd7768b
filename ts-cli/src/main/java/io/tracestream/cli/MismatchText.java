package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.replay.Hint;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.rules.Rules;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Explains a mismatch to a person, and says which options of the command line may help. */
final class MismatchText {
  private MismatchText() {}

  /** The explanation, and both payloads as decoders read them; without a line end. */
  static String of(Mismatch mismatch, int context, boolean colours, Decoders decoders) {
    String explanation = mismatch.explain(context, colours, hint -> words(hint, mismatch));
    byte[] expected = mismatch.expected() == null ? null : mismatch.expected().payload();
    String decoded = new DecodedText(decoders, "expected", "found")
        .of(mismatch.place().direction(), expected, mismatch.found());
    return (explanation + "\n" + decoded).stripTrailing();
  }

  /** The same for a terminal or a log: with a line end, and none in the name of its file. */
  static String paragraph(Mismatch mismatch, int context, boolean colours, Decoders decoders) {
    // A line end in a file's name would look like one of the text.
    String name = mismatch.place().recording();
    return of(mismatch, context, colours, decoders).replace(name, VisibleText.line(name)) + "\n";
  }

  /** Explains on stderr how a session differed; logs how any other one ended. */
  static void say(SessionResult result, int context, boolean colours, Decoders decoders) {
    if (result.mismatch() == null) {
      SessionListener.LOGGING.ended(result);
    } else {
      System.err.print(paragraph(result.mismatch(), context, colours, decoders));
    }
  }

  /** The same in lines, and without the bytes. */
  static List<String> withoutBytes(Mismatch mismatch) {
    return mismatch
        .explainWithoutBytes(hint -> words(hint, mismatch))
        .lines()
        .map(String::strip)
        .toList();
  }

  private static String words(Hint hint, Mismatch mismatch) {
    return switch (hint) {
      case CHECK_FORMAT ->
        mismatch.likelyFraming() == null
            ? "check --header-len" + (mismatch.found() == null ? " and --max-payload-len" : "")
            : "try --framing " + mismatch.likelyFraming();
      case ADD_RULES ->
        "if these bytes vary from run to run" + copied(mismatch) + ": "
            + options(mismatch.proposed());
      case LEARN ->
        "to find all that varies, record it again and compare: ts-proxy learn "
            + mismatch.place().recording() + " AGAIN.rec > my.rules; then use --rules my.rules";
      case LONGER_IDLE_TIMEOUT -> "or give it more time with --idle-timeout";
      case LONGER_REPLY_TIMEOUT -> "or give it more time with --reply-timeout";
      case ANY_ORDER -> "--order any accepts its replies in any order";
      case TIE_REPLIES ->
        "if the target may answer in any order: --copy says which bytes tie a reply to its request";
      case SELECT_MATCH ->
        "if clients come in any order: --select match lets their frames choose the conversation";
      case REPEAT -> "--repeat plays the conversations again";
      case HOLD_AT_END ->
        "if it expects the connection to stay open: --at-end hold keeps it open until the client"
            + " ends it";
      case RECORD_EACH_CONNECTION ->
        "if it made several connections when it was recorded, record each to a file of its own with"
            + " --record-dir, and replay the folder";
    };
  }

  private static String copied(Mismatch mismatch) {
    if (mismatch.proposed().copied().isEmpty()) {
      return "";
    }
    return mismatch.place().direction() == Direction.C2S
        ? " and the server echoes them, as in the recording"
        : " and the client echoes them, as in the recording";
  }

  private static String options(Rules rules) {
    return Stream.concat(
            rules.copied().stream().map(copy -> "--copy '" + copy + "'"),
            rules.ignored().stream().map(field -> "--ignore " + field))
        .collect(Collectors.joining(" "));
  }
}
