package io.tracestream.cli;

import io.tracestream.tls.Certificates;
import io.tracestream.tls.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads the files that the options of TLS name. */
final class TlsFiles {
  private TlsFiles() {}

  /**
   * An identity.
   *
   * @param option what named it, for messages
   * @param value CERT,KEY or a single file
   * @param passwordFile its first line is the password of a PKCS#12 file; null for none
   */
  static Identity identity(String option, String value, Path passwordFile)
      throws Failures.NotStarted {
    try {
      int comma = value.indexOf(',');
      if (comma >= 0) {
        return Identity.ofPem(path(value.substring(0, comma)), path(value.substring(comma + 1)));
      }
      return Identity.of(path(value), password(option, passwordFile));
    } catch (IOException e) {
      throw new Failures.NotStarted(option + ": " + Failures.reason(e)
          + (isWrongPassword(e)
              ? "; " + option + "-password-file names the file that it is in"
              : ""));
    }
  }

  private static Path path(String name) throws IOException {
    try {
      return Arguments.path(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("\"" + name + "\" is not the name of a file", e);
    }
  }

  private static boolean isWrongPassword(IOException e) {
    return e.getCause() != null && e.getCause().getCause() instanceof UnrecoverableKeyException;
  }

  private static char[] password(String option, Path file) throws Failures.NotStarted {
    if (file == null) {
      return new char[0];
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("").toCharArray();
    } catch (IOException e) {
      throw new Failures.NotStarted(option + "-password-file: " + Failures.reason(e));
    }
  }

  static List<X509Certificate> certificates(String option, Path file) throws Failures.NotStarted {
    try {
      return Certificates.ofPem(file);
    } catch (IOException e) {
      throw new Failures.NotStarted(option + ": " + Failures.reason(e));
    }
  }
}
