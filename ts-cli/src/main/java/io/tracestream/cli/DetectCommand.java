package io.tracestream.cli;

import io.tracestream.capture.DetectingRelay;
import io.tracestream.capture.Detection;
import io.tracestream.capture.FramingDetector;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "detect",
    description = {
      "Finds out how the messages in a network capture are framed.",
      "",
      "Also takes files that hold the bytes of one direction of a connection each, or listens to"
          + " live connections."
    },
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = {
      "ts-proxy detect [OPTIONS] CAPTURE|RAW...",
      "       ts-proxy detect --listen H:P --target H:P"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:a framing was found",
      "1:none was found; what the bytes look like is printed",
      "2:wrong usage",
      "3:a file is missing or cannot be read"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy detect a.pcap",
      "  ts-proxy detect sent.c2s received.s2c",
      "  ts-proxy detect --listen 127.0.0.1:9000 --target HOST:5000"
    })
final class DetectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CAPTURE|RAW...",
      hideParamSyntax = true,
      arity = "0..*",
      converter = Values.FileName.class,
      description =
          "pcap or pcapng file; or files with bytes as they were sent. c2s or s2c in the name of"
              + " such a file says the direction.")
  private List<Path> files = List.of();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      converter = Port.class,
      description = "Look only at connections to this TCP port of a capture.")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "H:P",
      converter = HostPort.ToListen.class,
      description =
          "Instead of files: accept clients there, pass their bytes on to --target untouched, and say"
              + " at the end how they are framed.")
  private HostPort listen;

  @Option(
      names = "--target",
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Host and port of the server for the clients of --listen.")
  private HostPort target;

  @Mixin
  private LogOptions.Unused unused;

  @Spec
  private CommandSpec spec;

  static final class Port extends Values.Range {
    private Port() {
      super(0, 65_535);
    }
  }

  @Override
  public Integer call() throws Exception {
    boolean isLive = listen != null || target != null;
    if (isLive && !files.isEmpty()) {
      throw wrong("files and --listen cannot be combined: give one or the other");
    }
    if (isLive && (listen == null || target == null)) {
      throw wrong("missing: " + (listen == null ? "--listen H:P" : "--target H:P"));
    }
    if (!isLive && files.isEmpty()) {
      throw wrong("missing: CAPTURE or RAW files, or --listen H:P and --target H:P");
    }
    return isLive ? live() : ofFiles();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int live() throws Exception {
    InetSocketAddress address = listen.resolved();
    if (address.isUnresolved()) {
      throw new Failures.NotStarted(
          "--listen: no such host: " + listen.host() + "; give an address of this machine");
    }
    DetectingRelay relay;
    try {
      relay = DetectingRelay.start(address, target.unresolved(), Failures::say);
    } catch (IOException e) {
      throw new Failures.NotStarted("--listen: cannot listen on " + listen + ": "
          + Failures.reason(e) + "; choose another address");
    }
    Shutdown shutdown = Shutdown.with(() -> {
      relay.close();
      Detection detection = relay.detection();
      StandardOutput.print(out -> write(target.toString(), "", detection, out));
      return detection.candidates().isEmpty() ? Failures.FAILED : 0;
    });
    StandardOutput.printLine("listening on " + listen.withPort(relay.address().getPort()));
    return shutdown.awaitSignal();
  }

  private int ofFiles() throws Exception {
    List<Path> raw = new ArrayList<>();
    boolean isFound = false;
    for (Path file : files) {
      ImportCommand.checkNoFolder(file);
      try {
        if (!FramingDetector.isCapture(file)) {
          raw.add(file);
          continue;
        }
        List<Detection> detected = FramingDetector.ofCapture(file, port);
        String name = VisibleText.line(file.toString());
        StandardOutput.print(out -> {
          if (detected.isEmpty()) {
            out.write(name + ": no TCP connection " + (port == 0 ? "" : "to port " + port + " ")
                + "carries data\n");
          }
          for (Detection detection : detected) {
            write(name + ", port " + detection.port(), name, detection, out);
          }
        });
        isFound |=
            detected.stream().anyMatch(detection -> !detection.candidates().isEmpty());
      } catch (IOException e) {
        throw new Failures.NotStarted(Failures.reason(e));
      }
    }
    if (!raw.isEmpty()) {
      isFound |= isFoundIn(raw);
    }
    return isFound ? 0 : Failures.FAILED;
  }

  private boolean isFoundIn(List<Path> raw)
      throws Failures.NotStarted, Failures.Failed, IOException {
    Detection detection;
    try {
      detection = FramingDetector.ofRaw(raw);
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
    String name = VisibleText.line(raw.get(0).toString())
        + (raw.size() == 1 ? "" : " and " + (raw.size() - 1) + " more");
    StandardOutput.print(out -> write(name, "", detection, out));
    return !detection.candidates().isEmpty();
  }

  private static void write(String title, String capture, Detection detection, Writer out)
      throws IOException {
    out.write(title + ": " + Units.count(detection.streams(), "stream", "streams") + ", "
        + Units.bytes(detection.bytes()) + "\n");
    if (detection.other() != null) {
      out.write("  " + detection.other() + "\n");
    }
    int number = 1;
    for (Detection.Candidate candidate : detection.candidates()) {
      String keys = candidate.framing().toString();
      out.write("  " + number++ + ". " + candidate.spec()
          + (candidate.spec().equals(keys) ? "" : " (" + keys + ")") + "\n");
      out.write("     for: " + String.join("; ", candidate.evidence()) + "\n");
      if (!candidate.against().isEmpty()) {
        out.write("     against: " + String.join("; ", candidate.against()) + "\n");
      }
      if (candidate.spec().equals(keys) && !candidate.usedBy().isEmpty()) {
        out.write("     this is the framing of " + String.join(", ", candidate.usedBy()) + "\n");
      }
    }
    if (!detection.candidates().isEmpty()) {
      String spec = detection.candidates().get(0).spec();
      out.write("  go on with: "
          + (capture.isEmpty()
              ? "ts-proxy proxy --framing " + spec
                  + " --listen HOST:PORT --target HOST:PORT --record FILE"
              : "ts-proxy import " + capture + " --port " + detection.port() + " --framing " + spec
                  + " --out DIR/")
          + "\n");
    }
  }
}
