package io.tracestream.engine;

import java.io.Closeable;
import java.io.IOException;

/** Closes what nothing can be lost of: all that could be sent was handed to the system before. */
final class Channels {
  private Channels() {}

  static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed then, too.
    }
  }
}
