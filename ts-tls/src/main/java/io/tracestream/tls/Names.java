package io.tracestream.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells host names from IP addresses. */
final class Names {
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})";
  /** Anything else that begins with a digit would be looked up as a name. */
  private static final Pattern ADDRESS =
      Pattern.compile(OCTET + "(\\." + OCTET + "){3}|[0-9a-fA-F:.]*:.*");

  private Names() {}

  /** The bytes of an IP address as it is written; null for a host name. Looks nothing up. */
  static byte @Nullable [] addressOf(String name) {
    if (!ADDRESS.matcher(name).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(name).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
