package io.tracestream.recording;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Takes what is whole in a recording. What it throws is no {@link RecordingException}. */
interface EntrySink {
  /** Takes nothing. */
  EntrySink NONE = new EntrySink() {
    @Override
    public void entry(long elapsedMicros, Direction direction, ByteBuffer payload) {}

    @Override
    public OutputStream comments() {
      return OutputStream.nullOutputStream();
    }
  };

  /** Takes an entry; the payload is lent for this call. */
  void entry(long elapsedMicros, Direction direction, ByteBuffer payload) throws IOException;

  /** Takes comments, each ended with {@code \n}. */
  OutputStream comments();
}
