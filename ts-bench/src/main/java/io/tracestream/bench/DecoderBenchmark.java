package io.tracestream.bench;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Finds the frames in a full read buffer, as an event loop does. */
@State(Scope.Thread)
public class DecoderBenchmark extends Settings {
  private static final int BUFFER = 256 * 1024;

  /** Bytes of header. */
  @Param({"2", "8", "16"})
  public int header;

  /** Bytes of payload. */
  @Param({"64", "1024", "10240"})
  public int payload;

  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private FrameDecoder decoder;
  private int count;

  /** Fills the buffer with whole frames, and what has room of another one. */
  @Setup
  public void fill() throws IOException {
    FrameFormat format = new FrameFormat(header, 16_777_216);
    decoder = new FrameDecoder(format);
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(frames, format);
    while (frames.size() < BUFFER) {
      writer.write(new byte[payload]);
    }
    in.put(frames.toByteArray(), 0, BUFFER).flip();
    count = BUFFER / (header + payload);
  }

  /** One buffer. */
  @Benchmark
  public void decode(Amount amount, Blackhole hole) throws IOException {
    decoder.decode(in.rewind(), hole::consume);
    amount.add(count, (long) count * payload);
  }
}
