package io.tracestream.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * A certificate authority that is made on the spot and lives in memory: whoever trusts its
 * certificate trusts the identities that it makes. Its private key is never written anywhere.
 *
 * <p>Certificates are X.509 version 3 (RFC 5280) with ECDSA keys on the curve P-256.
 */
public final class Authority {
  private static final Duration BEFORE = Duration.ofHours(1);
  /** More would be refused by some clients. */
  private static final Duration VALID = Duration.ofDays(365);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String NAME = "Trace Stream ";
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final byte[] TRUE = Der.value(Der.BOOLEAN, new byte[] {(byte) 0xff});
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private final SecureRandom random = new SecureRandom();
  private final KeyPair keys;
  private final byte[] name;
  private final X509Certificate certificate;

  private Authority() throws GeneralSecurityException {
    keys = newKeys();
    BigInteger number = newNumber();
    // Each has a name of its own, as clients look authorities up by name.
    name = name(NAME + number.toString(16).substring(0, 8));
    certificate = sign(
        number,
        name,
        keys.getPublic(),
        List.of(
            extension("2.5.29.19", true, Der.sequence(TRUE)), // is an authority
            extension("2.5.29.15", true, usage(1, 0x06)))); // signs certificates and lists
  }

  /**
   * Makes an authority, valid for a year.
   *
   * @return the authority
   */
  public static Authority create() {
    try {
      return new Authority();
    } catch (GeneralSecurityException e) {
      throw unexpected(e);
    }
  }

  /** All that is used is part of every Java. */
  private static IllegalStateException unexpected(GeneralSecurityException e) {
    return new IllegalStateException("cannot make a certificate: " + e.getMessage(), e);
  }

  /**
   * Makes an identity with a new key, valid for a year, for a server or a client.
   *
   * @param names the host names and IP addresses that it is valid for, at least one; the first is
   *     also the name of its holder
   * @return the identity
   * @throws IllegalArgumentException if there is no name
   */
  public Identity identity(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: at least one is needed");
    }
    try {
      KeyPair its = newKeys();
      List<byte[]> all = new ArrayList<>();
      for (String one : names) {
        all.add(alternative(one));
      }
      X509Certificate signed = sign(
          newNumber(),
          name(names.get(0)),
          its.getPublic(),
          List.of(
              extension("2.5.29.19", true, Der.sequence()), // is not an authority
              extension("2.5.29.15", true, usage(7, 0x80)), // signs handshakes
              extension(
                  "2.5.29.37", // for servers and for clients
                  false,
                  Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"), Der.oid("1.3.6.1.5.5.7.3.2"))),
              extension("2.5.29.17", false, Der.sequence(all.toArray(byte[][]::new)))));
      PrivateKey key = its.getPrivate();
      return Identity.of(key, signed, certificate);
    } catch (GeneralSecurityException e) {
      throw unexpected(e);
    }
  }

  /**
   * What peers have to trust.
   *
   * @return the certificate of the authority itself
   */
  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * Writes the certificate that peers have to trust, as PEM. It holds no secret.
   *
   * @param file where to; an earlier file is replaced
   * @throws IOException if it cannot be written
   */
  public void writeTo(Path file) throws IOException {
    try {
      String base64 =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      Files.writeString(
          file,
          "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n",
          StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw unexpected(e);
    }
  }

  /**
   * Whether a file holds what {@link #writeTo} wrote, and nothing that would be missed.
   *
   * @param file an existing file
   * @return false for anything else
   * @throws IOException if it cannot be read
   */
  public static boolean isWrittenTo(Path file) throws IOException {
    byte[] content = Pem.read(file);
    if (!Pem.isPem(content) || new String(content, StandardCharsets.ISO_8859_1).contains(" KEY")) {
      return false;
    }
    try {
      List<X509Certificate> found = Pem.certificates(file);
      return found.size() == 1
          && found.get(0).getSubjectX500Principal().getName().startsWith("CN=" + NAME);
    } catch (IOException e) {
      return false;
    }
  }

  private KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private BigInteger newNumber() {
    return new BigInteger(126, random).setBit(126);
  }

  private X509Certificate sign(
      BigInteger number, byte[] subject, PublicKey key, List<byte[]> extensions)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    List<byte[]> all = new ArrayList<>(extensions);
    all.add(extension("2.5.29.14", false, Der.value(Der.OCTET_STRING, keyId(key))));
    all.add(
        extension("2.5.29.35", false, Der.sequence(Der.value(Der.FIELD, keyId(keys.getPublic())))));
    byte[] content = Der.sequence(
        Der.value(Der.NESTED_FIELD, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(number),
        ECDSA_WITH_SHA256,
        name,
        Der.sequence(time(now.minus(BEFORE)), time(now.plus(VALID))),
        subject,
        key.getEncoded(),
        Der.value(Der.NESTED_FIELD | 3, Der.sequence(all.toArray(byte[][]::new))));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(content);
    byte[] signed = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(signed));
  }

  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
  }

  /** RFC 5280 wants another type for years before 2050, which all clients know. */
  private static byte[] time(Instant at) {
    String text = TIME.format(at);
    return text.compareTo("2050") < 0
        ? Der.text(0x17, text.substring(2))
        : Der.text(Der.GENERALIZED_TIME, text);
  }

  private static byte[] name(String common) {
    String first = common.length() > 64 ? common.substring(0, 64) : common;
    return Der.sequence(
        Der.value(Der.SET, Der.sequence(Der.oid("2.5.4.3"), Der.text(Der.UTF8_STRING, first))));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    byte[] content = Der.value(Der.OCTET_STRING, value);
    return critical
        ? Der.sequence(Der.oid(oid), TRUE, content)
        : Der.sequence(Der.oid(oid), content);
  }

  private static byte[] usage(int unusedBits, int bits) {
    return Der.value(Der.BIT_STRING, new byte[] {(byte) unusedBits, (byte) bits});
  }

  private static byte[] alternative(String name) {
    byte[] address = Names.addressOf(name);
    return address == null
        ? Der.text(Der.FIELD | DNS_NAME, name)
        : Der.value(Der.FIELD | IP_ADDRESS, address);
  }
}
