package io.tracestream.bench;

import io.tracestream.recording.RecordingReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reads a recording from memory. Its text is twice as long as the payloads, and a little more. */
@State(Scope.Thread)
public class RecordingReadBenchmark extends Settings {
  private static final int TEXT_LENGTH = 8 * 1024 * 1024;

  /** Bytes of payload. */
  @Param({"64", "10240"})
  public int payload;

  private byte[] text;
  private RecordingReader reader;

  /** Makes a recording of equal entries. */
  @Setup
  public void make() {
    byte[] random = new byte[payload];
    new Random(payload).nextBytes(random);
    String entry = "1234567\ts2c\t" + HexFormat.of().formatHex(random) + "\n";
    text = entry.repeat(TEXT_LENGTH / entry.length()).getBytes(StandardCharsets.US_ASCII);
    open();
  }

  private void open() {
    reader = new RecordingReader(new ByteArrayInputStream(text), "benchmark.rec", 16_777_216);
  }

  /** One entry, lent. */
  @Benchmark
  public ByteBuffer lend(Amount amount) throws IOException {
    if (!reader.advance()) {
      open();
      reader.advance();
    }
    amount.add(1, payload);
    return reader.payload();
  }
}
