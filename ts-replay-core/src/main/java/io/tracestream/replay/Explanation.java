package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.replay.Mismatch.Kind;

/** All that is known of a mismatch, in some lines for a person. */
final class Explanation {
  private final Mismatch mismatch;
  private final Place place;
  private final boolean fromClient;
  private final StringBuilder text = new StringBuilder();

  Explanation(Mismatch mismatch, int context, boolean colours) {
    this.mismatch = mismatch;
    this.place = mismatch.place();
    this.fromClient = place.direction() == Direction.C2S;
    text.append("mismatch: connection ").append(mismatch.connection());
    text.append(" with ").append(mismatch.peerAddress());
    text.append(", ").append(place).append('\n');
    line("found " + found() + ", expected " + expected());
    rows(context, colours).lines().forEach(this::line);
    hint(nearby());
    hint(advice());
    hint(rule());
  }

  private String found() {
    if (mismatch.found() == null) {
      return mismatch.reason();
    }
    return (mismatch.kind() == Kind.EXTRA_FRAME ? "a frame too many, of " : "another frame, of ")
        + bytes(mismatch.found().length);
  }

  private String expected() {
    if (mismatch.expected() == null) {
      return "the end, as the recording is over";
    }
    int length = mismatch.expected().payload().length;
    String at =
        mismatch.offset() < 0 ? "" : "; first difference at payload byte " + mismatch.offset();
    boolean same = mismatch.found() != null && mismatch.found().length == length;
    return (same ? "that length" : "a frame of " + bytes(length)) + at;
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  private String rows(int context, boolean colours) {
    if (mismatch.found() == null) {
      return HexRows.of("expected", mismatch.expected().payload(), 2 * context);
    }
    if (mismatch.expected() == null) {
      return HexRows.of("found", mismatch.found(), 2 * context);
    }
    return new HexRows("expected", "found", colours)
        .of(
            mismatch.expected().payload(),
            mismatch.found(),
            mismatch.offset(),
            context,
            this::isCompared);
  }

  private boolean isCompared(int at) {
    return mismatch.comparer().isCompared(at, mismatch.expected().payload().length);
  }

  private String nearby() {
    Nearby nearby = mismatch.nearby();
    if (nearby == null) {
      return null;
    }
    int steps = Math.abs(nearby.steps());
    return "this frame is entry " + nearby.entry() + ", " + place.recording() + ":" + nearby.line()
        + ": " + steps + (steps == 1 ? " step " : " steps ")
        + (nearby.steps() > 0
            ? "ahead, so the frames before it were left out or come later"
            : "back, so it was sent again or comes late");
  }

  private String advice() {
    String side = fromClient ? "the client" : "the target";
    return switch (mismatch.kind()) {
      case DIFFERENT_FRAME -> null;
      case EXTRA_FRAME -> side + " goes on where the recording ends: end it there, or record on";
      case EARLY_END ->
        side + " ended before the recording: see why it did, or delete the lines from there on";
      case BAD_FRAME -> "see that " + side + " and --header-len, --max-payload-len agree";
      case CONNECTION_LOST -> "see in the other side's log why it left";
      case NOTHING_CAME ->
        "see what " + side + " waits for, or give it more time with "
            + (fromClient ? "--idle-timeout" : "--reply-timeout");
    };
  }

  private String rule() {
    Field field = mismatch.varying();
    return field == null ? null : "if these bytes vary from run to run: --ignore " + field;
  }

  private void hint(String hint) {
    if (hint != null) {
      line(hint);
    }
  }

  private void line(String line) {
    text.append("  ").append(line).append('\n');
  }

  @Override
  public String toString() {
    return text.toString().stripTrailing();
  }
}
