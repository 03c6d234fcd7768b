package io.tracestream.cli;

import io.tracestream.tls.Authority;
import io.tracestream.tls.Identity;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that protect the connections of clients with TLS. */
final class ListenTlsOptions {
  private static final String AUTO = "auto";
  /** Host names, those with a * in the place of a label, and IP addresses. */
  static final Pattern HOST_NAME = Pattern.compile("[\\p{L}\\p{N}_*.:-]+");

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

  /** What made our certificate; null if nothing has. */
  private Authority authority;

  /** Refuses options that cannot work. */
  private void check() throws Failures.NotStarted {
    if (identity == null) {
      require("--listen-tls-password-file", passwordFile, "--listen-tls");
      require("--listen-client-ca", clientAuthorities, "--listen-tls");
    }
    if (!isAuto()) {
      require("--tls-ca-out", authorityFile, "--listen-tls auto");
    } else if (authorityFile != null) {
      checkAuthorityFile();
    }
    if (identity != null && identity.isEmpty()) {
      throw wrong(
          "--listen-tls: found nothing, expected CERT.pem,KEY.pem, a PKCS#12 file, or auto");
    }
  }

  /** A certificate of an earlier run may be replaced, but no other file. */
  private void checkAuthorityFile() throws Failures.NotStarted {
    try {
      if (Files.isRegularFile(authorityFile)
          && Files.size(authorityFile) > 0
          && !Authority.isWrittenTo(authorityFile)) {
        throw new Failures.NotStarted("--tls-ca-out: " + authorityFile
            + " exists and is not a CA certificate of ts-proxy; choose another name");
      }
      if (Files.isDirectory(authorityFile)) {
        throw new Failures.NotStarted(
            "--tls-ca-out: " + authorityFile + " is a folder; choose another name");
      }
      if (!Files.exists(authorityFile) || Files.isRegularFile(authorityFile)) { // not a pipe
        WholeFile.check(authorityFile);
      }
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--tls-ca-out", authorityFile, e));
    }
  }

  /** Writes the certificate that clients have to trust, if asked to. Call it before they come. */
  void writeAuthority() throws Failures.NotStarted {
    if (authority == null || authorityFile == null) {
      return;
    }
    try {
      authority.writeTo(authorityFile);
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--tls-ca-out", authorityFile, e));
    }
  }

  private void require(String option, Path given, String other) {
    if (given != null) {
      throw wrong(option + " is only valid with " + other);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private boolean isAuto() {
    return identity != null && (identity.equals(AUTO) || identity.startsWith(AUTO + ":"));
  }

  /**
   * How to speak TLS with clients; null for plain connections. Writes nothing yet.
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

  private Identity made(List<String> hosts, String... others) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // This machine has no name.
    }
    names.addAll(hosts);
    names.addAll(List.of(others));
    if (identity.length() > AUTO.length() + 1) {
      for (String name : identity.substring(AUTO.length() + 1).split(",")) {
        if (!HOST_NAME.matcher(name).matches()) {
          throw wrong("--listen-tls: found \"" + name + "\" in \"" + identity
              + "\", expected host names or IP addresses, such as auto:db.example,10.0.0.7");
        }
        names.add(name);
      }
    }
    names.remove("");
    authority = Authority.create();
    return authority.identity(List.copyOf(names));
  }
}
