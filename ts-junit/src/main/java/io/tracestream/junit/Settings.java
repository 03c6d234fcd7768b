package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.Timing;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What an extension is to do. Immutable.
 *
 * @param recording the recording's name, to be looked for by {@link TestFiles}
 * @param rules what may vary
 * @param rulesFile the name of a file with more rules, to be looked for likewise; empty for none
 * @param idleTimeout for how long a client may send nothing, above 0; at most a year
 * @param connections how many have to play it; 0 for one or more
 * @param target where to record from; null for nowhere
 */
record Settings(
    String recording,
    FrameFormat format,
    Timing timing,
    Rules rules,
    String rulesFile,
    Duration idleTimeout,
    int connections,
    Supplier<InetSocketAddress> target,
    RecordMode mode) {
  /** As long as for ever, and no calculation overflows. */
  private static final Duration A_YEAR = Duration.ofDays(365);

  Settings {
    Objects.requireNonNull(recording, "recording");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(timing, "timing");
    Objects.requireNonNull(rules, "rules");
    Objects.requireNonNull(rulesFile, "rulesFile");
    Objects.requireNonNull(mode, "mode");
    if (idleTimeout.isNegative() || idleTimeout.isZero()) {
      throw new IllegalArgumentException(
          "idleTimeout: found " + idleTimeout + ", expected more than 0");
    }
    idleTimeout = idleTimeout.compareTo(A_YEAR) > 0 ? A_YEAR : idleTimeout;
    if (connections < 0) {
      throw new IllegalArgumentException(
          "connections: found " + connections + ", expected 0 or more");
    }
  }

  static Settings of(String recording) {
    return new Settings(
        recording,
        FrameFormat.DEFAULT,
        Timing.NONE,
        Rules.NONE,
        "",
        Duration.ofSeconds(5),
        0,
        null,
        RecordMode.ONCE);
  }

  Settings withFormat(FrameFormat other) {
    return new Settings(
        recording, other, timing, rules, rulesFile, idleTimeout, connections, target, mode);
  }

  Settings withTiming(Timing other) {
    return new Settings(
        recording, format, other, rules, rulesFile, idleTimeout, connections, target, mode);
  }

  Settings withRules(Rules other) {
    return new Settings(
        recording, format, timing, other, rulesFile, idleTimeout, connections, target, mode);
  }

  Settings withRulesFile(String other) {
    return new Settings(
        recording, format, timing, rules, other, idleTimeout, connections, target, mode);
  }

  Settings withIdleTimeout(Duration other) {
    return new Settings(
        recording, format, timing, rules, rulesFile, other, connections, target, mode);
  }

  Settings withConnections(int other) {
    return new Settings(
        recording, format, timing, rules, rulesFile, idleTimeout, other, target, mode);
  }

  Settings withTarget(Supplier<InetSocketAddress> other) {
    return new Settings(
        recording, format, timing, rules, rulesFile, idleTimeout, connections, other, mode);
  }

  Settings withMode(RecordMode other) {
    return new Settings(
        recording, format, timing, rules, rulesFile, idleTimeout, connections, target, other);
  }

  /** Whether the recording is a folder, with a file for each connection. */
  boolean isFolder() {
    return recording.endsWith("/");
  }

  String hintOnHeader() {
    return "if the protocol's header is not " + Run.count(format.headerLength(), "byte")
        + " long, set the header length";
  }

  /** Where {@code H:P} is; looked up for each connection anew. */
  static Supplier<InetSocketAddress> target(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(colon, 0)).replaceFirst("^\\[(.*)\\]$", "$1");
    String port = text.substring(colon + 1);
    if (host.isEmpty() || !port.matches("\\d{1,5}") || !isPort(Integer.parseInt(port))) {
      throw new IllegalArgumentException(
          "target: found \"" + text + "\", expected a host and a port, such as localhost:9001");
    }
    InetSocketAddress target = InetSocketAddress.createUnresolved(host, Integer.parseInt(port));
    return () -> target;
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= 65_535;
  }
}
