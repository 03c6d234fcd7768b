package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Records many conversations to one folder, each to a file of its own, or to several in a row. All
 * times count from one epoch, so that all entries can be put in order again.
 *
 * <p>The conversations of one thread share a background thread and a few large buffers, so
 * thousands of them are cheap. For one thread at a time, like its conversations; each further
 * thread takes a writer of its own from {@link #forAnotherThread}.
 */
public final class RecordingDirectoryWriter implements Closeable {
  /** Large buffers per thread: this many conversations can be written at full speed at once. */
  private static final int LARGE_BUFFERS = 16;

  final RecordingDirectoryConfig config;
  final DirectoryFiles files;
  final WriteMemory memory = new WriteMemory(LARGE_BUFFERS);

  private RecordingDirectoryWriter(RecordingDirectoryConfig config, DirectoryFiles files) {
    this.config = config;
    this.files = files;
  }

  /**
   * Opens a folder to record to. It is created if it is missing, accessible to its owner only.
   *
   * @param config the folder, and how to record
   * @param warnings takes a line for each old recording that cannot be deleted to make room: it
   *     stays and is no longer counted. Called on the threads of the writers
   * @return the writer for one thread
   * @throws RecordingException if something else has that name, or the folder cannot be created,
   *     read or written to
   * @throws IOException if reading the folder fails
   */
  public static RecordingDirectoryWriter open(
      RecordingDirectoryConfig config, Consumer<String> warnings) throws IOException {
    Objects.requireNonNull(warnings, "warnings");
    return new RecordingDirectoryWriter(
        config, DirectoryFiles.open(config.directory(), config.maxFiles(), warnings));
  }

  /**
   * A writer to the same folder, for another thread.
   *
   * @return the writer; close it as well
   */
  public RecordingDirectoryWriter forAnotherThread() {
    return new RecordingDirectoryWriter(config, files);
  }

  /**
   * Begins a conversation. Its file is created when its first entry is written.
   *
   * @param epoch when the first connection of all was accepted
   * @param number the number of this connection, in the order of accepting, from 1
   * @param client the client's address, without blanks, such as {@code 127.0.0.1:51234}
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
        RecordingWriter.lines(config.framing(), config.redaction())
            + ConversationComments.of(epoch, number, client, acceptedMicros));
  }

  /** Ends the background thread, after what it has to write. */
  @Override
  public void close() {
    memory.close();
  }
}
