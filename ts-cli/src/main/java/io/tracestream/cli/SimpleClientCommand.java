package io.tracestream.cli;

import io.tracestream.examples.SimpleClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
    name = "simple_client",
    aliases = "simple-client",
    description = "Sends 1_TEXT, 2_TEXT and so on, waits for each reply and prints it.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class SimpleClientCommand implements Callable<Integer> {
  @Option(
      names = "--connect",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "The server, or a proxy before it.")
  private HostPort server;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      preprocessor = AttachedValue.class,
      description = "What follows the number in each payload (default: message).")
  private String message = "message"; // picocli's default would replace an AttachedValue

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      converter = Values.FromZero.class,
      description = "How many frames to send (default: ${DEFAULT-VALUE}).")
  private int count;

  @Mixin
  private CommonOptions common;

  @Override
  public Integer call() throws Failures.Failed {
    common.applyLoudness();
    try (SimpleClient client = connect()) {
      StandardOutput.printToItsEnd(out -> client.send(message, count, reply -> print(reply, out)));
      return 0;
    } catch (IOException e) {
      throw new Failures.Failed("connection to " + server + ": " + Failures.reason(e));
    }
  }

  private static void print(String reply, Writer out) {
    try {
      out.write("echo: " + VisibleText.line(reply) + "\n");
      out.flush(); // each reply when it comes
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SimpleClient connect() throws Failures.Failed {
    InetSocketAddress address = server.resolved();
    if (address.isUnresolved()) {
      throw new Failures.Failed(
          "--connect: found no address of " + server.host() + ", expected one");
    }
    try {
      return new SimpleClient(address, common.format());
    } catch (IOException e) {
      throw new Failures.Failed("--connect: found \"" + Failures.reason(e) + "\" at " + server
          + ", expected a server; start it or correct the address");
    }
  }

  /** Takes all that follows {@code --message=}, also when it looks like another flag. */
  private static final class AttachedValue implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec message, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        return false;
      }
      message.setValue(args.pop());
      return true;
    }
  }
}
