package io.tracestream.engine;

import java.io.Closeable;
import java.io.IOException;

/** Helpers for channels. */
final class Channels {
  private Channels() {}

  /** What went wrong, as a clause. Some errors say nothing but their names. */
  static String problem(IOException e) {
    String message = e.getMessage();
    return message != null ? message : e.toString();
  }

  /** Closes a channel of which nothing can be lost: all that could be sent is with the system. */
  static void close(Closeable channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }
}
