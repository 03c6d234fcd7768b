package io.tracestream.recording;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A recording's file that is packed with gzip. Each text that is written is a gzip member of its
 * own, which readers take as one: so the file is whole gzip data whenever the recorder is killed,
 * and no compressor, a quarter of a MiB each, has to be kept for each file.
 */
final class GzipFile extends TextFile {
  GzipFile(RecordingFile file) {
    super(file);
  }

  @Override
  boolean isPacked() {
    return true;
  }

  /** As two members, so that the first can stand alone if there is no room for the second. */
  @Override
  void append(ByteBuffer text, int lineEnd) throws IOException {
    int end = text.limit();
    GzipMember member = GzipMember.take();
    try {
      appendMember(member, text.limit(Math.max(lineEnd, text.position())), true);
      appendMember(member, text.limit(end), false);
    } finally {
      member.give();
    }
  }

  private void appendMember(GzipMember member, ByteBuffer text, boolean whole) throws IOException {
    if (text.hasRemaining()) {
      ByteBuffer packed = member.pack(text);
      int count = packed.remaining();
      write(packed);
      written(count, whole);
    }
  }
}
