package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Filled;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Asks a {@link FrameRewriter}, and turns whatever goes wrong in it into one line. Immutable. */
final class Rewriting {
  private final Role role;
  private final FrameRewriter rewriter;

  private Rewriting(Role role, FrameRewriter rewriter) {
    this.role = role;
    this.rewriter = rewriter;
  }

  /** Null where nothing is computed. */
  static @Nullable Rewriting of(Role role) {
    FrameRewriter rewriter = role.rewriter();
    return rewriter == null ? null : new Rewriting(role, rewriter);
  }

  /**
   * A payload to send.
   *
   * @param at its entry
   * @param live its payload with live values
   * @param latest the other side's frame before it; or null
   */
  ByteBuffer toSend(long connection, Cursor at, ByteBuffer live, @Nullable ByteBuffer latest)
      throws IOException {
    ByteBuffer rewritten = rewritten(connection, at, live, latest);
    for (Copy copy : role.rules().copied()) {
      if (copy.from().direction() == role.sent()
          && copy.from().isIn(at.payload())
          && role.comparerOfSent().valueInLive(copy.from(), at.payload(), rewritten) == null) {
        throw lost(at, copy);
      }
    }
    return rewritten;
  }

  /**
   * The first byte in which a frame that came differs from what was expected; -1 when it does not.
   */
  int difference(
      long connection, Cursor at, ByteBuffer live, @Nullable ByteBuffer latest, ByteBuffer found)
      throws IOException {
    Comparer comparer = role.comparer();
    Filled filled = comparer.filled(at.payload(), live, found);
    int difference = filled.difference(rewritten(connection, at, filled.payload(), latest), found);
    for (Copy copy : role.rules().copied()) {
      if (difference < 0
          && copy.from().direction() == role.received()
          && copy.from().frames().matches(found)
          && copy.from().isIn(at.payload())
          && comparer.valueIn(copy.from(), at.payload(), found) == null) {
        throw lost(at, copy);
      }
    }
    return difference;
  }

  /**
   * What is expected, for a person: computed from the open bytes that came, if any did; as it would
   * be without this where that fails.
   */
  ByteBuffer asExpected(
      long connection,
      Cursor at,
      ByteBuffer live,
      @Nullable ByteBuffer latest,
      @Nullable ByteBuffer found)
      throws IOException {
    try {
      ByteBuffer payload = found == null
          ? live
          : role.comparer().filled(at.payload(), live, found).payload();
      return rewritten(connection, at, payload, latest);
    } catch (IOException e) {
      return live;
    }
  }

  /**
   * Whether two recorded entries become the same, whatever they hold in bytes that rules name, when
   * the second is computed in place of the first.
   *
   * @param latest the other direction's frame before the first one; or null
   */
  boolean areSame(Cursor one, @Nullable ByteBuffer latest, Cursor other) throws IOException {
    Comparer comparer =
        one.direction() == role.received() ? role.comparer() : role.comparerOfSent();
    if (comparer.areAlike(one.payload(), other.payload())) {
      return true;
    }
    try {
      Filled filled = comparer.filledAlike(other.payload(), one.payload());
      ByteBuffer computed = rewritten(0, other, filled.payload(), latest);
      return filled.difference(computed, rewritten(0, one, one.payload(), latest)) < 0;
    } catch (Failed e) {
      return false; // if it fails for a live frame, too, that will be reported
    }
  }

  /** Whether a frame that came may be that entry, whatever values rules put into it. */
  boolean fits(long connection, Cursor at, @Nullable ByteBuffer latest, ByteBuffer found)
      throws IOException {
    Filled filled = role.comparer().filledAlike(at.payload(), found);
    return filled.difference(rewritten(connection, at, filled.payload(), latest), found) < 0;
  }

  private ByteBuffer rewritten(
      long connection, Cursor at, ByteBuffer payload, @Nullable ByteBuffer latest)
      throws IOException {
    Direction direction = at.direction();
    byte[] rewritten;
    try {
      rewritten = rewriter.rewrite(new FrameRewriter.Frame(
          connection, at.recording(), at.number(), direction, payload, latest));
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      throw failed(at, "failed: " + oneLine(e.toString()), e);
    }
    if (rewritten == null) {
      throw failed(
          at, "returned null; return the payload as it is if there is nothing to change", null);
    }
    int longest = role.format().longestPayload();
    if (rewritten.length > longest) {
      throw failed(
          at,
          "returned " + rewritten.length + " bytes; at most " + longest
              + " are allowed in a payload",
          null);
    }
    return ByteBuffer.wrap(rewritten);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  private static IOException lost(Cursor at, Copy copy) throws IOException {
    return failed(
        at, "returned a payload without the first field of copy " + copy + "; keep it", null);
  }

  private static Failed failed(Cursor at, String what, @Nullable Throwable cause)
      throws IOException {
    return new Failed(at.where() + ": the frame rewriter " + what, cause);
  }

  /** The rewriter is at fault, not the recording. */
  private static final class Failed extends IOException {
    private static final long serialVersionUID = 1;

    Failed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
