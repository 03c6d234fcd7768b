package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A recording's file as text: how long it is, and up to where its lines are whole. For one thread
 * at a time, but for {@link #length}.
 */
class TextFile implements Closeable {
  private final RecordingFile file;
  private final FileChannel channel;
  /** Counted here: to ask a channel that was closed by an interrupt throws. */
  private volatile long length;
  /** Length of the file up to its last whole line. */
  private long wholeLines;

  TextFile(RecordingFile file) {
    this.file = file;
    this.channel = file.channel();
  }

  /** Plain text, or packed with gzip. */
  static TextFile of(RecordingFile file, boolean gzip) {
    return gzip ? new GzipFile(file) : new TextFile(file);
  }

  /** Whether its length is not that of its text. */
  boolean isPacked() {
    return false;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Bytes in the file; what is being written may be missing. For any thread. */
  long length() {
    return length;
  }

  /**
   * Puts {@code text}, from its position to its limit, behind what is in the file.
   *
   * @param lineEnd where in it the last whole line ends; 0 when none does
   */
  void append(ByteBuffer text, int lineEnd) throws IOException {
    try {
      write(text);
    } catch (IOException e) {
      markWholeLines(text);
      throw e;
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

  /** Writes bytes as they are. */
  final void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** So many bytes were written, and all lines are whole now, or not. */
  final void written(int count, boolean whole) {
    length += count;
    if (whole) {
      wholeLines = length;
    }
  }

  /** Shortens the file to its last whole line. */
  final void cutBack() throws IOException {
    channel.truncate(wholeLines);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
