package io.tracestream.cli;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An address as users type it: {@code name:port}, {@code 127.0.0.1:port} or {@code [::1]:port}.
 *
 * @param host the name or number, without brackets
 * @param port 0 to 65535
 */
record HostPort(String host, int port) {
  private static final Pattern SHAPE =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|([^\\s:\\[\\]]+)):(\\d{1,5})");

  /** The address with its host looked up; unresolved when there is no such host. */
  InetSocketAddress resolved() {
    return new InetSocketAddress(host, port);
  }

  /**
   * The address with its host looked up, for a command that connects to it once.
   *
   * @param option what named it, for the error
   */
  InetSocketAddress resolved(String option) throws Failures.Failed {
    InetSocketAddress address = resolved();
    if (address.isUnresolved()) {
      throw new Failures.Failed(option + ": no such host: " + host + "; correct the address");
    }
    return address;
  }

  /** The address to look up when it is needed; one in digits needs no lookup. */
  InetSocketAddress unresolved() {
    return isNumber() ? resolved() : InetSocketAddress.createUnresolved(host, port);
  }

  /**
   * The address with its host looked up, for a server.
   *
   * @param option what named it, for the error
   */
  InetSocketAddress resolvedToListen(String option) throws Failures.NotStarted {
    InetSocketAddress address = resolved();
    if (address.isUnresolved()) {
      throw new Failures.NotStarted(
          option + ": no such host: " + host + "; give an address of this machine");
    }
    return address;
  }

  private boolean isNumber() {
    return host.indexOf(':') >= 0 || host.matches("[0-9.]+");
  }

  HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Reads an address where port 0 means any free port. */
  static final class ToListen implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String value) {
      return parse(value, 0);
    }
  }

  /** Reads an address to connect to. */
  static final class ToConnect implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String value) {
      return parse(value, 1);
    }
  }

  private static HostPort parse(String value, int leastPort) {
    Matcher matcher = SHAPE.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException("found \"" + value + "\", expected HOST:PORT, such as "
          + (value.chars().filter(c -> c == ':').count() > 1
              ? "[::1]:9000 with an IPv6 address"
              : "localhost:9000 or 127.0.0.1:9000"));
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    HostPort address = new HostPort(host, Integer.parseInt(matcher.group(3)));
    if (address.port < leastPort || address.port > 65535) {
      throw new TypeConversionException("found port " + matcher.group(3) + " in \"" + value
          + "\", expected " + leastPort + " to 65535");
    }
    if (address.isNumber() && address.resolved().isUnresolved()) {
      throw new TypeConversionException("found \"" + host + "\", which is not an "
          + (host.indexOf(':') < 0 ? "IPv4" : "IPv6") + " address");
    }
    return address;
  }
}
