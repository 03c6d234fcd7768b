package io.tracestream.bench;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Records payloads from a direct buffer into a file in the directory for temporary files. */
@State(Scope.Thread)
public class RecordingWriteBenchmark extends Settings {
  /** Bytes of payload. */
  @Param({"64", "10240"})
  public int payload;

  /** The one part of the payload; an array, so that a call does not have to make one. */
  private ByteBuffer[] bytes;

  private Path file;
  private RecordingWriter writer;
  private long elapsedMicros;

  /** Starts a recording: one for each iteration, so that the disk does not fill. */
  @Setup(Level.Iteration)
  public void create() throws IOException {
    byte[] random = new byte[payload];
    new Random(payload).nextBytes(random);
    bytes = new ByteBuffer[] {ByteBuffer.allocateDirect(payload).put(random).flip()};
    file = Files.createTempFile("ts-bench", ".rec");
    writer = RecordingWriter.create(file);
    elapsedMicros = 0;
  }

  /** One entry. */
  @Benchmark
  public void write(Amount amount) throws IOException {
    writer.write(elapsedMicros++, Direction.C2S, bytes);
    amount.add(1, payload);
  }

  /** Removes the recording. */
  @TearDown(Level.Iteration)
  public void delete() throws IOException {
    writer.close();
    Files.delete(file);
  }
}
