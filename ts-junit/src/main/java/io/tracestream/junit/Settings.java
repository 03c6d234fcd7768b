package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.replay.AtEnd;
import io.tracestream.replay.FrameRewriter;
import io.tracestream.replay.Timing;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Rules;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.commons.support.ReflectionSupport;

/** What an extension is to do. Immutable: each {@code with} method returns a changed copy. */
final class Settings implements Cloneable {
  /** Practically forever, without overflow in any calculation. */
  private static final Duration A_YEAR = Duration.ofDays(365);

  // Set before anybody else sees the object, and never again.
  private final String recording;
  private FrameFormat format = FrameFormat.DEFAULT;
  private Timing timing = Timing.NONE;
  private Rules rules = Rules.NONE;
  private String rulesFile = "";
  /** Null for none. */
  private @Nullable Faults faults;
  /** Null for none. */
  private @Nullable FrameRewriter rewriter;

  private Duration idleTimeout = Duration.ofSeconds(5);
  private int connections;
  private @Nullable Supplier<InetSocketAddress> target;
  private RecordMode mode = RecordMode.ONCE;
  private AtEnd atEnd = AtEnd.AS_RECORDED;
  private boolean stub;
  private boolean strictUse;
  private @Nullable ServerTls tls;
  private @Nullable ClientTls targetTls;

  private Settings(String recording) {
    this.recording = recording;
  }

  static Settings of(String recording) {
    if (recording.isBlank()) {
      throw new IllegalArgumentException(
          "the recording's name is empty; write one, such as login.tsv");
    }
    return new Settings(recording);
  }

