package io.tracestream.engine;

import java.io.IOException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says why TLS failed, in words for whoever set it up: the JDK's are for whoever wrote it. */
final class TlsFailure {
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

  /** Java 21 and later put the alert that they send before the message. */
  private static final Pattern ALERT_SENT = Pattern.compile("^\\(\\w+\\) ");

  private TlsFailure() {}

  /** What the JDK throws for an alert that has come encrypted (RFC 8446, section 6). */
  static SSLException ofAlert(int alert) {
    String name =
        switch (alert) {
          case 10 -> "unexpected_message";
          case 40 -> "handshake_failure";
          case 42 -> "bad_certificate";
          case 43 -> "unsupported_certificate";
          case 44 -> "certificate_revoked";
          case 45 -> "certificate_expired";
          case 46 -> "certificate_unknown";
          case 47 -> "illegal_parameter";
          case 48 -> "unknown_ca";
          case 50 -> "decode_error";
          case 51 -> "decrypt_error";
          case 70 -> "protocol_version";
          case 80 -> "internal_error";
          case 112 -> "unrecognized_name";
          case 116 -> "certificate_required";
          case 120 -> "no_application_protocol";
          default -> Integer.toString(alert);
        };
    return new SSLException("Received fatal alert: " + name);
  }

  /** What went wrong, as a clause about the peer, and perhaps what to do. */
  static Ending ending(Ending.Kind kind, String before, IOException e, boolean isClient) {
    String message = ALERT_SENT.matcher(Channels.problem(e)).replaceFirst("");
    Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      String name = alert.group(1);
      return new Ending(kind, before + "it sent the alert " + name, adviceOn(name, isClient));
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return new Ending(
            kind,
            before + "its certificate is not valid today: " + text,
            "renew it, or correct the clock");
      }
      if (cause instanceof CertPathValidatorException && cause.getCause() == null
          || text.contains("unable to find valid certification path")) {
        return new Ending(
            kind,
            before + "its certificate is not trusted: no authority known here has signed it",
            isClient
                ? "sign it with an authority of --listen-client-ca"
                : "name its authority with --target-ca");
      }
      if (text.startsWith("No subject alternative") || text.startsWith("No name matching")) {
        return new Ending(
            kind,
            before + "its certificate is for another name: " + text,
            "give the name in the certificate with --target-name");
      }
    }
    if (message.startsWith("Empty client certificate chain")) {
      return new Ending(
          kind, before + "it sent no certificate", "give it one, as --listen-client-ca requires");
    }
    if (message.startsWith("it does not speak TLS")) {
      return new Ending(
          kind,
          before + message,
          isClient ? "let it use TLS, or leave out --listen-tls" : "leave out --target-tls");
    }
    return new Ending(kind, before + message);
  }

  private static String adviceOn(String alert, boolean isClient) {
    return switch (alert.toLowerCase(Locale.ROOT)) {
      case "unknown_ca", "bad_certificate", "certificate_unknown", "certificate_expired" ->
        isClient
            ? "it does not trust our certificate: give it the authority that signed it"
            : "it does not trust our certificate, or wants one: give one with --target-cert";
      case "certificate_required" -> "it wants a certificate of ours: give one with --target-cert";
      case "handshake_failure" ->
        isClient
            ? "it has no cipher or curve in common with our key"
            : "it may want a certificate of ours (--target-cert), or has no cipher in common with us";
      case "protocol_version" -> "it wants a version of TLS other than 1.2 and 1.3";
      case "no_application_protocol" -> "it knows none of the application protocols offered";
      case "unrecognized_name" ->
        "it does not know the name we sent: give another with --target-name";
      default -> "";
    };
  }
}
