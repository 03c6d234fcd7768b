package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one of many conversations to a file of its own, which is created with the first entry.
 * When the file has reached the configured size, it ends on a whole line, and the conversation
 * continues in another file.
 *
 * <p>If a file cannot be created or written, it ends on its last whole line, and each later call
 * throws as well. For one thread at a time, together with the others of its
 * {@link RecordingDirectoryWriter}.
 */
public final class ConversationWriter implements Closeable {
  /** A number, a direction, two tabs and a line end, with more digits than usual. */
  private static final int LINE_MARGIN = 26;
  /** Other proxies may record to the folder, but names cannot clash that often. */
  private static final int MOST_NAMES = 1000;

  private final RecordingDirectoryWriter directory;
  private final DirectoryFiles files;
  private final long rotateSize;
  private final String comments;
  private RecordingName name;
  /** Writes to the current file; null before the first entry, and after an error. */
  private @Nullable RecordingWriter writer;

  private boolean empty;
  private final Set<Direction> ended = EnumSet.noneOf(Direction.class);
  /** Comments to write before the next entry, if one comes. */
  private String marks = "";
  /** Bytes in the files before the current one. */
  private long lengthBefore;
  /** What failed; null while all is well. */
  private @Nullable IOException broken;

  ConversationWriter(RecordingDirectoryWriter directory, RecordingName name, String comments) {
    this.directory = directory;
    this.files = directory.files;
    this.rotateSize = directory.config.rotateSize();
    this.name = name;
    this.comments = comments;
  }

  /**
   * Adds an entry.
   *
   * @param elapsedMicros microseconds since the epoch, at least as many as in the entry before it
   *     in the same file
   * @param direction which way the frame went
   * @param payload the payload, in one part or several in a row, each from its position to its
   *     limit; lent for this call, and not changed
   * @throws IllegalArgumentException if time goes backwards
   * @throws IOException if the file cannot be created or written
   */
  public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
      throws IOException {
    if (broken != null) {
      throw broken;
    }
    try {
      RecordingWriter current = writer;
      if (current == null) {
        current = firstFile();
        writer = current;
      } else if (rotateSize > 0 && !empty && isFull(current, payload)) {
        closeFile(current);
        name = name.withPart(name.part() + 1);
        current = begin(files.create(name));
        writer = current;
      }
      if (!marks.isEmpty()) {
        current.writeComments(marks);
        marks = "";
      }
      current.write(elapsedMicros, direction, payload);
      empty = false;
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  /**
   * Notes that one side has ended its sending. If frames still follow, a comment marks this place.
   * Further calls for the same side do nothing.
   *
   * @param direction the direction of that side's frames
   */
  public void ended(Direction direction) {
    if (ended.add(direction)) {
      marks += ConversationComments.endOfSending(direction);
    }
  }

  /**
   * Adds a comment before the next entry, if one comes.
   *
   * @param text such as {@code fault: s2c drop}; cut after 200 characters, and what is not ASCII
   *     becomes a question mark
   */
  public void comment(String text) {
    marks += ConversationComments.line(text);
  }

  private boolean isFull(RecordingWriter current, ByteBuffer... payload) {
    long more = LINE_MARGIN + marks.length() + ConversationComments.LONGEST_END;
    for (ByteBuffer part : payload) {
      more += 2L * part.remaining();
    }
    return current.length() + (name.gzip() ? 0 : more) > rotateSize;
  }

  private RecordingWriter firstFile() throws IOException {
    RecordingFile file = files.create(name);
    for (int i = 1; file == null && i < MOST_NAMES; i++) {
      name = name.laterByMicros(1);
      file = files.create(name);
    }
    return begin(file);
  }

  private RecordingWriter begin(@Nullable RecordingFile file) throws IOException {
    if (file == null) {
      throw new RecordingException(
          files.shown(name) + ": a file of that name exists already; choose another folder");
    }
    empty = true;
    try {
      return RecordingWriter.begin(file, directory.memory, directory.config.redaction(), comments);
    } catch (IOException | RuntimeException | Error e) {
      files.finished(name);
      throw e;
    }
  }

  /**
   * Hands all entries to the operating system, and checks that the file is still there, as
   * {@link RecordingWriter#flush} does. Call it at least once a second, even if no entry comes.
   *
   * @throws IOException if the file cannot be written; it then ends on a whole line
   * @throws RecordingException if the file was changed by somebody else
   */
  public void flush() throws IOException {
    if (writer == null) {
      return;
    }
    try {
      writer.flush();
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  /**
   * How long the recording of this conversation is.
   *
   * @return bytes in all of its files, and those on their way there unless they are still to be
   *     compressed
   */
  public long length() {
    return lengthBefore + (writer == null ? 0 : writer.length());
  }

  /**
   * How much waits in memory to be written.
   *
   * @return bytes of text, before any compression
   */
  public long unwritten() {
    return writer == null ? 0 : writer.unwritten();
  }

  /**
   * The file that has the last entry. To be called once there is an entry.
   *
   * @return its path, in the folder as it was given
   */
  public String fileName() {
    return files.shown(name);
  }

  private void closeFile(RecordingWriter current) throws IOException {
    try {
      current.close();
    } finally {
      lengthBefore += current.length();
      writer = null;
      files.finished(name);
    }
  }

  /**
   * Says in the last line how the conversation ended, and closes the file.
   *
   * @param end how it ended
   * @throws IOException if the last entries could not be written
   */
  public void close(RecordedEnd end) throws IOException {
    RecordingWriter current = writer;
    if (current == null) {
      return;
    }
    try {
      if (broken == null) {
        current.writeComments(ConversationComments.line(end));
      }
    } finally {
      closeFile(current);
    }
  }

  /**
   * Closes the file of a conversation that was {@link RecordedEnd#CUT_OFF}.
   *
   * @throws IOException if the last entries could not be written
   */
  @Override
  public void close() throws IOException {
    close(RecordedEnd.CUT_OFF);
  }
}
