package io.tracestream.bench;

import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import java.net.InetSocketAddress;

/** A proxy in a JVM of its own: {@code Relay LISTEN-PORT TARGET-PORT}. */
final class Relay {
  private Relay() {}

  public static void main(String[] args) throws Exception {
    ProxyConfig config = ProxyConfig.of(local(args[0]), local(args[1]));
    try (Proxy proxy = Proxy.start(config)) {
      proxy.awaitStop();
    }
  }

  private static InetSocketAddress local(String port) {
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
  }
}
