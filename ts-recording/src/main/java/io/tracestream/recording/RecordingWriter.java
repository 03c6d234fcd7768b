package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Writes a recording. Lines stay in a buffer until that is full, or until {@link #flush}. A full
 * buffer goes to the file on a background thread while the next one fills; that thread ends with
 * {@link #close}.
 *
 * <p>When the file cannot be written, it is cut back to its last whole line and the writer is
 * broken: each later call throws as well. For one thread at a time.
 */
public final class RecordingWriter implements Closeable {
  static final String HEADER = "# ts_proxy recording v1";

  /** Room for all of a line but its payload: 19 digits, a direction, two tabs, a line end. */
  private static final int LINE_MARGIN = 32;

  private final RecordingFile file;
  private final WriteMemory memory;
  /** Ends the memory's background thread if it is this writer's alone. */
  private final Closeable ownMemory;
  /** Lines on their way to the file; null while there are none. */
  private ByteBuffer buffer;
  /** Where the last whole line in the buffer ends; 0 when none does. */
  private int lineEnd;
  /** Whether a small buffer was not enough last time. */
  private boolean wantLarge;
  /**
   * Buffers that are being written, the oldest first; each is given back to be filled again. The
   * file belongs to the background thread while there are any.
   */
  private final ArrayDeque<Future<ByteBuffer>> pending = new ArrayDeque<>(2);

  /** Bytes of text that went to the file, or are on their way from buffers before this one. */
  private long handedOver;

  private long lastElapsedMicros;
  /** Why there is no going on; null while all is well. */
  private volatile IOException broken;
  /** Whether the caller knows. */
  private boolean told;

  private boolean closed;

  private RecordingWriter(
      RecordingFile file, WriteMemory memory, Closeable ownMemory, boolean wantLarge) {
    this.file = file;
    this.memory = memory;
    this.ownMemory = ownMemory;
    this.wantLarge = wantLarge;
  }

  /**
   * Creates a recording, in the place of an earlier one if there is one: whoever is reading that
   * one goes on reading it. The file is readable for its owner only. While it is open, no other
   * writer can open it. A file whose name ends with {@code .gz} is packed with gzip.
   *
   * @param path where to write
   * @return the writer; nothing but the version line is in the file
   * @throws RecordingException when the file exists and is not a recording (it is left as it is),
   *     is being recorded to, or cannot be created
   * @throws IOException when writing fails
   */
  public static RecordingWriter create(Path path) throws IOException {
    String name = path.toString();
    RecordingWriter writer = alone(RecordingFile.create(path, name, name.endsWith(".gz")));
    try {
      writer.file.takeName();
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      writer.close();
      throw e;
    }
  }

  /**
   * Begins a recording that takes its name, and the place of an earlier one, at {@link #commit};
   * closed before, it leaves nothing behind.
   */
  static RecordingWriter part(Path path) throws IOException {
    String name = path.toString();
    return alone(RecordingFile.part(path, name, name.endsWith(".gz")));
  }

  /** Where the file is for now. */
  Path place() {
    return file.path();
  }

  private static RecordingWriter alone(RecordingFile file) throws IOException {
    WriteMemory memory = new WriteMemory(WriteMemory.ENOUGH_FOR_ONE);
    return new RecordingWriter(file, memory, memory, true).begin("");
  }

  /**
   * Begins one of many recordings in a new file, which is deleted if that fails; all but its
   * entries is in the file.
   */
  static RecordingWriter begin(RecordingFile file, WriteMemory memory, String comments)
      throws IOException {
    return new RecordingWriter(file, memory, () -> {}, false).begin(comments);
  }

  private RecordingWriter begin(String comments) throws IOException {
    try {
      byte[] text = (HEADER + "\n" + comments).getBytes(StandardCharsets.US_ASCII);
      requireRoom(text.length);
      buffer.put(text);
      lineEnd = buffer.position();
      flush();
      return this;
    } catch (IOException | RuntimeException | Error e) {
      try (ownMemory) {
        giveBuffer();
        file.discard();
      }
      throw e;
    }
  }

  /**
   * How long the recording is.
   *
   * @return bytes in the file and, unless they are yet to be compressed, on their way to it
   */
  public long length() {
    return file.isPacked() ? file.length() : handedOver + (buffer == null ? 0 : buffer.position());
  }

  /**
   * Adds an entry.
   *
   * @param elapsedMicros microseconds since the recording began, no less than in the entry before
   * @param direction which way the frame went
   * @param payload the payload, in one part or several in a row, each from its position to its
   *     limit; lent for this call and left as they were
   * @throws IllegalArgumentException when time goes backwards
   * @throws IOException when the file cannot be written; it then ends on a whole line; or when this
   *     writer is closed
   */
  public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
      throws IOException {
    requireSound();
    if (elapsedMicros < lastElapsedMicros) {
      throw new IllegalArgumentException(
          "elapsedMicros: found " + elapsedMicros + ", expected at least " + lastElapsedMicros);
    }
    lastElapsedMicros = elapsedMicros;
    writeAtAnyTime(elapsedMicros, direction, payload);
  }

  /** As {@link #write}, but time may go backwards, as it may in a recording that was edited. */
  void writeAtAnyTime(long elapsedMicros, Direction direction, ByteBuffer... payload)
      throws IOException {
    requireRoom(LINE_MARGIN);
    putNumber(elapsedMicros);
    buffer.put((byte) '\t');
    putLabel(direction);
    buffer.put((byte) '\t');
    for (ByteBuffer part : payload) {
      putHex(part);
    }
    requireRoom(1);
    buffer.put((byte) '\n');
    lineEnd = buffer.position();
  }

  /** Adds a character of a comment, which begins with {@code #} and ends with {@code \n}. */
  void writeComment(int c) throws IOException {
    requireRoom(1);
    buffer.put((byte) c);
    if (c == '\n') {
      lineEnd = buffer.position();
    }
  }

  /** Adds whole lines of comments. */
  void writeComments(String lines) throws IOException {
    requireSound();
    for (int i = 0; i < lines.length(); i++) {
      writeComment(lines.charAt(i));
    }
  }

  private void putNumber(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    int end = buffer.position() + digits;
    long rest = number;
    for (int i = end - 1; i >= end - digits; i--, rest /= 10) {
      buffer.put(i, (byte) ('0' + rest % 10));
    }
    buffer.position(end);
  }

  private void putLabel(Direction direction) {
    boolean c2s = direction == Direction.C2S;
    buffer.put((byte) (c2s ? 'c' : 's')).put((byte) '2').put((byte) (c2s ? 's' : 'c'));
  }

  private void putHex(ByteBuffer part) throws IOException {
    int at = part.position();
    while (at < part.limit()) {
      requireRoom(2);
      int count = Math.min(part.limit() - at, buffer.remaining() / 2);
      memory.hex.encode(part, at, count, buffer);
      at += count;
    }
  }

  private void requireRoom(int count) throws IOException {
    if (buffer == null) {
      buffer = memory.take(wantLarge);
      lineEnd = 0;
    } else if (buffer.remaining() < count) {
      handedOver += buffer.position();
      buffer = exchange();
      lineEnd = 0;
      wantLarge = true;
    }
  }

  /**
   * Has the full buffer written after those before it.
   *
   * @return the buffer to fill next, a large one if there is one
   */
  private ByteBuffer exchange() throws IOException {
    requireSound();
    ByteBuffer full = buffer;
    int end = lineEnd;
    try {
      boolean more = pending.size() + 1 < WriteMemory.ENOUGH_FOR_ONE;
      ByteBuffer next = more ? memory.takeLarge() : null;
      if (next == null && pending.isEmpty()) { // other files have them all
        writeNow();
        return full;
      }
      pending.addLast(memory.background().submit(() -> append(full, end)));
      return next != null ? next : memory.preferLarge(awaitOldest());
    } catch (OutOfMemoryError e) { // inside a line perhaps: to give up here would leave it cut off
      writeNow();
      return full;
    }
  }

  /** Writes what is in the buffer and empties it; when it returns, all is in the file. */
  private void writeNow() throws IOException {
    awaitPending();
    append(buffer, lineEnd);
    requireSound();
  }

  private void awaitPending() throws IOException {
    drain();
    requireSound();
  }

  private void drain() {
    while (!pending.isEmpty()) {
      memory.give(awaitOldest());
    }
  }

  /** The buffer that is pending longest, when it is written; an interrupt does not end the wait. */
  private ByteBuffer awaitOldest() {
    Future<ByteBuffer> oldest = pending.removeFirst();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return oldest.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Writes what is in {@code text}, unless the file is broken, and gives it back empty. */
  private ByteBuffer append(ByteBuffer text, int end) {
    try {
      if (broken == null) {
        file.append(text.flip(), end);
      }
    } catch (IOException | RuntimeException | Error e) { // nobody may take the file for whole
      broken = cutBack(e);
    }
    return text.clear();
  }

  private IOException cutBack(Throwable cause) {
    IOException failure;
    if (cause instanceof RecordingException lost) {
      failure = lost;
    } else {
      IOException io = cause instanceof IOException e ? e : new IOException(cause);
      failure = new RecordingException(
          file + ": cannot be written: " + RecordingException.reason(io), io);
    }
    try {
      file.cutBack();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /** Throws what broke the file, or that it is closed. */
  private void requireSound() throws IOException {
    if (broken != null) {
      told = true;
      throw broken;
    }
    if (closed) {
      throw new IOException(file + ": this recording is closed");
    }
  }

  /**
   * Hands all entries to the operating system: they outlive this process from here on. Also looks
   * whether the file is still there as it was written, unless that was done a moment ago; who
   * records calls this once a second at least, also when no entry comes.
   *
   * @throws IOException when the file cannot be written; it then ends on a whole line
   * @throws RecordingException when the file was deleted, moved, replaced, cut, or written to by
   *     another program
   */
  public void flush() throws IOException {
    awaitPending();
    if (buffer == null) {
      check(file::check);
    } else {
      handedOver += buffer.position();
      wantLarge = buffer.position() > WriteMemory.SMALL;
      writeNow();
      giveBuffer();
    }
  }

  private interface Check {
    void run() throws IOException;
  }

  private void check(Check check) throws IOException {
    try {
      check.run();
    } catch (IOException e) {
      broken = e;
    }
    requireSound();
  }

  private void giveBuffer() {
    if (buffer != null) {
      memory.give(buffer.clear());
      buffer = null;
    }
  }

  /**
   * Flushes and closes a {@link #part}, which then has its name, whatever happens to the machine.
   */
  void commit() throws IOException {
    flush();
    check(() -> {
      file.check();
      file.force();
    });
    file.takeName();
    close();
  }

  /**
   * Flushes and closes the file.
   *
   * @throws IOException when the last entries could not be written, or the file is not as it was
   *     written, as in {@link #flush}
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try (ownMemory;
        file) {
      drain();
      if (!told) {
        flush();
        check(file::check);
      }
    } finally {
      closed = true;
      giveBuffer();
    }
  }
}
