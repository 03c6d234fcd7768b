package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only the real jar shows of help, mistakes and exit statuses. */
class CommandLineIT {
  @Test
  void theJarHasAVersion() throws Exception {
    try (App version = App.start("--version")) {
      assertTrue(version.awaitOutput().get(0).matches("ts-proxy \\d+\\.\\d+\\.\\d+"));
      assertEquals(0, version.awaitStatus());
    }
  }

  @Test
  void wrongUsageIsStatusTwoAndALine() throws Exception {
    try (App app = App.start("prosy")) {
      assertEquals(2, app.awaitStatus());
      assertEquals(
          "ts-proxy: unknown command \"prosy\" (did you mean proxy?); see ts-proxy --help\n",
          app.stderr());
    }
  }

  @ParameterizedTest
  @CsvSource({"xterm, true", "dumb, false"})
  void helpHasColoursWhereTheyAreShown(String terminal, boolean colours) throws Exception {
    Map<String, String> variables = Map.of("TERM", terminal, "NO_COLOR", "");
    try (App help = App.startOnTerminal(variables, "--help")) {
      String text = String.join("\n", help.awaitOutput());
      assertTrue(text.contains("Usage:"), text);
      assertEquals(colours, text.contains("\u001b["), text);
    }
  }
}
