package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.tls.ClientTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Load} does. Immutable: each {@code with} method returns a changed copy.
 *
 * <p>The {@linkplain #withListener listener} hears of the end of the first 1000 sessions that
 * differed or broke, and of no others: there may be too many.
 */
public final class LoadConfig extends PlayConfig<LoadConfig> {
  /** The most clients: an address hardly has more ports. */
  public static final int MOST_CLIENTS = 60_000;

  private final InetSocketAddress target;
  private final int clients;
  private double requestsPerSecond;
  private long rounds;
  private @Nullable Duration duration;
  private Duration warmUp = Duration.ZERO;
  private Duration replyTimeout = Duration.ofSeconds(10);
  private LongConsumer latencies = nanos -> {};
  private @Nullable ClientTls targetTls;

  private LoadConfig(InetSocketAddress target, List<Conversation> conversations, int clients) {
    super(conversations);
    this.target = Objects.requireNonNull(target, "target");
    this.clients = clients;
    if (clients < 1 || clients > MOST_CLIENTS) {
      throw new IllegalArgumentException(
          "clients: found " + clients + ", expected 1 to " + MOST_CLIENTS);
    }
  }

  /**
   * A load with one file: {@link FrameFormat#DEFAULT} frames, no rules, ten seconds for each reply,
   * each request as soon as the one before was answered, until it is closed.
   *
   * @param target the server; a name that is left unresolved is looked up for each connection
   * @param recording the file whose client is played
   * @param clients how many clients play it at the same time, 1 to {@value #MOST_CLIENTS}
   * @return the configuration
   * @throws IllegalArgumentException if there are no clients, or too many
   */
  public static LoadConfig of(InetSocketAddress target, Path recording, int clients) {
    return of(target, List.of(Conversation.of(recording)), clients);
  }

  /**
   * A load with several conversations, and otherwise the same as {@link #of(InetSocketAddress,
   * Path, int)}. Each client plays all of them in turn, the first client from the first one on, the
   * second client from the second one on; but all from the first one on if a rule copies values
   * from one connection to another.
   *
   * @param target the server
   * @param conversations what clients said, at least one; each is played on a connection of its own
   * @param clients how many clients play at the same time, 1 to {@value #MOST_CLIENTS}
   * @return the configuration
   * @throws IllegalArgumentException if there are no clients, or too many
   */
  public static LoadConfig of(
      InetSocketAddress target, List<Conversation> conversations, int clients) {
    return new LoadConfig(target, conversations, clients).withTiming(Timing.NONE);
  }

  /**
   * Sets a rate: requests are due at fixed times, evenly spread over all clients, however long the
   * target takes to reply. A request that cannot be sent then, because the one before it has no
   * reply yet, is sent as soon as it can be; its latency counts from when it was due.
   *
   * @param requestsPerSecond how many c2s entries to send each second, all clients together; 0 for
   *     no rate: then the {@link Timing} says when they are sent
   * @return the changed copy
   * @throws IllegalArgumentException if it is not a number from 0
   */
  public LoadConfig withRate(double requestsPerSecond) {
    if (!(requestsPerSecond >= 0 && requestsPerSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "rate: found " + requestsPerSecond + ", expected a number from 0");
    }
    return with(copy -> copy.requestsPerSecond = requestsPerSecond);
  }

  /**
   * Sets how many conversations each client plays.
   *
   * @param other how many, one after the other; 0 for no limit
   * @return the changed copy
   * @throws IllegalArgumentException if it is below 0
   */
  public LoadConfig withRounds(long other) {
    if (other < 0) {
      throw new IllegalArgumentException("rounds: found " + other + ", expected 0 or more");
    }
    return with(copy -> copy.rounds = other);
  }

  /**
   * Sets for how long requests are sent. Replies to what was sent are waited for after that.
   *
   * @param other from when all clients are connected and have warmed up; null for no limit
   * @return the changed copy
   * @throws IllegalArgumentException if it is 0 or less
   */
  public LoadConfig withDuration(@Nullable Duration other) {
    requirePositive("duration", other);
    return with(copy -> copy.duration = other);
  }

  /**
   * Sets how long to warm up: requests that are due in that time are sent, and neither counted nor
   * measured. Mismatches and errors count from the beginning.
   *
   * @param other from when all clients are connected
   * @return the changed copy
   * @throws IllegalArgumentException if it is below 0
   */
  public LoadConfig withWarmUp(Duration other) {
    if (other.isNegative()) {
      throw new IllegalArgumentException("warmUp: found " + other + ", expected 0 or more");
    }
    return with(copy -> copy.warmUp = other);
  }

  /**
   * Sets how long a reply may take.
   *
   * @param other for how long nothing may come from the target while it owes a frame, beyond the
   *     pause that it made when it was recorded; and how long connecting may take. More than 0
   * @return the changed copy
   * @throws IllegalArgumentException if it is 0 or less
   */
  public LoadConfig withReplyTimeout(Duration other) {
    Objects.requireNonNull(other, "replyTimeout");
    requirePositive("replyTimeout", other);
    return with(copy -> copy.replyTimeout = other);
  }

  /**
   * Sets what gets the latencies.
   *
   * @param other gets for each reply that answers a request how long that took, in nanoseconds. It
   *     is called on several event loops at the same time, which wait for it
   * @return the changed copy
   */
  public LoadConfig withLatencies(LongConsumer other) {
    Objects.requireNonNull(other, "latencies");
    return with(copy -> copy.latencies = other);
  }

  /**
   * The server.
   *
   * @return its address
   */
  public InetSocketAddress target() {
    return target;
  }

  /**
   * How many clients play at the same time.
   *
   * @return 1 or more
   */
  public int clients() {
    return clients;
  }

  /**
   * How many requests are sent each second.
   *
   * @return c2s entries per second, all clients together; 0 for no rate
   */
  public double rate() {
    return requestsPerSecond;
  }

  /**
   * How many conversations each client plays.
   *
   * @return 0 for no limit
   */
  public long rounds() {
    return rounds;
  }

  /**
   * For how long requests are sent.
   *
   * @return more than 0; null for no limit
   */
  public @Nullable Duration duration() {
    return duration;
  }

  /**
   * For how long requests are sent before they are counted.
   *
   * @return 0 or more
   */
  public Duration warmUp() {
    return warmUp;
  }

  /**
   * For how long nothing may come from the target while it owes a frame, beyond its recorded pause.
   *
   * @return more than 0
   */
  public Duration replyTimeout() {
    return replyTimeout;
  }

  /**
   * What gets the latencies.
   *
   * @return it gets nanoseconds
   */
  public LongConsumer latencies() {
    return latencies;
  }

  /**
   * Sets how to speak TLS with the target.
   *
   * @param tls null for plain connections
   * @return the changed copy
   */
  public LoadConfig withTargetTls(@Nullable ClientTls tls) {
    return with(copy -> copy.targetTls = tls);
  }

  /**
   * How to speak TLS with the target.
   *
   * @return null for plain connections
   */
  public @Nullable ClientTls targetTls() {
    return targetTls;
  }
}
