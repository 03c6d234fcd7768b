package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two payloads as decoders read them. Here, a payload that begins with a line end is unknown. */
class DecodedTextTest {
  private static String of(String one, String other) {
    PayloadDecoder lines = new PayloadDecoder() {
      @Override
      public String name() {
        return "lines";
      }

      @Override
      public List<String> decode(Direction direction, byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        return text.startsWith("\n") ? List.of() : text.lines().toList();
      }
    };
    return new DecodedText(new Decoders(List.of(lines)), "expected", "found")
        .of(Direction.C2S, bytes(one), bytes(other));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void linesThatDifferAreMarked() {
    assertEquals(
        """
          decoded, - expected, + found:
              {
            -   name: anna
            +   name: otto
                sum: 1
            +   more: 2
              }
        """, of("{\n  name: anna\n  sum: 1\n}", "{\n  name: otto\n  sum: 1\n  more: 2\n}"));
  }

  @Test
  void linesFarFromAllChangesAreLeftOut() {
    String tail = IntStream.range(0, 9).mapToObj(i -> "\n" + i).collect(Collectors.joining());
    assertEquals("""
          decoded, - expected, + found:
            - a
            + b
              0
              1
              2
              ...
        """, of("a" + tail, "b" + tail));
  }

  @Test
  void aLongTextIsCutAndCounted() {
    String text = "x\n".repeat(100);
    String decoded = of(text, "\n");
    assertTrue(decoded.startsWith("  decoded, - expected:\n    - x\n"), decoded);
    assertTrue(decoded.endsWith("    - x\n    ... and 40 more lines\n"), decoded);
  }

  @Test
  void payloadsThatReadTheSameSaySo() {
    assertEquals("  decoded, both are the same:\n      a\n", of("a", "a\n"));
  }

  @Test
  void aPayloadThatIsNotThereOrNotKnownIsLeftOut() {
    assertEquals("  decoded, + found:\n    + a\n", of(null, "a"));
    assertEquals("  decoded, - expected:\n    - a\n", of("a", null));
    assertEquals("", of("\na", "\nb"));
    assertEquals("", of(null, null));
  }

  @Test
  void verdictsOnLargeTextsDoNotTakeLong() {
    String one =
        IntStream.range(0, 5000).mapToObj(i -> "a" + i + "\n").collect(Collectors.joining());
    String other =
        IntStream.range(0, 5000).mapToObj(i -> "b" + i + "\n").collect(Collectors.joining());
    assertTrue(of(one, other).endsWith("    ... and 9940 more lines\n"));
  }
}
