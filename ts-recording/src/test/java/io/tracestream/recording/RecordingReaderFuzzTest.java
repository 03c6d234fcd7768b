package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tracestream.testing.PiecewiseStream;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes at all, as a file: they are entries, and then an end or one line that says what is
 * wrong. Nothing else is thrown, and neither how the bytes arrive nor whether payloads are asked
 * for makes a difference.
 */
class RecordingReaderFuzzTest {
  private static final int CAP = 10;

  static Stream<byte[]> seeds() {
    return Stream.of(
            "# ts_proxy recording v1\n123\tc2s\t68656c6c6f\n456\ts2c\t776f726c64\n",
            "# ts_proxy recording v2\n",
            "\r\n1\tc2s\t\r\n\n# x\n9223372036854775807\ts2c\tABcd",
            "1\tc2s\t686\n",
            "0000000000000000000000000000000000000000000000000000000000000000000000001\tc2s\t",
            "1\tc2s\t0000000000000000000000\n",
            "1\tc2s\t68\r",
            "1\ts2")
        .map(text -> text.getBytes(StandardCharsets.US_ASCII));
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreEntriesAndThenAnEndOrOneError(byte[] file) throws IOException {
    check(file, () -> 1);
  }

  @ParameterizedTest
  @RandomSeeds(200)
  void aDamagedRecordingIsEntriesAndThenAnEndOrOneError(long seed) throws IOException {
    Cases any = Cases.of(seed);
    check(any.damagedText(), any.readSizes());
  }

  private static void check(byte[] file, IntSupplier pieces) throws IOException {
    List<String> story = story(new PiecewiseStream(file, () -> Integer.MAX_VALUE));
    assertEquals(story, story(new PiecewiseStream(file, pieces)));
    story.replaceAll(line -> line.replaceAll("(line \\d+: \\d+ ...) .*", "$1"));
    assertEquals(story, storyWithoutPayloads(new PiecewiseStream(file, pieces)));
  }

  private static List<String> storyWithoutPayloads(PiecewiseStream file) throws IOException {
    RecordingReader reader = new RecordingReader(file, "a.rec", CAP);
    List<String> story = new ArrayList<>();
    try {
      while (reader.advance()) {
        story.add(
            "line " + reader.line() + ": " + reader.elapsedMicros() + " " + reader.direction());
      }
    } catch (RecordingException e) {
      String damaged = "line " + reader.line();
      story.removeIf(line -> line.startsWith(damaged + ":"));
      story.add(damaged + " is damaged");
    }
    return story;
  }

  private static List<String> story(PiecewiseStream file) throws IOException {
    RecordingReader reader = new RecordingReader(file, "a.rec", CAP);
    List<String> story = new ArrayList<>();
    try {
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        assertTrue(entry.payload().length <= CAP && entry.elapsedMicros() >= 0);
        story.add("line " + reader.line() + ": " + Lines.shown(entry));
      }
    } catch (RecordingException e) {
      assertTrue(e.getMessage().matches("a\\.rec:" + reader.line() + ": [ -~]+"), e.getMessage());
      story.add("line " + reader.line() + " is damaged");
    }
    return story;
  }
}
