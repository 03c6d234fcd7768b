package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.testing.PiecewiseStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntSupplier;

/** Recordings as the tests write them: text in, text out. */
final class Lines {
  /** More than any test's payload. */
  static final int NO_CAP = 10_000_000;

  private Lines() {}

  static RecordingReader reader(String text) {
    return reader(text, NO_CAP, () -> Integer.MAX_VALUE);
  }

  static RecordingReader reader(String text, int cap, IntSupplier pieces) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new RecordingReader(new PiecewiseStream(bytes, pieces), "a.rec", cap);
  }

  /** All entries of a text, as {@code 123 c2s 6869}. */
  static List<String> entries(String text) throws IOException {
    return entries(reader(text));
  }

  static List<String> entries(RecordingReader reader) throws IOException {
    List<String> entries = new ArrayList<>();
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(shown(entry));
    }
    return entries;
  }

  static String shown(Entry entry) {
    return entry.elapsedMicros() + " " + entry.direction() + " "
        + HexFormat.of().formatHex(entry.payload());
  }

  /** What the reader says of a text in which a line is damaged: the same if it skips payloads. */
  static String refusal(String text) {
    String said = refusal(reader(text));
    RecordingReader skipping = reader(text);
    assertEquals(
        said, assertThrows(RecordingException.class, () -> skip(skipping)).getMessage());
    return said;
  }

  private static void skip(RecordingReader reader) throws IOException {
    while (reader.advance()) {}
  }

  static String refusal(RecordingReader reader) {
    return assertThrows(RecordingException.class, () -> entries(reader)).getMessage();
  }

  static ByteBuffer payload(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }
}
