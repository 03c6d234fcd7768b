package io.tracestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.Security;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts the command that the arguments name. */
@Command(
    name = "ts-proxy",
    description =
        "Records the conversation between a TCP client and its server, and plays either side of it"
            + " back. For protocols in which each message begins with its length.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    customSynopsis = "ts-proxy COMMAND [OPTIONS]",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done, or stopped by SIGTERM or SIGINT",
      "1:the run failed: a mismatch, a lost or damaged recording, a server gone",
      "2:wrong usage",
      "3:could not start"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy proxy --listen 127.0.0.1:9000 --target HOST:5000 --record a.rec",
      "  ts-proxy replay --listen 127.0.0.1:9000 --record a.rec",
      "",
      "ts-proxy help COMMAND shows the options of a command, and examples."
    })
public final class Main implements Runnable {
  private static final List<Class<?>> COMMANDS = List.of(
      ProxyCommand.class,
      ReplayCommand.class,
      VerifyCommand.class,
      LoadCommand.class,
      LearnCommand.class,
      DiffCommand.class,
      InspectCommand.class,
      CheckCommand.class,
      DetectCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      SimpleServerCommand.class,
      SimpleClientCommand.class,
      CompletionCommand.class);

  @Spec
  private CommandSpec spec;

  private Main() {}

  /**
   * Runs a command and ends the process with its status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    StandardError.install();
    Shutdown.installHook();
    // A target's name is looked up anew for each connection: the JVM would remember it for 30 s.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Shutdown.exit(run(Arguments.exact(args)));
  }

  /** Runs a command and returns its status, unless it is a server that a signal stops. */
  static int run(String... args) {
    Locale.setDefault(Locale.ROOT); // the same text everywhere
    if (FrameOptions.asksForList(args)) {
      return print(FrameOptions.list());
    }
    CommandLine line = commandLine(args);
    StringWriter help = new StringWriter();
    line.setOut(new PrintWriter(help));
    line.setColorScheme(
        Help.defaultColorScheme(Terminal.STDOUT.showsColours() ? Help.Ansi.ON : Help.Ansi.OFF));
    line.setExpandAtFiles(false); // a message may begin with @
    Mistakes.report(line);
    line.setExecutionExceptionHandler(Failures::failed);
    int status = line.execute(args);
    return help.getBuffer().isEmpty() ? status : print(help.toString());
  }

  /**
   * All commands with their options, for those who describe them, as manual pages do.
   *
   * @return a command line to look at, not to be run
   */
  public static CommandLine commandLine() {
    return commandLine(new String[0]);
  }

  private static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    addCommands(line, args);
    line.addSubcommand(HelpCommand.class);
    HelpText.apply(line);
    return line;
  }

  /** Adds all commands, or only the one that the first argument names: the others take time. */
  private static void addCommands(CommandLine line, String... args) {
    String name = args.length == 0 ? "" : args[0];
    List<Class<?>> named = COMMANDS.stream()
        .filter(type -> isNamed(type.getAnnotation(Command.class), name))
        .toList();
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
  }

  private static boolean isNamed(Command command, String name) {
    return command.name().equals(name) || List.of(command.aliases()).contains(name);
  }

  private static int print(String help) {
    try {
      StandardOutput.print(out -> out.write(help));
      return 0;
    } catch (IOException | Failures.Failed e) {
      Failures.say(e.getMessage());
      return Failures.FAILED;
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given; the commands are "
            + String.join(
                ", ",
                spec.subcommands().values().stream()
                    .map(CommandLine::getCommandName)
                    .distinct()
                    .toList()));
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"ts-proxy " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
