package io.tracestream.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificates to trust. */
public final class Certificates {
  private Certificates() {}

  /**
   * Reads certificates from a PEM file.
   *
   * @param file holds one {@code -----BEGIN CERTIFICATE-----} or more; other blocks are skipped
   * @return at least one, in the order of the file
   * @throws IOException if the file cannot be read, has none, or has a damaged one; the message
   *     names it
   */
  public static List<X509Certificate> ofPem(Path file) throws IOException {
    return List.copyOf(Pem.certificates(file));
  }

  /** What trusts these, and what they have signed. */
  static TrustManager[] trustManagers(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      trusted.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }
}
