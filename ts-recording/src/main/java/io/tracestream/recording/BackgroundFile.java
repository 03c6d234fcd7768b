package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A recording's file that is written in the background: while some buffers of text go to the file,
 * the next one fills. When it cannot be written, it is cut back to its last whole line and is
 * broken: each later call throws as well. Without memory for another buffer or for the thread, the
 * caller's thread writes.
 *
 * <p>For one thread at a time. The text file belongs to whoever writes: the background thread while
 * something is pending.
 */
final class BackgroundFile implements Closeable {
  private final String name;
  private final TextFile file;
  private final WriteMemory memory;
  /** What is being written, the oldest first; each gives its buffer, to be filled again. */
  private final ArrayDeque<Future<ByteBuffer>> pending = new ArrayDeque<>(2);

  private volatile IOException broken;
  /** The caller has been told that it is broken. */
  private boolean told;

  BackgroundFile(String name, TextFile file, WriteMemory memory) {
    this.name = name;
    this.file = file;
    this.memory = memory;
  }

  /** Throws what broke the file, or that it is closed. */
  void requireSound() throws IOException {
    if (broken != null) {
      told = true;
      throw broken;
    }
    if (!file.isOpen()) {
      throw new ClosedChannelException();
    }
  }

  /** True when there is no use in writing more, and the caller knows. */
  boolean isDone() {
    return told || !file.isOpen() && broken == null;
  }

  boolean isPacked() {
    return file.isPacked();
  }

  /** Bytes in the file; what is pending may be missing. */
  long length() {
    return file.length();
  }

  /**
   * Has what is in {@code full}, up to its position, written behind the buffers before it.
   *
   * @param lineEnd where the last whole line in it ends; 0 when none does
   * @return the buffer to fill next, a large one if there is one
   */
  ByteBuffer exchange(ByteBuffer full, int lineEnd) throws IOException {
    requireSound();
    try {
      boolean more = pending.size() + 1 < WriteMemory.ENOUGH_FOR_ONE;
      ByteBuffer next = more ? memory.takeLarge() : null;
      if (next == null && pending.isEmpty()) { // other files have them all
        writeNow(full, lineEnd);
        return full;
      }
      pending.addLast(memory.background().submit(() -> write(full, lineEnd)));
      return next != null ? next : memory.preferLarge(awaitOldest());
    } catch (OutOfMemoryError e) { // inside a line perhaps: to give up here would leave it cut off
      writeNow(full, lineEnd);
      return full;
    }
  }

  /**
   * Writes what is in {@code text}, up to its position, and empties it; when it returns, all is in
   * the file.
   */
  void writeNow(ByteBuffer text, int lineEnd) throws IOException {
    awaitPending();
    requireSound();
    write(text, lineEnd);
    requireSound();
  }

  /** Returns when all that was handed over is in the file. */
  void awaitPending() throws IOException {
    while (!pending.isEmpty()) {
      memory.give(awaitOldest());
    }
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
        file.append(text.flip(), lineEnd);
      }
    } catch (IOException e) {
      broken = cutBack(e);
    } catch (RuntimeException | Error e) { // nobody may take the file for whole
      broken = cutBack(new IOException(e));
    }
    return text.clear();
  }

  private IOException cutBack(IOException cause) {
    String found = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String message = name + ": found " + found + " when writing, expected room for the recording";
    try {
      file.cutBack();
    } catch (IOException e) {
      cause.addSuppressed(e);
      message += "; the file may end inside a line";
    }
    return new RecordingException(message, cause);
  }

  /** Closes the file; what is pending is written before. */
  @Override
  public void close() throws IOException {
    try (file) {
      while (!pending.isEmpty()) {
        memory.give(awaitOldest());
      }
    }
  }
}
