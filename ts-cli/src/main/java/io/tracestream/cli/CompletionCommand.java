package io.tracestream.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "completion",
    description =
        "Prints a script that lets bash and zsh complete commands and options of ts_proxy.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    customSynopsis = "ts-proxy completion",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExample:%n",
    footer = "  source <(ts_proxy completion)")
final class CompletionCommand implements Callable<Integer> {
  /** What people type: the name of the script that starts the program. */
  private static final String PROGRAM = "ts_proxy";

  @Mixin
  private LogOptions.Unused unused;

  @Override
  public Integer call() throws IOException, Failures.Failed {
    String script = AutoComplete.bash(PROGRAM, Main.commandLine());
    StandardOutput.printToItsEnd(out -> out.write(script));
    return 0;
  }
}
