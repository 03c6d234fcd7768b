package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_ERR)
class DecodersTest {
  private static PayloadDecoder decoder(String name, Function<String, List<String>> lines) {
    return new PayloadDecoder() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<String> decode(Direction direction, byte[] payload) {
        return lines.apply(direction + " " + new String(payload, StandardCharsets.UTF_8));
      }
    };
  }

  private static List<String> decode(String payload, PayloadDecoder... decoders) {
    return new Decoders(List.of(decoders)).decode(Direction.C2S, bytes(payload));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> json(String payload) {
    return new JsonDecoder().decode(Direction.C2S, bytes(payload));
  }

  @Test
  void theFirstDecoderThatKnowsAPayloadDecodesIt() {
    PayloadDecoder none = decoder("none", text -> List.of());
    PayloadDecoder second = decoder("second", text -> List.of("second: " + text));
    PayloadDecoder third = decoder("third", text -> List.of("third"));
    assertEquals(List.of("second: c2s hi"), decode("hi", none, second, third));
    assertEquals(List.of(), decode("hi", none));
    assertEquals(List.of(), Decoders.NONE.decode(Direction.C2S, bytes("hi")));
  }

  @Test
  void controlCharactersInDecodedLinesAreSpelledOut() {
    assertEquals(
        List.of("c2s \\u001b[2J\\n"), decode("\u001b[2J\n", decoder("raw", text -> List.of(text))));
  }

  @Test
  void aDecoderThatThrowsIsReportedOnceAndStopsNothing() {
    Decoders decoders = new Decoders(List.of(
        decoder("bad", text -> {
          throw new StackOverflowError();
        }),
        decoder("null", text -> null),
        decoder("good", text -> List.of(text))));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      assertEquals(List.of("s2c a"), decoders.decode(Direction.S2C, bytes("a")));
      assertEquals(List.of("s2c b"), decoders.decode(Direction.S2C, bytes("b")));
    } finally {
      System.setErr(before);
    }
    List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(
        lines
            .get(0)
            .endsWith("decoder bad: failed at an s2c payload of 1 byte with"
                + " java.lang.StackOverflowError; such payloads are shown without it"),
        lines.get(0));
    assertTrue(lines.get(1).contains("decoder null: failed at "), lines.get(1));
  }

  @Test
  void jsonIsIndentedAndItsNumbersStayAsTheyAre() {
    assertEquals(
        List.of(
            "{",
            "  \"id\": 12345678901234567890.10,",
            "  \"names\": [ \"Zoë\", null, true ],",
            "  \"none\": { }",
            "}"),
        json("{\"id\":12345678901234567890.10,\"names\":[\"Zo\u00eb\",null,true],\"none\":{}}"));
  }

  @Test
  void severalJsonDocumentsInAPayloadAreAllShown() {
    assertEquals(
        List.of("{", "  \"a\": 1", "}", "{", "  \"a\": 2", "}"), json("{\"a\":1}\n{\"a\":2}\n"));
  }

  @Test
  void jsonThatIsNestedDeeplyDoesNotGrowWithItsDepth() {
    String payload =
        "{\"a\":".repeat(900) + "{" + "\"b\":1,".repeat(1000) + "\"b\":1}" + "}".repeat(900);
    List<String> lines = json(payload);
    assertEquals(2 * 901 + 1001, lines.size());
    assertTrue(lines.stream().mapToInt(String::length).max().orElse(0) < 100);
  }

  @Test
  void whatIsNotJsonInUtf8IsLeftToOthers() {
    for (String payload :
        List.of("", " \n", "1_hello", "{\"a\":1", "{\"a\":1}x", "{'a':1}", "[1,]")) {
      assertEquals(List.of(), json(payload), payload);
    }
    // "1" in UTF-32: nobody said that it is text.
    assertEquals(List.of(), new JsonDecoder().decode(Direction.C2S, new byte[] {0, 0, 0, '1'}));
    assertEquals(List.of(), new JsonDecoder().decode(Direction.C2S, new byte[] {'"', -1, '"'}));
  }
}
