import io.tracestream.cli.Main;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes a manual page of each command to a folder, in AsciiDoc; scripts/dist.sh runs it. */
class ManPages {
  public static void main(String[] args) throws Exception {
    CommandLine line = Main.commandLine();
    List<CommandSpec> specs = new ArrayList<>(List.of(line.getCommandSpec()));
    line.getSubcommands().forEach((name, command) -> {
      if (name.equals(command.getCommandName())) { // not another name for it
        specs.add(command.getCommandSpec());
      }
    });
    int status = ManPageGenerator.generateManPage(
        new File(args[0]), null, new boolean[0], true, specs.toArray(CommandSpec[]::new));
    System.exit(status);
  }
}
