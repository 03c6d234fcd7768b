package io.tracestream.engine;

import java.io.Closeable;
import java.io.IOException;

/** Closes channels of which nothing can be lost: all that could be sent is with the system. */
final class Channels {
  private Channels() {}

  static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }
}
