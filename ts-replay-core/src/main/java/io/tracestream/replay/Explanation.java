package io.tracestream.replay;

import static io.tracestream.replay.Mismatch.bytes;

import io.tracestream.recording.Entry;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.HexRows;
import io.tracestream.rules.Replacement;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All that is known about a mismatch, in a few lines for a person. */
final class Explanation {
  /** In the place of a number of bytes: the bytes are not shown. */
  static final int NO_BYTES = -1;

  /** How many differing places and how many outstanding entries are listed. */
  private static final int MOST_LISTED = 8;

  private final Mismatch mismatch;
  private final Place place;
  private final String peer;
  private final StringBuilder text = new StringBuilder();

  Explanation(
      Mismatch mismatch, int context, boolean colours, Function<Hint, @Nullable String> words) {
    this.mismatch = mismatch;
    this.place = mismatch.place();
    this.peer = mismatch.isClient() ? "the client" : "the target";
    text.append("mismatch: connection ").append(mismatch.connection());
    text.append(" with ").append(mismatch.peerAddress());
    boolean isConnection = mismatch.kind() == Kind.EXTRA_CONNECTION;
    boolean isAnywhere = mismatch.anyRequest() && place.isEnd();
    text.append(", ")
        .append(isConnection || isAnywhere ? place.recording() : place)
        .append('\n');
    line(what());
    line(choice());
    line(outstanding());
    String rows = rows(context, colours);
    rows.lines().forEach(this::line);
    line(rows.contains("~~") ? "~~ are bytes that the rules leave open" : null);
    line(difference());
    for (Copy wrong : mismatch.nearby() == null ? mismatch.wrongCopies() : List.<Copy>of()) {
      line("copy " + wrong + ": " + peer + " sent another value than the one it was given");
    }
    line(nearby());
    line(beginning());
    line(advice());
    for (Hint hint : mismatch.hints()) {
      line(words.apply(hint));
    }
  }

  private void line(@Nullable String line) {
    if (line != null) {
      text.append("  ").append(line).append('\n');
    }
  }

  private String what() {
    byte[] frame = mismatch.found();
    if (frame == null) {
      return mismatch.reason() + next();
    }
    int found = frame.length;
    Entry entry = mismatch.expected();
    if (mismatch.kind() == Kind.UNKNOWN_REQUEST) {
      return "found a request that was not recorded, of " + bytes(found) + mostSimilar();
    }
    if (entry == null) {
      return "found one more frame, of " + bytes(found) + ", after the end of the recording";
    }
    if (mismatch.kind() == Kind.TOO_EARLY) {
      return "found the expected frame, of " + bytes(found)
          + ", before the frame that it answers was sent";
    }
    int expected = entry.payload().length;
    return (found == expected
            ? "found another frame of the same length, " + bytes(found)
            : "found a frame of " + bytes(found) + ", expected one of " + bytes(expected))
        + "; first difference at payload byte " + mismatch.offset();
  }

  private String mostSimilar() {
    return mismatch.expected() == null
        ? ""
        : "; the most similar one is " + place.recording() + ":" + place.line()
            + ", which differs from payload byte " + mismatch.offset() + " on";
  }

  /** What the recording has here, if nothing came to be compared with it. */
  private String next() {
    if (mismatch.kind() == Kind.EXTRA_CONNECTION) {
      return "";
    }
    Entry expected = mismatch.expected();
    if (expected == null) {
      return mismatch.anyRequest() ? "; expected any recorded request" : "; the recording is over";
    }
    String frame = "a frame of " + bytes(expected.payload().length);
    return mismatch.kind() == Kind.NOT_TAKEN ? "; it was sent " + frame : "; expected " + frame;
  }

  /** Which entry it was compared with, if several could have come. */
  private @Nullable String choice() {
    if (mismatch.beginning() != null) {
      return "another recorded conversation begins with this frame: " + mismatch.beginning();
    }
    int count = mismatch.conversations();
    if (count == 0 || mismatch.kind() == Kind.EXTRA_CONNECTION) {
      return null;
    }
    boolean isFirst = place.entry() == 1;
    String none = isFirst
        ? "no recorded conversation begins with this frame"
        : count == 1
            ? "the recorded conversation does not go on with this frame"
            : "none of the " + count
                + " recorded conversations that agree so far goes on with this frame";
    return none + "; the most similar one is " + place.recording();
  }

  private @Nullable String outstanding() {
    long count = mismatch.outstandingCount();
    if (count < 2) {
      return null;
    }
    List<Place> places = mismatch.outstanding();
    String entries = places.stream()
        .limit(MOST_LISTED)
        .map(one -> String.valueOf(one.entry()))
        .collect(Collectors.joining(", "));
    boolean isListed = places.size() >= count && count <= MOST_LISTED;
    return count + " frames could come here, in any order: entries " + entries
        + (isListed ? "" : ", ...")
        + (mismatch.kind() == Kind.TOO_EARLY
            ? ""
            : "; entry " + place.entry() + " is the most similar one");
  }

