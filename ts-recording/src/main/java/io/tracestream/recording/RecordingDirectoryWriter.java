package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Records many conversations to one folder, each in a file of its own, or in several in a row. All
 * of their times count from one epoch, so that the order of all entries can be found again.
 *
 * <p>The conversations of one thread share a background thread and few large buffers, which makes
 * thousands of them cheap. For one thread at a time, as are its conversations; each further thread
 * takes a writer of its own from {@link #forAnotherThread}.
 */
public final class RecordingDirectoryWriter implements Closeable {
  /** Large buffers a thread: so many conversations at once are written at full speed. */
  private static final int LARGE_BUFFERS = 16;

  final RecordingDirectoryConfig config;
  final DirectoryFiles files;
  final WriteMemory memory = new WriteMemory(LARGE_BUFFERS);

  private RecordingDirectoryWriter(RecordingDirectoryConfig config, DirectoryFiles files) {
    this.config = config;
    this.files = files;
  }

  /**
   * Opens a folder to record to. Made if it is missing, it can be entered by its owner only.
   *
   * @param config which one, and how
   * @param warnings is given a line for each old recording that should be deleted to make room and
   *     cannot be: it stays and counts no longer. Called on the threads of the writers
   * @return the writer for one thread
   * @throws RecordingException when there is something else of that name, it cannot be made, read,
   *     or written to
   * @throws IOException when it cannot be looked at
   */
  public static RecordingDirectoryWriter open(
      RecordingDirectoryConfig config, Consumer<String> warnings) throws IOException {
    Objects.requireNonNull(warnings, "warnings");
    return new RecordingDirectoryWriter(
        config, DirectoryFiles.open(config.directory(), config.maxFiles(), warnings));
  }

  /**
   * A writer to the same folder, for a thread of its own.
   *
   * @return the writer; close it as well
   */
  public RecordingDirectoryWriter forAnotherThread() {
    return new RecordingDirectoryWriter(config, files);
  }

  /**
   * Begins a conversation. Its file is made when its first entry is written.
   *
   * @param epoch when the first connection of all was accepted
   * @param number this connection's, in the order of accepting, from 1
   * @param client who connected, without blanks, such as {@code 127.0.0.1:51234}
   * @param acceptedMicros when this connection was accepted, in microseconds since the epoch
   * @return the conversation's writer; close it before this
   */
  public ConversationWriter conversation(
      Instant epoch, long number, String client, long acceptedMicros) {
    Instant accepted = epoch.plusNanos(1000 * acceptedMicros);
    int firstPart = config.rotateSize() > 0 ? 1 : 0;
    return new ConversationWriter(
        this,
        RecordingName.of(files.nameTime(epoch, accepted), number, firstPart, config.gzip()),
        ConversationComments.of(epoch, number, client, acceptedMicros));
  }

  /** Ends the background thread, behind what it has to write. */
  @Override
  public void close() {
    memory.close();
  }
}
