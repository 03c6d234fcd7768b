package io.tracestream.proxy;

import io.tracestream.codec.FrameFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the tests of this package have in common. */
final class Proxies {
  private Proxies() {}

  /** A proxy of frames with a 2-byte header, on a free port. */
  static ProxyConfig to(InetSocketAddress target) {
    return ProxyConfig.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target)
        .withFormat(new FrameFormat(2, 65_535));
  }

  /** Something that may throw. */
  interface Action {
    void run() throws Exception;
  }

  static void unchecked(Action action) {
    try {
      action.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
