package io.tracestream.replay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** How one session ended. Immutable: each {@code with} gives a changed copy. */
public final class SessionResult implements Cloneable {
  // Set before anybody else sees the object, and never again.
  private final long connection;
  private final InetSocketAddress peer;
  private final Outcome outcome;
  private String recording;
  private long entriesMatched;
  private Duration longestLateness = Duration.ZERO;
  private Duration took = Duration.ZERO;
  private Mismatch mismatch;
  private String damage;

  /** How a session ended, in one word. */
  public enum Outcome {
    /** The other side did all that was recorded, and no more. */
    MATCHED,
    /** There is a mismatch. */
    DIFFERED,
    /** It was stopped before its end. */
    INCOMPLETE,
    /** The recording is damaged, or the play could not go on for another reason of our own. */
    BROKEN
  }

  private SessionResult(long connection, InetSocketAddress peer, Outcome outcome) {
    this.connection = connection;
    this.peer = Objects.requireNonNull(peer, "peer");
    this.outcome = Objects.requireNonNull(outcome, "outcome");
  }

  /**
   * The end of a session of which nothing else is known.
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
   * This, of that recording.
   *
   * @param name of what was played; null when nothing was
   * @return the changed copy
   */
  public SessionResult withRecording(String name) {
    return with(copy -> copy.recording = name);
  }

  /**
   * This, with so many frames.
   *
   * @param count how many came that were expected
   * @return the changed copy
   */
  public SessionResult withEntriesMatched(long count) {
    return with(copy -> copy.entriesMatched = count);
  }

  /**
   * This, with frames that were late.
   *
   * @param lateness by how much the latest was
   * @return the changed copy
   */
  public SessionResult withLongestLateness(Duration lateness) {
    Objects.requireNonNull(lateness, "lateness");
    return with(copy -> copy.longestLateness = lateness);
  }

  /**
   * This, with another duration.
   *
   * @param duration from the connection's start to the end of its play
   * @return the changed copy
   */
  public SessionResult withTook(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    return with(copy -> copy.took = duration);
  }

  /**
   * This, with or without its mismatch.
   *
   * @param other where the other side departed; or null
   * @return the changed copy
   */
  public SessionResult withMismatch(Mismatch other) {
    return with(copy -> copy.mismatch = other);
  }

  /**
   * This, with what kept the play from going on.
   *
   * @param line what it was, in one line; or null
   * @return the changed copy
   */
  public SessionResult withDamage(String line) {
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
   * The name of what was played.
   *
   * @return the recording's; null when nothing was
   */
  public String recording() {
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
   * By how much the latest frame was sent behind its time.
   *
   * @return zero where all were sent at once
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
   * @return null unless it did
   */
  public Mismatch mismatch() {
    return mismatch;
  }

  /**
   * What kept the play from going on, such as damage in the recording.
   *
   * @return in one line; null unless something did
   */
  public String damage() {
    return damage;
  }

  @Override
  public String toString() {
    return "connection " + connection + ": " + outcome + ", " + entriesMatched + " entries matched";
  }
}
