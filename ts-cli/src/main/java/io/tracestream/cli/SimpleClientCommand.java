package io.tracestream.cli;

import io.tracestream.examples.SimpleClient;
import io.tracestream.tls.ClientTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
    name = "simple_client",
    aliases = "simple-client",
    description = "Sends 1_TEXT, 2_TEXT and so on, and prints the reply to each.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy simple_client --connect H:P [OPTIONS]",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  ts-proxy simple_client --connect 127.0.0.1:9000 --message hello --count 3"})
final class SimpleClientCommand implements Callable<Integer> {
  @Option(
      names = "--connect",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Server, or a proxy in front of it.")
  private HostPort server;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      preprocessor = AttachedValue.class,
      description = "Text after the number in each payload. Default: message.")
  private String message = "message"; // picocli's default would replace an AttachedValue

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      converter = Values.FromZero.class,
      description = "Number of frames to send. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Mixin(name = "TLS with the server:")
  private TargetTlsOptions targetTls;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private LogOptions.Unused unused;

  @Override
  public Integer call() throws Failures.Failed, Failures.NotStarted {
    ClientTls tls = targetTls.tls();
    try (SimpleClient client = connect(tls)) {
      StandardOutput.printToItsEnd(out -> client.send(message, count, reply -> print(reply, out)));
      return 0;
    } catch (IOException e) {
      throw new Failures.Failed("connection to " + server + ": " + Failures.reason(e));
    }
  }

  private static void print(String reply, Writer out) {
    try {
      out.write("echo: " + VisibleText.line(reply) + "\n");
      out.flush(); // show each reply at once
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SimpleClient connect(ClientTls tls) throws Failures.Failed {
    InetSocketAddress address = server.resolved("--connect");
    try {
      return new SimpleClient(address, frames.format(), tls);
    } catch (SSLException e) {
      throw new Failures.Failed(
          "--connect: cannot speak TLS with " + server + ": " + Failures.reason(e));
    } catch (IOException e) {
      throw new Failures.Failed("--connect: cannot connect to " + server + ": " + Failures.reason(e)
          + "; start the server or correct the address");
    }
  }

  /** Takes all that follows {@code --message=}, even if it looks like another option. */
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
