package io.tracestream.cli;

import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option that lets Wireshark decrypt what passes. */
final class KeyLogOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--tls-keylog",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "Append the secrets of all TLS connections to FILE, so that Wireshark can"
          + " decrypt a capture of them.")
  private Path file;

  /** Null without the option. */
  private TlsKeyLog log;

  /** Opens the key log, if there is to be one. Each side is null where it does not speak TLS. */
  void open(ServerTls withClients, ClientTls withTarget) throws Failures.NotStarted {
    if (file != null) {
      if (withClients == null && withTarget == null) {
        String needed = Stream.of("--listen-tls", "--target-tls")
            .filter(option -> spec.findOption(option) != null)
            .collect(Collectors.joining(" or "));
        throw new ParameterException(
            spec.commandLine(), "--tls-keylog is only valid with " + needed);
      }
      log = TlsKeyLog.open(file);
    }
  }

  ServerTls of(ServerTls tls) {
    return tls == null || log == null ? tls : tls.withEngineListener(log);
  }

  ClientTls of(ClientTls tls) {
    return tls == null || log == null ? tls : tls.withEngineListener(log);
  }
}
