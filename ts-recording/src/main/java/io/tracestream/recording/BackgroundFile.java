package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A recording's file that is written in the background: while some buffers of text go to the file,
 * the next one fills. When it cannot be written, it is cut back to its last whole line and is
 * broken: each later call throws as well. Without memory for another buffer or for the thread, the
 * caller's thread writes.
 *
 * <p>For one thread at a time; the background thread starts with the first full buffer.
 */
final class BackgroundFile implements Closeable {
  private static final int BUFFER = 256 * 1024;
  /** So many even out a file system that is quick and slow by turns. */
  private static final int BUFFERS = 4;

  private final String name;
  private final RecordingFile file;
  private final FileChannel channel;
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(BackgroundFile::thread);
  /** What is being written, the oldest first; each gives its buffer, to be filled again. */
  private final ArrayDeque<Future<ByteBuffer>> pending = new ArrayDeque<>(BUFFERS);

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(BUFFERS);

  // The fields below belong to whoever writes: the background thread while something is pending.

  /** Length of the file. Counted here: to ask a channel that was closed by an interrupt throws. */
  private long length;
  /** Length of the file up to its last whole line. */
  private long wholeLines;

  private volatile IOException broken;
  /** The caller has been told that it is broken. */
  private boolean told;

  BackgroundFile(String name, RecordingFile file) {
    this.name = name;
    this.file = file;
    this.channel = file.channel();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "ts-recording");
    thread.setDaemon(true); // who wants the text in the file flushes or closes
    return thread;
  }

  /** The buffer to begin with. */
  ByteBuffer firstBuffer() {
    return ByteBuffer.allocateDirect(BUFFER);
  }

  /** Throws what broke the file, or that it is closed. */
  void requireSound() throws IOException {
    if (broken != null) {
      told = true;
      throw broken;
    }
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
  }

  /** True when there is no use in writing more, and the caller knows. */
  boolean isDone() {
    return told || !channel.isOpen() && broken == null;
  }

  /**
   * Has what is in {@code full}, up to its position, written behind the buffers before it.
   *
   * @param lineEnd where the last whole line in it ends; 0 when none does
   * @return the buffer to fill next
   */
  ByteBuffer exchange(ByteBuffer full, int lineEnd) throws IOException {
    requireSound();
    try {
      ByteBuffer next = nextBuffer();
      pending.addLast(background.submit(() -> write(full, lineEnd)));
      return next != null ? next : awaitOldest();
    } catch (OutOfMemoryError e) { // inside a line perhaps: to give up here would leave it cut off
      writeNow(full, lineEnd);
      return full;
    }
  }

  /** A buffer to fill; or null when all will be pending. */
  private ByteBuffer nextBuffer() {
    if (!free.isEmpty()) {
      return free.removeLast();
    }
    return pending.size() + 1 < BUFFERS ? ByteBuffer.allocateDirect(BUFFER) : null;
  }

  /**
   * Writes what is in {@code text}, up to its position, and empties it; when it returns, all is in
   * the file.
   */
  void writeNow(ByteBuffer text, int lineEnd) throws IOException {
    while (!pending.isEmpty()) {
      free.add(awaitOldest());
    }
    requireSound();
    write(text, lineEnd);
    requireSound();
  }

  /** The buffer that is pending longest, when it is written; an interrupt does not end the wait. */
  private ByteBuffer awaitOldest() {
    Future<ByteBuffer> oldest = pending.removeFirst();
    boolean interrupted = false;
    while (true) {
      try {
        ByteBuffer written = oldest.get();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return written;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** Writes what is in {@code text}, unless the file is broken, and gives it back empty. */
  private ByteBuffer write(ByteBuffer text, int lineEnd) {
    try {
      if (broken == null) {
        append(text.flip(), lineEnd);
      }
    } catch (IOException e) {
      markWholeLines(text);
      broken = cutBack(e);
    } catch (RuntimeException | Error e) { // nobody may take the file for whole
      broken = cutBack(new IOException(e));
    }
    return text.clear();
  }

  private void append(ByteBuffer text, int lineEnd) throws IOException {
    while (text.hasRemaining()) {
      channel.write(text);
    }
    if (lineEnd > 0) {
      wholeLines = length + lineEnd;
    }
    length += text.limit();
  }

  /** Finds the last line end among the bytes of the buffer that are in the file. */
  private void markWholeLines(ByteBuffer text) {
    for (int i = text.position() - 1; i >= 0; i--) {
      if (text.get(i) == '\n') {
        wholeLines = length + i + 1;
        return;
      }
    }
  }

  private IOException cutBack(IOException cause) {
    String found = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String message = name + ": found " + found + " when writing, expected room for the recording";
    try {
      channel.truncate(wholeLines);
    } catch (IOException e) {
      cause.addSuppressed(e);
      message += "; the file may end inside a line";
    }
    return new RecordingException(message, cause);
  }

  /** Closes the file. */
  @Override
  public void close() throws IOException {
    try (file) {
      background.shutdown();
    }
  }
}
