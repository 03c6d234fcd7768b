package io.tracestream.recording;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Replaces bytes of payloads before they are recorded, such as passwords. Their length stays. One
 * that knows fields of frames is {@code RedactedFields} in {@code ts-rules}.
 *
 * <p>Each recording names the fields, in a line {@code # redact FIELD} for each, so that whoever
 * plays or compares it knows which bytes are not what was sent.
 *
 * <p>Thread-safe: it is shared by all writers.
 */
public interface Redaction {
  /**
   * What is redacted.
   *
   * @return the text of each field, of printable ASCII characters and at most
   *     {@link #LONGEST_FIELD} of them
   */
  List<String> fields();

  /**
   * Replaces the bytes of all fields in a payload. What it throws, breaks the recording: that
   * payload is not written, and nothing after it.
   *
   * @param direction which way the frame went
   * @param payload a copy of the payload, from position to limit; to be changed in place
   */
  void redact(Direction direction, ByteBuffer payload);

  /** The most characters of a field. */
  int LONGEST_FIELD = 4096;
}