  private Settings with(Consumer<Settings> change) {
    try {
      Settings copy = (Settings) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  Settings withFormat(FrameFormat other) {
    Objects.requireNonNull(other, "format");
    return with(copy -> copy.format = other);
  }

  Settings withTiming(Timing other) {
    Objects.requireNonNull(other, "timing");
    return with(copy -> copy.timing = other);
  }

  Settings withRules(Rules other) {
    Objects.requireNonNull(other, "rules");
    return with(copy -> copy.rules = other);
  }

  Settings withRules(String... lines) {
    try {
      return withRules(withoutFaults(Rules.of(lines)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("rules: " + e.getMessage(), e);
    }
  }

  /** Refuses faults among rules: they have a place of their own. */
  static Rules withoutFaults(Rules rules) {
    if (!rules.faults().isEmpty()) {
      throw new IllegalArgumentException("\"fault " + rules.faults().get(0)
          + "\" is not a rule for comparing; write it as faults");
    }
    return rules;
  }

  Settings withFaults(@Nullable Faults other) {
    return with(copy -> copy.faults = other);
  }

  /** Takes faults as text, of frames that a server sends. */
  Settings withFaults(long seed, String... texts) {
    Faults some;
    try {
      some = Faults.of(seed, texts);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("faults: " + e.getMessage(), e);
    }
    for (Fault fault : some.list()) {
      if (fault.frames().direction() == Direction.C2S) {
        throw new IllegalArgumentException(
            "faults: \"" + fault + "\" has no meaning for a replay, which sends s2c frames only");
      }
    }
    return withFaults(some);
  }

  /** Reads more rules from a file, which {@link TestFiles} finds; an empty name is for none. */
  Settings withRulesFile(String other) {
    Objects.requireNonNull(other, "rulesFile");
    return with(copy -> copy.rulesFile = other);
  }

  Settings withRewriter(@Nullable FrameRewriter other) {
    return with(copy -> copy.rewriter = other);
  }

  /** Makes an object of a class; the interface itself is for none. */
  Settings withRewriter(Class<? extends FrameRewriter> type) {
    if (type == FrameRewriter.class) {
      return this;
    }
    try {
      return withRewriter(ReflectionSupport.newInstance(type));
    } catch (Exception e) { // whatever the constructor throws
      Throwable why = e instanceof JUnitException && e.getCause() != null ? e.getCause() : e;
      throw new IllegalArgumentException(
          "rewriter: cannot make an object of " + type.getName() + ": " + why
              + "; it needs a constructor without arguments, and must not be an inner class",
          e);
    }
  }

  /** Takes more than 0; a year at most is kept. */
  Settings withIdleTimeout(Duration other) {
    if (other.isNegative() || other.isZero()) {
      throw new IllegalArgumentException("idleTimeout: found " + other + ", expected more than 0");
    }
    return with(copy -> copy.idleTimeout = other.compareTo(A_YEAR) > 0 ? A_YEAR : other);
  }

  Settings withConnections(int other) {
    if (other < 0) {
      throw new IllegalArgumentException("connections: found " + other + ", expected 0 or more");
    }
    return with(copy -> copy.connections = other);
  }

  Settings withTarget(Supplier<InetSocketAddress> other) {
    Objects.requireNonNull(other, "target");
    return with(copy -> copy.target = other);
  }

  /** The name of a host is looked up for each connection. */
  Settings withTarget(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(colon, 0)).replaceFirst("^\\[(.*)\\]$", "$1");
    String port = text.substring(colon + 1);
    if (host.isEmpty() || !port.matches("\\d{1,5}") || !isPort(Integer.parseInt(port))) {
      throw new IllegalArgumentException(
          "target: found \"" + text + "\", expected a host and a port, such as localhost:9001");
    }
    InetSocketAddress address = InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    return withTarget(() -> address);
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= 65_535;
  }

  Settings withMode(RecordMode other) {
    Objects.requireNonNull(other, "mode");
    return with(copy -> copy.mode = other);
  }

  Settings withAtEnd(AtEnd other) {
    Objects.requireNonNull(other, "atEnd");
    return with(copy -> copy.atEnd = other);
  }

  Settings withStub(boolean other) {
    return with(copy -> copy.stub = other);
  }

  Settings withStrictUse(boolean other) {
    return with(copy -> copy.strictUse = other);
  }

  Settings withTls(@Nullable ServerTls other) {
    return with(copy -> copy.tls = other);
  }

  Settings withTargetTls(@Nullable ClientTls other) {
    return with(copy -> copy.targetTls = other);
  }

  /** Refuses settings that need one another; each of them is right by itself. */
  Settings checked() {
    if (strictUse && !stub) {
      throw new IllegalArgumentException("strictUse is only for a stub; set stub, too");
    }
    if (stub && atEnd != AtEnd.AS_RECORDED) {
      throw new IllegalArgumentException(
          "atEnd is not for a stub, which never ends a connection; leave it out");
    }
    return this;
  }

  /** The recording's name, which {@link TestFiles} looks for. */
  String recording() {
    return recording;
  }

  /** Whether the recording is a folder, with a file for each connection. */
  boolean isFolder() {
    return recording.endsWith("/");
  }

  FrameFormat format() {
    return format;
  }

  Timing timing() {
    return timing;
  }

  Rules rules() {
    return rules;
  }

  @Nullable
  Faults faults() {
    return faults;
  }

  String rulesFile() {
    return rulesFile;
  }

  /** Computes payloads; null for nothing. */
  @Nullable
  FrameRewriter rewriter() {
    return rewriter;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }

  /** How many connections have to play the recording; 0 for one or more. */
  int connections() {
    return connections;
  }

  /** Where to record from; null for nowhere. */
  @Nullable
  Supplier<InetSocketAddress> target() {
    return target;
  }

  RecordMode mode() {
    return mode;
  }

  AtEnd atEnd() {
    return atEnd;
  }

  boolean stub() {
    return stub;
  }

  boolean strictUse() {
    return strictUse;
  }

  /** With clients; null for plain connections. */
  @Nullable
  ServerTls tls() {
    return tls;
  }

  /** With the target; null for plain connections. */
  @Nullable
  ClientTls targetTls() {
    return targetTls;
  }

  String hintOnHeader() {
    return "if the protocol's header is not " + Run.count(format.headerLength(), "byte")
        + " long, set the header length";
  }
}
