package io.tracestream.capture;

import java.io.IOException;

/** A file that is not a capture. The message is one line that begins with the file's name. */
public final class CaptureException extends IOException {
  private static final long serialVersionUID = 1;

  CaptureException(String message) {
    super(message);
  }
}
