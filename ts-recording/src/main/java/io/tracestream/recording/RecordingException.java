package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * A file that is not a recording, or one that is damaged, or that cannot be read or written. The
 * message is one line that begins with the file's name and, where one line is at fault, its number:
 * {@code FILE:LINE: }.
 */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1;

  /** The line at fault; 0 when the file as a whole is. */
  private final long line;

  /** What is wrong, in one word. */
  private final Kind kind;

  /** What may be wrong. */
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

  RecordingException(String message) {
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
   * What to tell a user of an error: the text of some is a file's name, or nothing at all. Nothing
   * may depend on it, as some comes from the operating system, in the user's language.
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
    return kind == Kind.CUT_OFF;
  }

  /**
   * Whether nothing of the file can be used: it is another kind of file, or of a version that is
   * not known. Other damage may leave entries that are whole.
   *
   * @return true for such a file
   */
  public boolean isOtherFormat() {
    return kind == Kind.NO_RECORDING || kind == Kind.OTHER_VERSION;
  }

  /**
   * Whether the recording could not be read, which says nothing about what it holds: there is no
   * such file or no permission, or the process has no file descriptor or no memory left.
   *
   * @return true for such trouble, which another attempt may not have
   */
  public boolean isNotRead() {
    return kind == Kind.NOT_READ;
  }

  Kind kind() {
    return kind;
  }
}
