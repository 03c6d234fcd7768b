package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.FrameObserver;
import io.tracestream.rules.Rules;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a replay, a verification and a load have in common: what to play, and how. Immutable: each
 * {@code with} method returns a changed copy.
 *
 * @param <C> the configuration itself
 */
public abstract sealed class PlayConfig<C extends PlayConfig<C>> implements Cloneable
    permits ReplayConfig, VerifyConfig, LoadConfig {
  // Set before anybody else sees the object, and never again.
  private final List<Conversation> conversations;
  private FrameFormat format = FrameFormat.DEFAULT;
  private Timing timing = Timing.ORIGINAL;
  private Rules rules = Rules.NONE;
  /** Null for none. */
  private @Nullable FrameRewriter rewriter;

  private SessionListener listener = SessionListener.LOGGING;
  private @Nullable FrameObserver observer;

  PlayConfig(List<Conversation> conversations) {
    this.conversations = List.copyOf(conversations);
    if (conversations.isEmpty()) {
      throw new IllegalArgumentException("conversations: there must be at least one");
    }
  }

  /** A changed copy. */
  final C with(Consumer<C> change) {
    try {
      @SuppressWarnings("unchecked") // a clone has the class of its original
      C copy = (C) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  private C withShared(Consumer<PlayConfig<C>> change) {
    return with(change::accept);
  }

  /** Refuses a time-out of 0 or less; null means no time-out. */
  static void requirePositive(String name, @Nullable Duration timeout) {
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException(name + ": found " + timeout + ", expected more than 0");
    }
  }

  /**
   * Sets the format of the frames.
   *
   * @param other the frames of both directions
   * @return the changed copy
   */
  public final C withFormat(FrameFormat other) {
    Objects.requireNonNull(other, "format");
    return withShared(copy -> copy.format = other);
  }

  /**
   * Sets the timing.
   *
   * @param other when entries are sent
   * @return the changed copy
   */
  public final C withTiming(Timing other) {
    Objects.requireNonNull(other, "timing");
    return withShared(copy -> copy.timing = other);
  }

  /**
   * Sets the rules.
   *
   * @param other what may vary in frames
   * @return the changed copy
   */
  public final C withRules(Rules other) {
    Objects.requireNonNull(other, "rules");
    return withShared(copy -> copy.rules = other);
  }

  /**
   * Sets what computes payloads, after rules have put live values into them.
   *
   * @param other computes what is sent and what is expected, for all connections; null for nothing
   * @return the changed copy
   */
  public final C withRewriter(@Nullable FrameRewriter other) {
    return withShared(copy -> copy.rewriter = other);
  }

  /**
   * Sets the listener.
   *
   * @param other hears of each session
   * @return the changed copy
   */
  public final C withListener(SessionListener other) {
    Objects.requireNonNull(other, "listener");
    return withShared(copy -> copy.listener = other);
  }

  /**
   * Sets the observer of frames.
   *
   * @param other sees each frame that comes or is sent, on event loops; null for none
   * @return the changed copy
   */
  public final C withObserver(@Nullable FrameObserver other) {
    return withShared(copy -> copy.observer = other);
  }

  /**
   * The recorded conversations.
   *
   * @return at least one
   */
  public final List<Conversation> conversations() {
    return conversations;
  }

  /**
   * The frames of both directions.
   *
   * @return their format
   */
  public final FrameFormat format() {
    return format;
  }

  /**
   * When entries are sent.
   *
   * @return the timing
   */
  public final Timing timing() {
    return timing;
  }

  /**
   * What may vary in frames.
   *
   * @return the rules
   */
  public final Rules rules() {
    return rules;
  }

  /**
   * What computes payloads, after rules have put live values into them.
   *
   * @return null for nothing
   */
  public final @Nullable FrameRewriter rewriter() {
    return rewriter;
  }

  /**
   * Who hears of each session.
   *
   * @return the listener
   */
  public final SessionListener listener() {
    return listener;
  }

  /**
   * What sees each frame.
   *
   * @return the observer; null for none
   */
  public final @Nullable FrameObserver observer() {
    return observer;
  }
}