  private String rows(int context, boolean colours) {
    byte[] found = mismatch.found();
    Entry expected = mismatch.expected();
    if (mismatch.kind() == Kind.EXTRA_CONNECTION || context == NO_BYTES) {
      return "";
    }
    if (found == null) {
      String label = mismatch.kind() == Kind.NOT_TAKEN ? "sent" : "expected";
      return expected == null ? "" : HexRows.of(label, expected.payload(), 2 * context);
    }
    if (expected == null || mismatch.kind() == Kind.TOO_EARLY) {
      return HexRows.of("found", found, 2 * context);
    }
    return new HexRows("expected", "found", colours)
        .of(
            expected.payload(),
            found,
            mismatch.offset(),
            context,
            mismatch.compared(expected, found));
  }

  /** What differs, if the rows may not show all of it. */
  private @Nullable String difference() {
    Entry entry = mismatch.expected();
    byte[] found = mismatch.found();
    if (entry == null || found == null || mismatch.offset() < 0 || mismatch.nearby() != null) {
      return null;
    }
    byte[] expected = entry.payload();
    if (expected.length != found.length) {
      return expected.length == 0 || found.length == 0
          ? null
          : Replacement.between(expected, found, mismatch.compared(entry, found))
              .toString();
    }
    List<Field> places = mismatch.differing();
    return places.size() > 1
        ? count(places.size()) + " places differ (offset+length): " + list(places)
        : null;
  }

  private static String count(int places) {
    return places < Mismatch.MOST_PLACES ? String.valueOf(places) : places + " or more";
  }

  private static String list(List<Field> places) {
    return places.stream()
            .limit(MOST_LISTED)
            .map(field -> field.offset() + "+" + field.length())
            .collect(Collectors.joining(", "))
        + (places.size() > MOST_LISTED ? ", ..." : "");
  }

  private @Nullable String nearby() {
    Nearby nearby = mismatch.nearby();
    if (nearby == null) {
      return null;
    }
    boolean isEqual = nearby.differing().isEmpty();
    int steps = Math.abs(nearby.steps());
    String words = (isEqual ? "this frame is recorded as entry " : "this frame is most like entry ")
        + nearby.entry() + ", " + place.recording() + ":" + nearby.line()
        + (isEqual ? "" : " (it differs only at " + list(nearby.differing()) + ")")
        + ", " + (steps == 1 ? "1 frame" : steps + " frames")
        + (nearby.steps() > 0 ? " later: " : " earlier: ") + peer;
    if (nearby.came()) {
      return words + (isEqual ? " sent it again" : " may have sent one more of that kind");
    }
    return words
        + (isEqual
            ? " left out what is before it, or sends it later"
            : " may have left out what is before it");
  }

  /** What the beginning of a frame looks like. */
  private @Nullable String beginning() {
    if (mismatch.isEmptyFirstFrame()) {
      return "an empty first frame often means that the header has another length";
    }
    Partial partial = mismatch.partial();
    return partial == null ? null : partial.words(mismatch.expected());
  }

  private @Nullable String advice() {
    return switch (mismatch.kind()) {
      case DIFFERENT_FRAME -> differentFrame();
      case UNKNOWN_REQUEST ->
        mismatch.hints().isEmpty() ? "record a conversation that has this request, too" : null;
      case TOO_EARLY -> "see why " + peer + " sends it that early";
      case EXTRA_FRAME -> "if " + peer + " is right, record the whole conversation";
      case EARLY_END ->
        "see why " + peer + " ended that early"
            + (mismatch.hints().contains(Hint.RECORD_EACH_CONNECTION)
                ? ""
                : "; if it is right, delete " + place.recording() + " from line " + place.line()
                    + " on");
      case BAD_FRAME ->
        mismatch.hasClearBeginning()
            ? null
            : "see why " + peer + (mismatch.isCut() ? " stopped there" : " sent that");
      case CONNECTION_LOST -> "see in the log of " + peer + " why it left";
      case NOT_TAKEN -> "see why " + peer + " left, or does not read";
      case EXTRA_CONNECTION -> "see why " + peer + " connects again";
      case NOTHING_CAME -> mismatch.hasClearBeginning() ? null : "see what " + peer + " waits for";
    };
  }

  private @Nullable String differentFrame() {
    boolean hasOther = mismatch.nearby() != null || !mismatch.hints().isEmpty();
    return hasOther
        ? null
        : "if " + peer + " is right, correct " + place.recording() + ":" + place.line()
            + " or record again";
  }

  @Override
  public String toString() {
    return text.toString().stripTrailing();
  }
}
