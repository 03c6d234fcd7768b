package io.tracestream.cli;

import io.tracestream.tls.ClientTls;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that protect the connections to the target with TLS. */
final class TargetTlsOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--target-tls",
      description = "Speak TLS with the server. Its certificate must be signed by a CA that this"
          + " Java trusts, and be valid for the host of the server.")
  private boolean wanted;

  @Option(
      names = "--target-ca",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "Trust the CA certificates in FILE (PEM) instead.")
  private Path authorities;

  @Option(
      names = "--target-insecure",
      description = "Trust any certificate: anybody in between can read and change everything.")
  private boolean insecure;

  @Option(
      names = "--target-name",
      paramLabel = "NAME",
      description = "Ask for NAME (SNI), and expect it in the certificate, instead of the host of"
          + " the server.")
  private String name;

  @Option(
      names = "--target-cert",
      paramLabel = "CERT,KEY|FILE",
      description = "Show this certificate to a server that asks for one: PEM files, or PKCS#12.")
  private String identity;

  @Option(
      names = "--target-cert-password-file",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = "The first line of FILE is the password of the PKCS#12 file.")
  private Path passwordFile;

  @Option(
      names = "--target-alpn",
      paramLabel = "NAME",
      split = ",",
      description = "Offer the application protocol NAME (ALPN). Repeatable, the best first.")
  private List<String> protocols = List.of();

  /** How to speak TLS with the target; null for plain connections. */
  ClientTls tls() throws Failures.NotStarted {
    if (!wanted) {
      refuse("--target-ca", authorities != null);
      refuse("--target-insecure", insecure);
      refuse("--target-name", name != null);
      refuse("--target-cert", identity != null);
      refuse("--target-alpn", !protocols.isEmpty());
      refuse("--target-cert-password-file", passwordFile != null);
      return null;
    }
    if (insecure && authorities != null) {
      throw wrong("--target-insecure and --target-ca cannot be combined");
    }
    if (passwordFile != null && identity == null) {
      throw wrong("--target-cert-password-file is only valid with --target-cert");
    }
    if (name != null && !ListenTlsOptions.HOST_NAME.matcher(name).matches()) {
      throw wrong("--target-name: found \"" + name
          + "\", expected the name in the server's certificate, such as db.example");
    }
    if (protocols.contains("")) {
      throw wrong("--target-alpn: found nothing, expected a protocol such as h2");
    }
    ClientTls tls = ClientTls.create().withName(name).withProtocols(protocols);
    if (authorities != null) {
      tls = tls.withAuthorities(TlsFiles.certificates("--target-ca", authorities));
    }
    if (identity != null) {
      if (identity.isEmpty()) {
        throw wrong("--target-cert: found nothing, expected CERT.pem,KEY.pem, or a PKCS#12 file");
      }
      tls = tls.withIdentity(TlsFiles.identity("--target-cert", identity, passwordFile));
    }
    if (insecure) {
      LoggerFactory.getLogger(TargetTlsOptions.class)
          .warn("--target-insecure: the server's certificate is not checked, so anybody in between"
              + " can read and change everything");
      tls = tls.withoutChecks();
    }
    return tls;
  }

  /** The name that the server's certificate has. */
  String nameOf(HostPort target) {
    return name == null ? target.host() : name;
  }

  private void refuse(String option, boolean given) {
    if (given) {
      throw wrong(option + " is only valid with --target-tls");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
