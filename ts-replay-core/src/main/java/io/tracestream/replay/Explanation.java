package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.HexRows;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** All that is known of a mismatch, in some lines for a person. */
final class Explanation {
  private final Mismatch mismatch;
  private final Place place;
  private final boolean fromClient;
  private final StringBuilder text = new StringBuilder();

  Explanation(Mismatch mismatch, int context, boolean colours, Function<Hint, String> words) {
    this.mismatch = mismatch;
    this.place = mismatch.place();
    this.fromClient = place.direction() == Direction.C2S;
    text.append("mismatch: connection ").append(mismatch.connection());
    text.append(" with ").append(mismatch.peerAddress());
    text.append(", ").append(place).append('\n');
    line("found " + what());
    hint(broken());
    String rows = rows(context, colours);
    rows.lines().forEach(this::line);
    hint(rows.contains("~~") ? "~~ are bytes that the rules leave open" : null);
    hint(nearby());
    hint(advice());
    hint(mismatch.hint() == null ? null : words.apply(mismatch.hint()));
  }

  private String what() {
    if (mismatch.kind() == Kind.TOO_EARLY) {
      return "the expected frame, but before the frame that it answers was sent";
    }
    if (mismatch.offset() < 0) {
      return found() + ", expected " + expected();
    }
    int found = mismatch.found().length;
    int expected = mismatch.expected().payload().length;
    return (found == expected
            ? "another frame of the same length, " + bytes(found)
            : "a frame of " + bytes(found) + ", expected one of " + bytes(expected))
        + "; first difference at payload byte " + mismatch.offset();
  }

  private String found() {
    if (mismatch.found() != null) {
      return "a frame too many, of " + bytes(mismatch.found().length);
    }
    return mismatch.kind() == Kind.BAD_FRAME ? "a bad frame" : mismatch.reason();
  }

  /** What is bad about a frame: a sentence of its own, with its own found and expected. */
  private String broken() {
    return mismatch.kind() == Kind.BAD_FRAME
        ? place.direction() + " " + mismatch.reason().replaceFirst("^a bad frame: ", "")
        : null;
  }

  private String expected() {
    if (mismatch.kind() == Kind.EXTRA_CONNECTION) {
      return "no further one";
    }
    if (mismatch.expected() == null) {
      return "the end, as the recording is over";
    }
    String frame = "a frame of " + bytes(mismatch.expected().payload().length);
    return mismatch.kind() == Kind.NOT_TAKEN ? "it to take " + frame : frame;
  }

  private static String bytes(int count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }

  private String rows(int context, boolean colours) {
    if (mismatch.kind() == Kind.EXTRA_CONNECTION
        || mismatch.found() == null && mismatch.expected() == null) {
      return "";
    }
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
    return mismatch.comparer().isCompared(ByteBuffer.wrap(mismatch.expected().payload()), at);
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
      case DIFFERENT_FRAME ->
        mismatch.nearby() != null || mismatch.varying() != null
            ? null
            : "if " + side + " is right, correct " + place.recording() + ":" + place.line()
                + " or record again";
      case TOO_EARLY ->
        "see why " + side + " sends this frame before it gets the one that it answers";
      case EXTRA_FRAME -> side + " goes on where the recording ends: end it there, or record on";
      case EARLY_END ->
        side + " ended too soon: see why"
            + (mismatch.hint() == Hint.RECORD_EACH_CONNECTION
                ? ""
                : "; if it may, delete " + place.recording() + " from line " + place.line()
                    + " on");
      case BAD_FRAME -> "see why " + side + " stopped inside a frame";
      case CONNECTION_LOST -> "see in the log of " + side + " why it left";
      case NOT_TAKEN ->
        "see why " + (fromClient ? "the target" : "the client") + " left, or does not read";
      case EXTRA_CONNECTION -> "see why " + side + " connects again";
      case NOTHING_CAME -> "see what " + side + " waits for";
    };
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
