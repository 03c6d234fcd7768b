package io.tracestream.cli;

import io.tracestream.tls.Authority;
import io.tracestream.tls.Identity;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that protect the connections of clients with TLS. */
final class ListenTlsOptions {
  private static final String AUTO = "auto";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--listen-tls",
      paramLabel = "CERT,KEY|FILE|auto",
      description = "Speak TLS with clients: with a certificate and its key in PEM files, with a"
          + " PKCS#12 file, or with a certificate that is made now. auto:NAME,NAME also makes it"
          + " valid for these names.")
  private String identity;

  @Option(
      names = "--listen-tls-password-file",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "The first line of FILE is the password of the PKCS#12 file.")
  private Path passwordFile;

  @Option(
      names = "--tls-ca-out",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "With auto: write to FILE the CA certificate that clients have to trust.")
  private Path authorityFile;

  @Option(
      names = "--listen-client-ca",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "Require a certificate of each client, signed by a CA in FILE.")
  private Path clientAuthorities;

  /** Refuses options that cannot be combined. */
  void check() {
    if (identity == null) {
      require("--listen-tls-password-file", passwordFile, "--listen-tls");
      require("--listen-client-ca", clientAuthorities, "--listen-tls");
    }
    if (!isAuto()) {
      require("--tls-ca-out", authorityFile, "--listen-tls auto");
    }
  }

  private void require(String option, Path given, String other) {
    if (given != null) {
      throw new ParameterException(spec.commandLine(), option + " is only valid with " + other);
    }
  }

  private boolean isAuto() {
    return identity != null && (identity.equals(AUTO) || identity.startsWith(AUTO + ":"));
  }

  /**
   * How to speak TLS with clients; null for plain connections.
   *
   * @param server its address is a name under which clients may know us, for a certificate that is
   *     made now
   * @param others more such names
   */
  ServerTls tls(RunningServer server, String... others) throws Failures.NotStarted {
    check();
    if (identity == null) {
      return null;
    }
    Identity ours = isAuto()
        ? made(server.hosts(), others)
        : TlsFiles.identity("--listen-tls", identity, passwordFile);
    return clientAuthorities == null
        ? ServerTls.of(ours)
        : ServerTls.of(ours, TlsFiles.certificates("--listen-client-ca", clientAuthorities));
  }

  private Identity made(List<String> hosts, String... others) throws Failures.NotStarted {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // This machine has no name.
    }
    names.addAll(hosts);
    names.addAll(List.of(others));
    if (identity.length() > AUTO.length() + 1) {
      names.addAll(List.of(identity.substring(AUTO.length() + 1).split(",")));
    }
    names.remove("");
    Authority authority = Authority.create();
    try {
      if (authorityFile != null) {
        authority.writeTo(authorityFile);
      }
    } catch (IOException e) {
      throw new Failures.NotStarted("--tls-ca-out: " + Failures.reason(e));
    }
    return authority.identity(List.copyOf(names));
  }
}
