package io.tracestream.recording;

import java.io.IOException;

/**
 * A file that is not a recording, or one that is damaged. The message is one line that begins with
 * the file's name and, where one line is at fault, its number: {@code FILE:LINE: }.
 */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1;

  /** The line at fault; 0 when the file as a whole is. */
  private final long line;

  /** Whether the file ends inside that line. */
  private final boolean cutOff;

  RecordingException(String message) {
    this(message, 0, false);
  }

  RecordingException(String message, long line, boolean cutOff) {
    super(message);
    this.line = line;
    this.cutOff = cutOff;
  }

  RecordingException(String message, IOException cause) {
    super(message, cause);
    this.line = 0;
    this.cutOff = false;
  }

  /**
   * The line at fault.
   *
   * @return its number, from 1; 0 when the file as a whole is at fault
   */
  public long line() {
    return line;
  }

  /**
   * Whether the file ends inside that line: the recorder was stopped there.
   *
   * @return true for a last line that was cut off, false for other damage
   */
  public boolean isCutOff() {
    return cutOff;
  }
}
