package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

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

  private final BackgroundFile file;
  private final WriteMemory memory;
  /** Ends the memory's background thread if it is this writer's alone. */
  private final Closeable ownMemory;
  /** Lines on their way to the file; null while there are none. */
  private ByteBuffer buffer;
  /** Where the last whole line in the buffer ends; 0 when none does. */
  private int lineEnd;
  /** Whether a small buffer was not enough last time. */
  private boolean wantLarge;

  /** Bytes of text that went to the file, or are on their way from buffers before this one. */
  private long handedOver;

  private long lastElapsedMicros;

  private RecordingWriter(
      BackgroundFile file, WriteMemory memory, Closeable ownMemory, boolean wantLarge) {
    this.file = file;
    this.memory = memory;
    this.ownMemory = ownMemory;
    this.wantLarge = wantLarge;
  }

  /**
   * Creates a recording, in the place of an earlier one if the file exists. While it is open, no
   * other writer can open it. A file whose name ends with {@code .gz} is packed with gzip.
   *
   * @param path where to write
   * @return the writer; nothing but the version line is in the file
   * @throws RecordingException when the file exists and is no recording (it is left as it is), is
   *     being recorded to, or cannot be created
   * @throws IOException when writing fails
   */
  public static RecordingWriter create(Path path) throws IOException {
    return create(path, path.toString());
  }

  /** As {@link #create(Path)}; errors call it {@code name}, whose end decides on gzip. */
  static RecordingWriter create(Path path, String name) throws IOException {
    RecordingFile file = RecordingFile.open(path, name);
    WriteMemory memory = new WriteMemory(WriteMemory.ENOUGH_FOR_ONE);
    try {
      file.channel().truncate(0);
      TextFile text = TextFile.of(file, name.endsWith(".gz"));
      RecordingWriter writer =
          new RecordingWriter(new BackgroundFile(name, text, memory), memory, memory, true);
      writer.begin("");
      writer.flush();
      return writer;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Begins one of many recordings in a new file, which is closed if that fails; all but its entries
   * is in the file.
   */
  static RecordingWriter begin(
      RecordingFile file, String name, boolean gzip, WriteMemory memory, String comments)
      throws IOException {
    BackgroundFile background = new BackgroundFile(name, TextFile.of(file, gzip), memory);
    RecordingWriter writer = new RecordingWriter(background, memory, () -> {}, false);
    try {
      writer.begin(comments);
      writer.flush();
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private void begin(String comments) throws IOException {
    byte[] text = (HEADER + "\n" + comments).getBytes(StandardCharsets.US_ASCII);
    requireRoom(text.length);
    buffer.put(text);
    lineEnd = buffer.position();
  }

  /** Bytes in the file and, unless they are to be packed, on their way to it. */
  long length() {
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
    file.requireSound();
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
      buffer = file.exchange(buffer, lineEnd);
      lineEnd = 0;
      wantLarge = true;
    }
  }

  /**
   * Hands all entries to the operating system: they outlive this process from here on.
   *
   * @throws IOException when the file cannot be written; it then ends on a whole line
   */
  public void flush() throws IOException {
    if (buffer == null) {
      file.awaitPending();
      return;
    }
    handedOver += buffer.position();
    wantLarge = buffer.position() > WriteMemory.SMALL;
    file.writeNow(buffer, lineEnd);
    giveBuffer();
  }

  private void giveBuffer() {
    if (buffer != null) {
      memory.give(buffer.clear());
      buffer = null;
    }
  }

  /**
   * Flushes and closes the file.
   *
   * @throws IOException when the last entries could not be written
   */
  @Override
  public void close() throws IOException {
    try (ownMemory;
        file) {
      if (!file.isDone()) {
        flush();
      }
    } finally {
      giveBuffer();
    }
  }
}
