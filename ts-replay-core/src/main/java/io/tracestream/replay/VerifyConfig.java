package io.tracestream.replay;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.tls.ClientTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link Verifier} does. Immutable: each {@code with} method returns a changed copy. */
public final class VerifyConfig extends PlayConfig<VerifyConfig> {
  private final InetSocketAddress target;
  private Order order = Order.ANY;
  private Duration replyTimeout = Duration.ofSeconds(10);
  private @Nullable ClientTls targetTls;

  private VerifyConfig(InetSocketAddress target, List<Conversation> conversations) {
    super(conversations);
    this.target = Objects.requireNonNull(target, "target");
  }

  /**
   * A verification with one file: {@link FrameFormat#DEFAULT} frames, {@link Timing#ORIGINAL}, no
   * rules, {@link Order#ANY}, and ten seconds for each reply. Results go to the log.
   *
   * @param target the server to verify; a name that is left unresolved is looked up for each
   *     connection
   * @param recording the file whose client is played
   * @return the configuration
   */
  public static VerifyConfig of(InetSocketAddress target, Path recording) {
    return of(target, List.of(Conversation.of(recording)));
  }

  /**
   * A verification with several conversations, and otherwise the same as
   * {@link #of(InetSocketAddress, Path)}.
   *
   * @param target the server to verify
   * @param conversations what the client said, at least one; each is played on a connection of its
   *     own, one after the other
   * @return the configuration
   */
  public static VerifyConfig of(InetSocketAddress target, List<Conversation> conversations) {
    return new VerifyConfig(target, conversations);
  }

  /**
   * Sets in which order replies may come.
   *
   * @param other the order
   * @return the changed copy
   */
  public VerifyConfig withOrder(Order other) {
    Objects.requireNonNull(other, "order");
    return with(copy -> copy.order = other);
  }

  /**
   * Sets how long a reply may take.
   *
   * @param other for how long nothing may come from the target while it owes a frame, beyond the
   *     pause that it made when it was recorded; and how long connecting may take. More than 0
   * @return the changed copy
   * @throws IllegalArgumentException if it is 0 or less
   */
  public VerifyConfig withReplyTimeout(Duration other) {
    Objects.requireNonNull(other, "replyTimeout");
    requirePositive("replyTimeout", other);
    return with(copy -> copy.replyTimeout = other);
  }

  /**
   * Sets how to speak TLS with the target.
   *
   * @param tls null for plain connections
   * @return the changed copy
   */
  public VerifyConfig withTargetTls(@Nullable ClientTls tls) {
    return with(copy -> copy.targetTls = tls);
  }

  /**
   * The server to verify.
   *
   * @return its address
   */
  public InetSocketAddress target() {
    return target;
  }

  /**
   * In which order replies may come.
   *
   * @return the order
   */
  public Order order() {
    return order;
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
   * How to speak TLS with the target.
   *
   * @return null for plain connections
   */
  public @Nullable ClientTls targetTls() {
    return targetTls;
  }
}
