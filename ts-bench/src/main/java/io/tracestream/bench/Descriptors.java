package io.tracestream.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections this process, and each that it starts, may have open. */
final class Descriptors {
  /** For what is open beside connections. */
  private static final long OTHERS = 400;

  private Descriptors() {}

  /** As many connections as are wanted, if there are two descriptors for each. */
  static int connections(int wanted) {
    return connections(wanted, limit());
  }

  /** The same where that many descriptors may be open. */
  static int connections(int wanted, long limit) {
    return (int) Math.max(1, Math.min(wanted, (limit - OTHERS) / 2));
  }

  /** The JVM has raised the soft limit to the hard one. */
  private static long limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
