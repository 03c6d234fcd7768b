package io.tracestream.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads a recording, entry by entry, through a buffer of its own. Memory grows with the longest
 * payload, not with the file.
 *
 * <p>{@link #next} gives each entry as an object. Who has many to read takes {@link #advance} and
 * the parts of each entry instead: that allocates nothing, and a payload that is not asked for is
 * checked but not decoded.
 *
 * <p>For one thread at a time. After an exception it reads no further: each later call throws the
 * same.
 */
public final class RecordingReader implements Closeable {
  private final RecordingText text;
  private final LineReader lines;
  private final PayloadReader payloads;
  /** Whether there is an entry at hand. */
  private boolean atEntry;
  /** Whether its payload was read. */
  private boolean payloadRead;
  /** What ended the reading before the recording's end; null while all is well. */
  private IOException failure;

  /**
   * A reader at the top of a recording.
   *
   * @param in the recording's text, also packed with gzip; no need to buffer it. Closed with this
   *     reader
   * @param name what errors call it: the file's name
   * @param maxPayloadLength the longest payload to take, in bytes
   */
  public RecordingReader(InputStream in, String name, int maxPayloadLength) {
    this(new RecordingText(in, name), maxPayloadLength);
  }

  RecordingReader(RecordingText text, int maxPayloadLength) {
    this.text = text;
    this.lines = new LineReader(text);
    this.payloads = new PayloadReader(text, maxPayloadLength);
  }

  /**
   * Reads the next entry, past comments and blank lines.
   *
   * @return the entry, the caller's own; or null at the end of the recording
   * @throws RecordingException when a line is damaged: {@code FILE:LINE: }what was found, what was
   *     expected
   * @throws IOException what the stream threw
   */
  public Entry next() throws IOException {
    return advance() ? entry() : null;
  }

  /**
   * Goes to the next entry, past comments and blank lines.
   *
   * @return false at the end of the recording
   * @throws RecordingException as in {@link #next}, up to the payload of the entry; and when the
   *     payload before it is damaged, which nobody asked for
   * @throws IOException what the stream threw
   */
  public boolean advance() throws IOException {
    requireNoFailure();
    try {
      if (atEntry && !payloadRead) {
        payloads.skip();
      }
      payloadRead = false;
      atEntry = lines.next();
      return atEntry;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * When the frame of the entry at hand came.
   *
   * @return microseconds since the recording began
   * @throws IllegalStateException when there is no entry at hand, as in {@link #direction} and
   *     {@link #payload}
   */
  public long elapsedMicros() {
    requireEntry();
    return lines.elapsedMicros();
  }

  /**
   * Which way the frame of the entry at hand went.
   *
   * @return its direction
   */
  public Direction direction() {
    requireEntry();
    return lines.direction();
  }

  /**
   * The payload of the entry at hand.
   *
   * @return a view of it, position to limit, backed by an array; lent until this is called again,
   *     and then whole again, or the reader goes on
   * @throws RecordingException when it is damaged or too long
   * @throws IOException what the stream threw
   */
  public ByteBuffer payload() throws IOException {
    requireNoFailure();
    requireEntry();
    try {
      if (!payloadRead) {
        payloads.read();
        payloadRead = true;
      }
      return payloads.payload();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Passes the payload of the entry at hand, which is checked but not decoded; no entry is at hand
   * then.
   *
   * @return how long the payload is, in bytes
   */
  int skipPayload() throws IOException {
    requireNoFailure();
    requireEntry();
    try {
      int length = payloadRead ? payloads.payload().remaining() : payloads.skip();
      atEntry = false;
      return length;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * The entry at hand.
   *
   * @return the entry, the caller's own
   * @throws IOException as in {@link #payload}
   */
  public Entry entry() throws IOException {
    ByteBuffer lent = payload();
    byte[] copy = new byte[lent.remaining()];
    lent.get(copy);
    return new Entry(lines.elapsedMicros(), lines.direction(), copy);
  }

  private void requireNoFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void requireEntry() {
    if (!atEntry) {
      throw new IllegalStateException("found no entry at hand, expected advance() to be true");
    }
  }

  /**
   * When the conversation itself began: a proxy that records many connections counts the time of
   * all of them from the first one, and says in a comment when each was accepted.
   *
   * @return microseconds since the recording began, the same for all entries; 0 where no comment
   *     before the first entry says more. To be asked once there is an entry at hand
   */
  public long startMicros() {
    return lines.startMicros();
  }

  /**
   * Where the entry that was read last stands.
   *
   * @return its line number, from 1
   */
  public long line() {
    return text.line;
  }

  /**
   * The name of the file in which the entry that was read last stands.
   *
   * @return the recording's name; of a recording in several files, that of one of them
   */
  public String fileName() {
    return text.name();
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    text.close();
  }

  /** True when it has the first line of a recording, or an entry; comments could be any file's. */
  boolean startsAsRecording() throws IOException {
    try {
      while (text.peek() == '#') {
        if (lines.isHeader()) {
          return true;
        }
      }
      return next() != null;
    } catch (RecordingException e) {
      return false;
    }
  }
}
