package io.tracestream.recording;

import io.tracestream.codec.Framing;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a recording. Lines stay in a buffer until it is full, or until {@link #flush}. A full
 * buffer is written to the file by a background thread while the next one fills; that thread ends
 * with {@link #close}.
 *
 * <p>If the file cannot be written, it is truncated to its last whole line and the writer is
 * broken: each later call throws as well. For one thread at a time.
 */
public final class RecordingWriter implements Closeable {
  static final String HEADER = "# ts_proxy recording v1";
  /** The beginning of the line that names the framing. */
  static final String FRAMING = "# framing ";
  /** The beginning of each line that names a redacted field. */
  static final String REDACTED = "# redact ";

  /** Room for a line without its payload: 19 digits, a direction, two tabs, a line end. */
  private static final int LINE_MARGIN = 32;
  /** Payloads up to this length are encoded several at a time. */
  private static final int MOST_GATHERED_BYTES = 256;

  private final RecordingFile file;
  private final WriteMemory memory;
  /** Ends the memory's background thread, if no other writer shares it. */
  private final Closeable ownMemory;
  /** Null if payloads are written as they are. */
  private final @Nullable Redaction redaction;
  /**
   * Whether short payloads wait in the encoder, until there are many or another entry comes: not if
   * other writers share it.
   */
  private final boolean gathers;
  /** Lines on their way to the file; null if there are none. */
  private @Nullable ByteBuffer buffer;
  /** Where the last whole line in the buffer ends; 0 if there is none. */
  private int lineEnd;
  /** Whether a small buffer was too small the last time. */
  private boolean wantLarge;
  /**
   * Buffers that are being written, the oldest first; each is returned to be filled again. While
   * there are any, the file belongs to the background thread.
   */
  private final ArrayDeque<Future<ByteBuffer>> pending = new ArrayDeque<>(2);

  /** Bytes of text that are in the file, or on their way there in earlier buffers. */
  private long handedOver;

  /** Of these, bytes that are in the file. */
  private final AtomicLong appended = new AtomicLong();

  /**
   * What the line of an entry begins with, up to its payload; the entries that were gathered have
   * the same.
   */
  private final ByteBuffer prefix = ByteBuffer.allocate(LINE_MARGIN);

  private long prefixMicros;
  private @Nullable Direction prefixDirection;

  private long lastElapsedMicros;
  /** What failed; null while all is well. */
  private volatile @Nullable IOException broken;
  /** Whether that was thrown to the caller. */
  private boolean thrown;

  private boolean closed;

  private RecordingWriter(
      RecordingFile file,
      WriteMemory memory,
      Closeable ownMemory,
      @Nullable Redaction redaction,
      boolean wantLarge) {
    this.file = file;
    this.memory = memory;
    this.ownMemory = ownMemory;
    this.redaction = redaction;
    this.gathers = ownMemory == memory;
    this.wantLarge = wantLarge;
  }

  /**
   * Creates a recording and replaces an earlier one of that name; whoever is reading the earlier
   * one can read it to its end. The file is readable for its owner only. While it is open, no other
   * writer can open it. A file whose name ends with {@code .gz} is compressed with gzip.
   *
   * @param path where to write
   * @return the writer; only the version line is in the file yet
   * @throws RecordingException if the file exists and is not a recording (it is not changed then),
   *     is being recorded to, or cannot be created
   * @throws IOException if writing fails
   */
  public static RecordingWriter create(Path path) throws IOException {
    return create(path, null);
  }

  /**
   * As {@link #create(Path)}, for a recording that names its framing in its second line.
   *
   * @param path where to write
   * @param framing the framing of the recorded frames; null to name none
   * @return the writer; only the version line and that of the framing are in the file yet
   * @throws RecordingException as in {@link #create(Path)}
   * @throws IOException if writing fails
   */
  public static RecordingWriter create(Path path, @Nullable Framing framing) throws IOException {
    return create(path, framing, null);
  }

  /**
   * As {@link #create(Path, Framing)}, for a recording that does not have all bytes that were sent.
   *
   * @param path where to write
   * @param framing the framing of the recorded frames; null to name none
   * @param redaction replaces bytes before they are written, and is named in the recording; null to
   *     write payloads as they are
   * @return the writer; only the lines before the first entry are in the file yet
   * @throws RecordingException as in {@link #create(Path)}
   * @throws IOException if writing fails
   */
  public static RecordingWriter create(
      Path path, @Nullable Framing framing, @Nullable Redaction redaction) throws IOException {
    String name = path.toString();
    String lines = lines(framing, redaction);
    RecordingWriter writer =
        alone(RecordingFile.create(path, name, name.endsWith(".gz")), redaction, lines);
    try {
      writer.file.takeName();
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      writer.close();
      throw e;
    }
  }

  /**
   * Begins a recording that takes its name, and replaces an earlier one, with {@link #commit};
   * closed before, it leaves nothing behind.
   */
  static RecordingWriter part(Path path) throws IOException {
    String name = path.toString();
    return alone(RecordingFile.part(path, name, name.endsWith(".gz")), null, "");
  }

  /** The file's current path. */
  Path place() {
    return file.path();
  }

  private static RecordingWriter alone(
      RecordingFile file, @Nullable Redaction redaction, String comments) throws IOException {
    WriteMemory memory = new WriteMemory(WriteMemory.ENOUGH_FOR_ONE);
    return new RecordingWriter(file, memory, memory, redaction, true).begin(comments);
  }

  /** The lines that name the framing and what is redacted; empty if there are none. */
  static String lines(@Nullable Framing framing, @Nullable Redaction redaction) {
    StringBuilder lines = new StringBuilder();
    if (framing != null) {
      lines.append(FRAMING).append(framing).append('\n');
    }
    for (String field : redaction == null ? List.<String>of() : redaction.fields()) {
      if (field.length() > Redaction.LONGEST_FIELD || !field.matches("[ -~]*[!-~]")) {
        throw new IllegalArgumentException(
            "redaction: the text of a field must be printable ASCII, and at most "
                + Redaction.LONGEST_FIELD + " characters");
      }
      lines.append(REDACTED).append(field).append('\n');
    }
    return lines.toString();
  }

  /**
   * Begins one of many recordings in a new file, which is deleted if that fails. The lines before
   * its entries are then in the file.
   */
  static RecordingWriter begin(
      RecordingFile file, WriteMemory memory, @Nullable Redaction redaction, String comments)
      throws IOException {
    return new RecordingWriter(file, memory, () -> {}, redaction, false).begin(comments);
  }

  private RecordingWriter begin(String comments) throws IOException {
    try {
      byte[] text = (HEADER + "\n" + comments).getBytes(StandardCharsets.US_ASCII);
      ByteBuffer to = room(text.length);
      to.put(text);
      lineEnd = to.position();
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
   * @return bytes in the file, and those on their way there unless they are still to be compressed
   */
  public long length() {
    return file.isPacked()
        ? file.length()
        : handedOver + (buffer == null ? 0 : buffer.position()) + gatheredLength();
  }

  /**
   * How much waits in memory to be written.
   *
   * @return bytes of text, before any compression
   */
  public long unwritten() {
    return handedOver
        + (buffer == null ? 0 : buffer.position())
        + gatheredLength()
        - appended.get();
  }

  /**
   * Adds an entry.
   *
   * @param elapsedMicros microseconds since the recording began, at least as many as in the entry
   *     before
   * @param direction which way the frame went
   * @param payload the payload, in one part or several in a row, each from its position to its
   *     limit; lent for this call, and not changed
   * @throws IllegalArgumentException if time goes backwards
   * @throws IOException if the file cannot be written, in which case it ends on a whole line; or if
   *     this writer is closed
   */
  public void write(long elapsedMicros, Direction direction, ByteBuffer... payload)
      throws IOException {
    requireSound();
    if (elapsedMicros < lastElapsedMicros) {
      throw new IllegalArgumentException(
          "elapsedMicros: found " + elapsedMicros + ", expected at least " + lastElapsedMicros);
    }
    lastElapsedMicros = elapsedMicros;
    if (redaction == null) {
      writeAtAnyTime(elapsedMicros, direction, payload);
    } else {
      writeAtAnyTime(elapsedMicros, direction, redacted(redaction, direction, payload));
    }
  }

  /** A payload as it may be recorded. If there is none, this is broken: better no recording. */
  private ByteBuffer redacted(Redaction by, Direction direction, ByteBuffer... payload)
      throws IOException {
    try {
      ByteBuffer copy = memory.copy(payload);
      by.redact(direction, copy.duplicate());
      return copy;
    } catch (RuntimeException | Error e) {
      flush(); // the entries before it were taken
      broken = new RecordingException(
          file + ": a payload could not be redacted, so it is not recorded: " + e,
          0,
          RecordingException.Kind.DAMAGE,
          e);
      thrown = true;
      throw broken;
    }
  }

  /** As {@link #write}, but time may go backwards, as in a recording that was edited. */
  void writeAtAnyTime(long elapsedMicros, Direction direction, ByteBuffer... payload)
      throws IOException {
    if (prefixMicros != elapsedMicros || prefixDirection != direction) {
      putGathered();
      beginWith(elapsedMicros, direction);
    }
    if (payload.length == 1 && gathers && gather(payload[0])) {
      return;
    }
    putGathered();
    putPrefix(room(LINE_MARGIN));
    for (ByteBuffer part : payload) {
      putHex(part);
    }
    endLine();
  }

  private void beginWith(long elapsedMicros, Direction direction) {
    putNumber(elapsedMicros, prefix.clear());
    prefix.put((byte) '\t');
    putLabel(direction, prefix);
    prefix.put((byte) '\t').flip();
    prefixMicros = elapsedMicros;
    prefixDirection = direction;
  }

  private void putPrefix(ByteBuffer to) {
    to.put(prefix.array(), 0, prefix.limit());
  }

  private void endLine() throws IOException {
    ByteBuffer to = room(1);
    to.put((byte) '\n');
    lineEnd = to.position();
  }

  /** Keeps a short payload for {@link #putGathered}; false if it is too long. */
  private boolean gather(ByteBuffer payload) throws IOException {
    if (payload.remaining() > MOST_GATHERED_BYTES) {
      return false;
    }
    if (!memory.hex.gather(payload)) {
      putGathered();
      memory.hex.gather(payload);
    }
    return true;
  }

  /** Adds the lines of the entries that were gathered. */
  private void putGathered() throws IOException {
    int count = memory.hex.gathered();
    if (!gathers || count == 0) {
      return;
    }
    memory.hex.encodeGathered();
    for (int i = 0; i < count; i++) {
      ByteBuffer to = room(LINE_MARGIN + memory.hex.gatheredDigits(i));
      putPrefix(to);
      memory.hex.putGathered(i, to);
      to.put((byte) '\n');
      lineEnd = to.position();
    }
  }

  private long gatheredLength() {
    int count = gathers ? memory.hex.gathered() : 0;
    return (long) count * (prefix.limit() + 1) + (count == 0 ? 0 : 2L * memory.hex.gatheredBytes());
  }

  /** Adds a character of a comment, which begins with {@code #} and ends with {@code \n}. */
  void writeComment(int c) throws IOException {
    putGathered();
    ByteBuffer to = room(1);
    to.put((byte) c);
    if (c == '\n') {
      lineEnd = to.position();
    }
  }

  /**
   * Adds a comment at this place.
   *
   * @param text such as {@code fault: s2c drop}; cut after 200 characters, and what is not ASCII
   *     becomes a question mark
   * @throws IOException if the file cannot be written
   */
  public void comment(String text) throws IOException {
    writeComments(ConversationComments.line(text));
  }

  /** Adds whole lines of comments. */
  void writeComments(String lines) throws IOException {
    requireSound();
    for (int i = 0; i < lines.length(); i++) {
      writeComment(lines.charAt(i));
    }
  }

  private static void putNumber(long number, ByteBuffer to) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    int end = to.position() + digits;
    long rest = number;
    for (int i = end - 1; i >= end - digits; i--, rest /= 10) {
      to.put(i, (byte) ('0' + rest % 10));
    }
    to.position(end);
  }

  private static void putLabel(Direction direction, ByteBuffer to) {
    boolean c2s = direction == Direction.C2S;
    to.put((byte) (c2s ? 'c' : 's')).put((byte) '2').put((byte) (c2s ? 's' : 'c'));
  }

  private void putHex(ByteBuffer part) throws IOException {
    int at = part.position();
    while (at < part.limit()) {
      ByteBuffer to = room(2);
      int count = Math.min(part.limit() - at, to.remaining() / 2);
      memory.hex.encode(part, at, count, to);
      at += count;
    }
  }

  /** The buffer, with room for so many bytes. */
  private ByteBuffer room(int count) throws IOException {
    ByteBuffer to = buffer;
    if (to != null && to.remaining() >= count) {
      return to;
    }
    if (to == null) {
      to = memory.take(wantLarge);
    } else {
      handedOver += to.position();
      to = exchange(to);
      wantLarge = true;
    }
    lineEnd = 0;
    buffer = to;
    return to;
  }

  /**
   * Hands the full buffer over to be written.
   *
   * @return the buffer to fill next, a large one if possible
   */
  private ByteBuffer exchange(ByteBuffer full) throws IOException {
    requireSound();
    int end = lineEnd;
    try {
      boolean more = pending.size() + 1 < WriteMemory.ENOUGH_FOR_ONE;
      ByteBuffer next = more ? memory.takeLarge() : null;
      if (next == null && pending.isEmpty()) { // other files have them all
        writeNow(full);
        return full;
      }
      Future<GzipMember> packed =
          file.isPacked() ? GzipMember.packElsewhere(full.duplicate().flip(), end) : null;
      pending.addLast(memory.background().submit(() -> append(full, end, packed)));
      return next != null ? next : memory.preferLarge(awaitOldest());
    } catch (OutOfMemoryError e) { // to give up here could leave a line cut off
      writeNow(full);
      return full;
    }
  }

  /** Writes what is in the buffer and empties it; then all is in the file. */
  private void writeNow(ByteBuffer from) throws IOException {
    awaitPending();
    append(from, lineEnd, null);
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

  /** Waits until the oldest pending buffer is written, even if interrupted, and returns it. */
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

  /**
   * Writes {@code text}, unless writing failed before, and returns it empty.
   *
   * @param packed the same, being compressed; or null
   */
  private ByteBuffer append(ByteBuffer text, int end, @Nullable Future<GzipMember> packed) {
    int length = text.position();
    try {
      if (packed != null) {
        append(packed.get());
      } else if (broken == null) {
        file.append(text.flip(), end);
      }
      appended.addAndGet(length);
    } catch (ExecutionException e) {
      broken = broken != null ? broken : cutBack(Objects.requireNonNullElse(e.getCause(), e));
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      broken = cutBack(e); // nobody may take the file for complete
    }
    return text.clear();
  }

  private void append(GzipMember packed) throws IOException {
    try {
      if (broken == null) {
        file.append(packed);
      }
    } finally {
      packed.give();
    }
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

  /** Throws what failed before, or that this is closed. */
  private void requireSound() throws IOException {
    if (broken != null) {
      thrown = true;
      throw broken;
    }
    if (closed) {
      throw new IOException(file + ": this recording is closed");
    }
  }

  /**
   * Hands all entries to the operating system, so that they outlive this process. Also checks that
   * the file is still as it was written, unless that was done a moment ago. Call it at least once a
   * second, even if no entry comes.
   *
   * @throws IOException if the file cannot be written; it then ends on a whole line
   * @throws RecordingException if the file was deleted, moved, replaced, truncated, or written to
   *     by another program
   */
  public void flush() throws IOException {
    putGathered();
    awaitPending();
    ByteBuffer filled = buffer;
    if (filled == null) {
      check(file::check);
    } else {
      handedOver += filled.position();
      wantLarge = filled.position() > WriteMemory.SMALL;
      writeNow(filled);
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

  /** Flushes and closes a {@link #part}, which then has its name, even if the machine crashes. */
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
   * @throws IOException if the last entries could not be written, or the file was changed, as in
   *     {@link #flush}
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try (ownMemory;
        file) {
      drain();
      if (!thrown) {
        flush();
        check(file::check);
      }
    } finally {
      closed = true;
      giveBuffer();
    }
  }
}
