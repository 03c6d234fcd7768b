package io.tracestream.recording;

import java.io.IOException;

/**
 * A file that is not a recording, or one that is damaged. The message is one line that begins with
 * the file's name and, where one line is at fault, its number: {@code FILE:LINE: }.
 */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1;

  RecordingException(String message) {
    super(message);
  }

  RecordingException(String message, IOException cause) {
    super(message, cause);
  }
}
