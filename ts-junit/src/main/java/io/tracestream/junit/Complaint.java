package io.tracestream.junit;

import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionResult;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** Says what became of connections that did not play the recording. */
final class Complaint {
  private static final int CONTEXT = 16;
  private static final int MOST_LINES = 10;

  private final Settings settings;
  private final Path file;

  Complaint(Settings settings, Path file) {
    this.settings = settings;
    this.file = file;
  }

  /** The first one in full, some more with a line each. */
  String of(List<SessionResult> failed) {
    StringBuilder text = new StringBuilder(inFull(failed.get(0)));
    failed.stream().skip(1).limit(MOST_LINES).forEach(result -> text.append("\nalso: ")
        .append(inOneLine(result)));
    int rest = failed.size() - 1 - MOST_LINES;
    return rest > 0 ? text + "\nand " + rest + " more" : text.toString();
  }

  private String inFull(SessionResult result) {
    Mismatch mismatch = result.mismatch();
    return mismatch == null
        ? inOneLine(result)
        : inTermsOfATest(mismatch.explain(CONTEXT, false)) + hintOnFrames(result);
  }

  private String inOneLine(SessionResult result) {
    String connection = "connection " + result.connection() + " with " + shown(result.peer());
    return switch (result.outcome()) {
      case DIFFERED -> result.mismatch().toString();
      case BROKEN -> connection + ": " + result.damage();
      default ->
        file + ": " + connection + ": found it going on when the test was over, behind "
            + result.entriesMatched()
            + (result.entriesMatched() == 1 ? " matched frame" : " matched frames")
            + ", expected its end; close the client in the test, or have it take all of its replies";
    };
  }

  /** The explanation is that of the command line, whose options are called otherwise here. */
  private static String inTermsOfATest(String explanation) {
    return explanation
        .replaceAll("--ignore (\\S+)$", "rules \"ignore $1\"")
        .replaceAll("(?m)^(  see .*)--header-len and --max-payload-len", "$1the header's length")
        .replaceAll("(?m)^(  see .*)--idle-timeout", "$1a longer idle time-out");
  }

  /** A wrong header length is met in the first frame, and looks like anything but that. */
  private String hintOnFrames(SessionResult result) {
    Mismatch mismatch = result.mismatch();
    boolean isFrame = mismatch.found() != null && mismatch.found().length > 0;
    return result.entriesMatched() > 0 || isFrame
        ? ""
        : "\n  no frame matched yet: if the protocol's header is not of " + settings.headerBytes()
            + ", set the header's length";
  }

  static String shown(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }
}
