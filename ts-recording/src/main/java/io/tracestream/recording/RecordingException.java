package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * A file that is not a recording, is damaged, or cannot be read or written. The message is one line
 * that begins with the file's name and, if one line is wrong, with its number: {@code FILE:LINE: }.
 */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1;

  /** The line that is wrong; 0 if it is the file as a whole. */
  private final long line;

  /** What kind of error it is. */
  private final Kind kind;

  /** What may be wrong with a file. */
  enum Kind {
    DAMAGE,
    /** The file ends inside a line. */
    CUT_OFF,
    OTHER_VERSION,
    /** Another kind of file. */
    NO_RECORDING,
    /** It could not be read. */
    NOT_READ
  }

  /**
   * An error of a recording as a whole.
   *
   * @param message one line that begins with the recording's name
   */
  public RecordingException(String message) {
    this(message, 0, Kind.DAMAGE);
  }

  RecordingException(String message, long line, Kind kind) {
    super(message);
    this.line = line;
    this.kind = kind;
  }

  RecordingException(String message, long line, Kind kind, Throwable cause) {
    super(message, cause);
    this.line = line;
    this.kind = kind;
  }

  RecordingException(String message, IOException cause) {
    super(message, cause);
    this.line = 0;
    this.kind = Kind.DAMAGE;
  }

  /**
   * An error's reason for a user: the message of some is only a file's name, or missing. Nothing
   * may depend on this text, as it may come from the operating system, in the user's language.
   */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "there is a file of that name";
    }
    if (e instanceof NotDirectoryException) {
      return "not a folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return "a folder that is not empty";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason != null ? reason : e.getClass().getSimpleName();
  }

  /**
   * The line that is wrong.
   *
   * @return its number, from 1; 0 if the file as a whole is wrong
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
    return kind == Kind.CUT_OFF;
  }

  /**
   * Whether nothing in the file can be used, as it is a file of another kind or of an unknown
   * version. Other damage may leave whole entries.
   *
   * @return true for such a file
   */
  public boolean isOtherFormat() {
    return kind == Kind.NO_RECORDING || kind == Kind.OTHER_VERSION;
  }

  /**
   * Whether the recording could not be read, which says nothing about its content: the file does
   * not exist or may not be read, reading failed, or file descriptors or memory ran out.
   *
   * @return true if another attempt may succeed
   */
  public boolean isNotRead() {
    return kind == Kind.NOT_READ;
  }

  Kind kind() {
    return kind;
  }
}
