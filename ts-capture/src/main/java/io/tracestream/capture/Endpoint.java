package io.tracestream.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** One side of a connection: an IP address and a port. */
record Endpoint(boolean isV6, long high, long low, int port) {
  static final Endpoint NONE = new Endpoint(false, 0, 0, 0);

  Endpoint withPort(int other) {
    return new Endpoint(isV6, high, low, other);
  }

  /** {@code ADDRESS:PORT}, with brackets for IPv6. */
  @Override
  public String toString() {
    ByteBuffer address = isV6
        ? ByteBuffer.allocate(16).putLong(high).putLong(low)
        : ByteBuffer.allocate(4).putInt((int) low);
    try {
      String text = InetAddress.getByAddress(address.array()).getHostAddress();
      return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // not with 4 or 16 bytes
    }
  }
}
