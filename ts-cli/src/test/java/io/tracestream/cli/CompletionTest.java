package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import picocli.CommandLine;

/** The script for shells. scripts/test_dist.sh has bash and zsh run it. */
@ResourceLock(Resources.SYSTEM_ERR)
class CompletionTest {
  @Test
  void theScriptKnowsEachCommandAndEachOfItsOptions() {
    Run run = Run.of("completion");
    assertEquals(0, run.status(), run.stderr());
    String script = String.join("\n", run.stdout());
    Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
    assertTrue(commands.containsKey("proxy") && commands.containsKey("help"), "no commands");
    commands.forEach((name, command) -> {
      assertTrue(script.contains("_picocli_ts_proxy_" + name.replace("-", "") + "()"), name);
      command.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .forEach(option -> assertTrue(script.contains("'" + option.longestName()), name));
    });
  }
}
