package io.tracestream.replay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How one session ended. Immutable: each {@code with} method returns a changed copy. */
public final class SessionResult implements Cloneable {
  // Set before anybody else sees the object, and never again.
  private final long connection;
  private final InetSocketAddress peer;
  private final Outcome outcome;
  private @Nullable String recording;
  private long entriesMatched;
  private long compared;
  private long open;
  private long allowedFrames;
  private List<String> notes = List.of();
  private Duration longestLateness = Duration.ZERO;
  private Duration took = Duration.ZERO;
  private @Nullable Mismatch mismatch;
  private @Nullable String damage;

  /** How a session ended, in one word. */
  public enum Outcome {
    /** The other side did all that was recorded, and no more. */
    MATCHED,
    /** There is a mismatch. */
    DIFFERED,
    /** It was stopped before its end. */
    INCOMPLETE,
    /** It could not go on: the recording is damaged, or something else went wrong on our side. */
    BROKEN,
    /**
     * A fault that was injected cut it short: it ended the sending before the last entry, or the
     * other side left early after one.
     */
    FAULTED
  }

  private SessionResult(long connection, InetSocketAddress peer, Outcome outcome) {
    this.connection = connection;
    this.peer = Objects.requireNonNull(peer, "peer");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
  }

  /**
   * A result with nothing but an outcome.
   *
   * @param connection the connection's number, from 1
   * @param peer the other side's address
   * @param outcome how it ended
   * @return the result
   */
  public static SessionResult of(long connection, InetSocketAddress peer, Outcome outcome) {
    return new SessionResult(connection, peer, outcome);
  }

  private SessionResult with(Consumer<SessionResult> change) {
    try {
      SessionResult copy = (SessionResult) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Sets what was played.
   *
   * @param name the recording's name; null when nothing was played
   * @return the changed copy
   */
  public SessionResult withRecording(@Nullable String name) {
    return with(copy -> copy.recording = name);
  }

  /**
   * Sets how many frames matched.
   *
   * @param count how many frames came that were expected
   * @return the changed copy
   */
  public SessionResult withEntriesMatched(long count) {
    return with(copy -> copy.entriesMatched = count);
  }

  /**
   * Sets how much of the matched frames was compared.
   *
   * @param compared payload bytes that were compared
   * @param open payload bytes that rules left open
   * @return the changed copy
   */
  public SessionResult withBytes(long compared, long open) {
    return with(copy -> {
      copy.compared = compared;
      copy.open = open;
    });
  }

  /**
   * Sets how many frames a rule allowed.
   *
   * @param count frames that may come at any time, and came
   * @return the changed copy
   */
  SessionResult withAllowedFrames(long count) {
    return with(copy -> copy.allowedFrames = count);
  }

  /**
   * Sets what readers of the result should know.
   *
   * @param lines one line each
   * @return the changed copy
   */
  public SessionResult withNotes(List<String> lines) {
    List<String> all = List.copyOf(lines);
    return with(copy -> copy.notes = all);
  }

  /**
   * Sets by how much frames were late.
   *
   * @param lateness by how much the latest frame of ours was sent after its time
   * @return the changed copy
   */
  public SessionResult withLongestLateness(Duration lateness) {
    Objects.requireNonNull(lateness, "lateness");
    return with(copy -> copy.longestLateness = lateness);
  }

  /**
   * Sets how long it took.
   *
   * @param duration from the connection's start to the end of its play
   * @return the changed copy
   */
  public SessionResult withTook(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    return with(copy -> copy.took = duration);
  }

  /**
   * Sets the mismatch.
   *
   * @param other where the other side departed from the recording; or null
   * @return the changed copy
   */
  public SessionResult withMismatch(@Nullable Mismatch other) {
    return with(copy -> copy.mismatch = other);
  }

  /**
   * Sets why the session could not go on.
   *
   * @param line the reason, in one line; or null
   * @return the changed copy
   */
  public SessionResult withDamage(@Nullable String line) {
    return with(copy -> copy.damage = line);
  }

  /**
   * The connection's number.
   *
   * @return from 1, in the order of accepting
   */
  public long connection() {
    return connection;
  }

  /**
   * The other side's address.
   *
   * @return its address
   */
  public InetSocketAddress peer() {
    return peer;
  }

  /**
   * How it ended.
   *
   * @return in one word
   */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * What was played.
   *
   * @return the recording's name; null when nothing was played
   */
  public @Nullable String recording() {
    return recording;
  }

  /**
   * How many frames came that were expected.
   *
   * @return 0 or more
   */
  public long entriesMatched() {
    return entriesMatched;
  }

  /**
   * How much of the matched frames was compared.
   *
   * @return payload bytes
   */
  public long compared() {
    return compared;
  }

  /**
   * How much of the matched frames was not compared, because of rules.
   *
   * @return payload bytes
   */
  public long open() {
    return open;
  }

  /**
   * How many frames came that a rule allows at any time.
   *
   * @return 0 or more
   */
  public long allowedFrames() {
    return allowedFrames;
  }

  /**
   * What readers of the result should know, such as that the recording ends with a request that has
   * no reply.
   *
   * @return one line each, usually none
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * By how much the latest frame of ours was sent after its time.
   *
   * @return zero where frames are sent without pauses
   */
  public Duration longestLateness() {
    return longestLateness;
  }

  /**
   * How long it took.
   *
   * @return from the connection's start to the end of its play
   */
  public Duration took() {
    return took;
  }

  /**
   * Where the other side departed from the recording.
   *
   * @return the mismatch; null if it did not
   */
  public @Nullable Mismatch mismatch() {
    return mismatch;
  }

  /**
   * Why the session could not go on, such as damage in the recording.
   *
   * @return one line; null if it could
   */
  public @Nullable String damage() {
    return damage;
  }

  @Override
  public String toString() {
    return "connection " + connection + ": " + outcome + ", " + entriesMatched + " entries matched";
  }
}
