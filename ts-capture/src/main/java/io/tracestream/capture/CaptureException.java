package io.tracestream.capture;

import java.io.IOException;

/**
 * A file that is not a capture, or a recording that cannot become one. The message is one line that
 * begins with the name of the file.
 */
public final class CaptureException extends IOException {
  private static final long serialVersionUID = 1;

  CaptureException(String message) {
    super(message);
  }
}
