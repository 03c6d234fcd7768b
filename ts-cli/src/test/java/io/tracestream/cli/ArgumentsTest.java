package io.tracestream.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  /** The command line as Linux keeps it, given with a character for each byte. */
  private static String[] exact(String commandLine, String... args) {
    return Arguments.exact(args, commandLine.replace(' ', '\0').concat("\0").getBytes(ISO_8859_1));
  }

  @Test
  void whatTheLocaleCouldNotExpressIsTakenFromTheBytes() {
    assertArrayEquals(
        new String[] {"check", "\u00e9.rec"},
        exact("java -jar ts-proxy.jar check \u00c3\u00a9.rec", "check", "\ufffd\ufffd.rec"));
  }

  @Test
  void bytesThatAreNoCharacterAreKept() {
    assertArrayEquals(
        new String[] {"a\udcff\udcc3b"}, exact("java -jar x a\u00ff\u00c3b", "a\ufffd\ufffdb"));
  }

  @Test
  void argumentsFromElsewhereStayAsTheyAre() {
    assertArrayEquals(new String[] {"check", "\u00e9"}, exact("java @words", "check", "\u00e9"));
    assertArrayEquals(new String[] {"\u00e9"}, exact("java x", "\u00e9"));
  }

  @Test
  void aPathHasTheBytesOfItsArgument() {
    assertEquals(
        "file:///a/%C3%A9/%FF", Arguments.path("/a//\u00e9/\udcff").toUri().toString());
    Path relative = Arguments.path("../\udcff");
    assertEquals(2, relative.getNameCount());
    assertEquals(
        "file:///%FF", Path.of("/").resolve(relative.getFileName()).toUri().toString());
    assertEquals("..", relative.getName(0).toString());
    assertEquals(Path.of("a.rec"), Arguments.path("a.rec"));
  }
}
