package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.PiecewiseStream;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** What the writer writes, the reader reads: any entries, however they were put and arrive. */
class RecordingRoundTripTest {
  @TempDir
  Path dir;

  @ParameterizedTest
  @RandomSeeds(20)
  void theReaderReadsWhatTheWriterWrote(long seed) throws Exception {
    Cases any = Cases.of(seed);
    List<Entry> entries = any.entries();
    byte[] file = written(entries, any);
    assertEquals(entries, read(file, any));
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void payloadsThatNobodyAsksForDisturbNoOther(long seed) throws Exception {
    Cases any = Cases.of(seed);
    List<Entry> entries = any.entries();
    RecordingReader reader = reader(written(entries, any), any);
    for (Entry entry : entries) {
      assertTrue(reader.advance());
      assertEquals(entry.elapsedMicros(), reader.elapsedMicros());
      assertEquals(entry.direction(), reader.direction());
      if (any.coin()) {
        assertEquals(ByteBuffer.wrap(entry.payload()), reader.payload());
      }
    }
    assertFalse(reader.advance());
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void whatAnEditorMayChangeChangesNoEntry(long seed) throws Exception {
    Cases any = Cases.of(seed);
    List<Entry> entries = any.entries();
    StringBuilder edited = new StringBuilder();
    for (String line : new String(written(entries, any), StandardCharsets.US_ASCII).split("\n")) {
      boolean header = line.startsWith("#");
      if (!header || any.coin()) {
        edited.append(header || any.coin() ? line : upperCaseHex(line));
        edited.append(any.coin() ? "\n" : "\r\n");
      }
      edited.append(any.coin() ? "" : any.coin() ? "\n" : "# 1\tc2s\tx\n");
    }
    assertEquals(entries, read(edited.toString().getBytes(StandardCharsets.US_ASCII), any));
  }

  @ParameterizedTest
  @RandomSeeds(20)
  void entriesThatCameTogetherAreLinesInTheirOrderAndCountAtOnce(long seed) throws Exception {
    Cases any = Cases.of(seed);
    Path file = dir.resolve("a.rec");
    StringBuilder expected = new StringBuilder("# ts_proxy recording v1\n");
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      int elapsed = 0;
      Direction direction = Direction.C2S;
      for (int i = any.upTo(2_000); i > 0; i--) {
        if (any.upTo(150) == 0) { // seldom, as many frames come with one read
          elapsed += any.upTo(1_000);
          direction = any.coin() ? Direction.C2S : Direction.S2C;
        }
        byte[] payload = any.bytes(any.upTo(50) == 0 ? any.upTo(1_100) : any.upTo(40));
        writer.write(elapsed, direction, parts(payload, any));
        expected.append(elapsed).append(direction == Direction.C2S ? "\tc2s\t" : "\ts2c\t");
        expected.append(HexFormat.of().formatHex(payload)).append('\n');
        assertEquals(expected.length(), writer.length());
      }
    }
    assertEquals(expected.toString(), Files.readString(file));
  }

  private static String upperCaseHex(String line) {
    int payload = line.lastIndexOf('\t');
    return line.substring(0, payload) + line.substring(payload).toUpperCase();
  }

  private byte[] written(List<Entry> entries, Cases any) throws IOException {
    Path file = dir.resolve("a.rec");
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (Entry entry : entries) {
        writer.write(entry.elapsedMicros(), entry.direction(), parts(entry.payload(), any));
        if (any.coin()) {
          writer.flush();
        }
      }
    }
    return Files.readAllBytes(file);
  }

  private static ByteBuffer[] parts(byte[] payload, Cases any) {
    int cut = any.upTo(payload.length);
    ByteBuffer first = ByteBuffer.wrap(payload, 0, cut);
    ByteBuffer second = ByteBuffer.allocateDirect(payload.length - cut);
    second.put(payload, cut, payload.length - cut).flip();
    return any.coin()
        ? new ByteBuffer[] {ByteBuffer.wrap(payload)}
        : new ByteBuffer[] {first, second};
  }

  private static List<Entry> read(byte[] file, Cases any) throws IOException {
    RecordingReader reader = reader(file, any);
    List<Entry> entries = new ArrayList<>();
    for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
      entries.add(entry);
    }
    return entries;
  }

  private static RecordingReader reader(byte[] file, Cases any) {
    return new RecordingReader(new PiecewiseStream(file, any.readSizes()), "a.rec", Lines.NO_CAP);
  }
}
