package io.tracestream.codec;

/** What a thread has allocated. */
final class Allocated {
  private Allocated() {}

  /**
   * By this thread, so far. Asked for by name, since the codec's module, whose tests these are,
   * does not read jdk.management.
   */
  static long bytes() throws ReflectiveOperationException {
    Object threads = Class.forName("java.lang.management.ManagementFactory")
        .getMethod("getThreadMXBean")
        .invoke(null);
    return (long) Class.forName("com.sun.management.ThreadMXBean")
        .getMethod("getCurrentThreadAllocatedBytes")
        .invoke(threads);
  }
}
