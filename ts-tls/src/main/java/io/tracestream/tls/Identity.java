package io.tracestream.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * Who one side of a connection is: a private key, and the certificates that vouch for it.
 * Immutable.
 */
public final class Identity {
  private static final char[] NO_PASSWORD = {};

  private final PrivateKey key;
  private final X509Certificate[] chain;

  private Identity(PrivateKey key, X509Certificate[] chain) {
    this.key = key;
    this.chain = chain;
  }

  /**
   * An identity that was made here.
   *
   * @param key the private key of the first certificate
   * @param chain the certificate of the key, and those that signed it, each by the next
   */
  static Identity of(PrivateKey key, X509Certificate... chain) {
    return new Identity(key, chain);
  }

  /**
   * Reads an identity from PEM files, which may be one and the same.
   *
   * @param certificates the certificate of the key, followed by those that signed it, if any, in
   *     any order
   * @param key a private key that is not encrypted: PKCS#8, PKCS#1 or SEC 1
   * @return the identity
   * @throws IOException if a file cannot be read, the key is encrypted or belongs to another
   *     certificate, or the certificate has expired; the message names the file
   */
  public static Identity ofPem(Path certificates, Path key) throws IOException {
    List<X509Certificate> chain = inOrder(Pem.certificates(certificates));
    Identity identity = of(Pem.privateKey(key), chain.toArray(X509Certificate[]::new));
    identity.check(certificates, key);
    return identity;
  }

  /** The first certificate, and each that signed the one before it. */
  private static List<X509Certificate> inOrder(List<X509Certificate> found) {
    List<X509Certificate> others = new ArrayList<>(found);
    List<X509Certificate> chain = new ArrayList<>();
    X509Certificate next = others.remove(0);
    while (next != null) {
      X509Certificate last = next;
      chain.add(last);
      next = others.stream()
          .filter(one -> one.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
          .findFirst()
          .orElse(null);
      others.remove(next);
    }
    return chain;
  }

  /**
   * Reads an identity from a PKCS#12 file.
   *
   * @param file holds one private key and its certificates
   * @param password of the file and of its key; empty for none
   * @return the identity
   * @throws IOException if the file cannot be read, has no private key or more than one, or its
   *     certificate has expired; or if the password is wrong; the message names the file
   */
  public static Identity ofPkcs12(Path file, char[] password) throws IOException {
    byte[] content = Pem.read(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      List<String> keys = Collections.list(store.aliases()).stream()
          .filter(alias -> isKey(store, alias))
          .toList();
      if (keys.size() != 1) {
        throw new IOException(file + ": holds " + keys.size()
            + " private keys; it must hold one, with its certificate");
      }
      Certificate[] chain = store.getCertificateChain(keys.get(0));
      Identity identity = of(
          (PrivateKey) store.getKey(keys.get(0), password),
          Stream.of(chain).toArray(X509Certificate[]::new));
      identity.check(file, file);
      return identity;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + ": cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      if (e.getCause() instanceof UnrecoverableKeyException) {
        throw new IOException(file + ": the password is wrong", e);
      }
      boolean isOurs = String.valueOf(e.getMessage()).startsWith(file.toString());
      throw isOurs ? e : new IOException(file + ": is neither a PEM nor a PKCS#12 file", e);
    }
  }

  /**
   * Reads an identity from one file of either kind.
   *
   * @param file PEM with a certificate and a private key, or PKCS#12
   * @param password of a PKCS#12 file; empty for none
   * @return the identity
   * @throws IOException as {@link #ofPem} and {@link #ofPkcs12}
   */
  public static Identity of(Path file, char[] password) throws IOException {
    return Pem.isPem(Pem.read(file)) ? ofPem(file, file) : ofPkcs12(file, password);
  }

  private static boolean isKey(KeyStore store, String alias) {
    try {
      return store.isKeyEntry(alias) && store.getCertificateChain(alias) != null;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Refuses what no peer could accept. */
  private void check(Path certificates, Path keyFile) throws IOException {
    try {
      chain[0].checkValidity();
    } catch (CertificateExpiredException e) {
      throw new IOException(
          certificates + ": the certificate expired on "
              + chain[0].getNotAfter().toInstant() + "; make a new one",
          e);
    } catch (CertificateNotYetValidException e) {
      throw new IOException(
          certificates + ": the certificate is valid only from "
              + chain[0].getNotBefore().toInstant() + " on",
          e);
    }
    if (!isKeyOf(chain[0].getPublicKey())) {
      throw new IOException(keyFile
          + ": this private key does not belong to the first certificate in " + certificates);
    }
  }

  private boolean isKeyOf(PublicKey other) {
    String algorithm = key.getAlgorithm();
    if (!algorithm.equals(other.getAlgorithm())) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(
          switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "DSA" -> "SHA256withDSA";
            default -> algorithm;
          });
      signature.initSign(key);
      signature.update(chain[0].getEncoded());
      byte[] signed = signature.sign();
      signature.initVerify(other);
      signature.update(chain[0].getEncoded());
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * The certificate of the key.
   *
   * @return the first one
   */
  public X509Certificate certificate() {
    return chain[0];
  }

  KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", key, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }
}
