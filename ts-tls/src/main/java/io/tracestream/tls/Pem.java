package io.tracestream.tls;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in files as OpenSSL writes them (RFC 7468). */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*\n(.*?)-----END \\1-----", Pattern.DOTALL);
  /** Larger files hold something else. */
  private static final long LARGEST = 16 * 1024 * 1024;

  private static final String[] KEY_TYPES = {"RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA"};

  private record Block(String label, String base64) {}

  private Pem() {}

  static boolean isPem(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
  }

  static byte[] read(Path file) throws IOException {
    try {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": is a folder; name a file in it");
      }
      if (Files.size(file) > LARGEST) {
        throw new IOException(file + ": is too large for certificates or keys");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw (IOException) new FileNotFoundException(file + ": there is no such file").initCause(e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": cannot be read: permission denied", e);
    }
  }

  private static List<Block> blocks(byte[] file) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  /** All certificates in a file, at least one. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(read(file))) {
      if (block.label.equals("CERTIFICATE") || block.label.equals("TRUSTED CERTIFICATE")) {
        found.add(certificate(file, block));
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          file + ": holds no certificate, which begins with -----BEGIN CERTIFICATE-----");
    }
    return found;
  }

  private static X509Certificate certificate(Path file, Block block) throws IOException {
    try {
      return (X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(bytes(file, block)));
    } catch (CertificateException e) {
      throw new IOException(file + ": holds a damaged certificate: " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file, Block block) throws IOException {
    try {
      return Base64.getMimeDecoder().decode(block.base64);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          file + ": -----BEGIN " + block.label + "----- is not followed by base64", e);
    }
  }

  /** The first private key in a file. */
  static PrivateKey privateKey(Path file) throws IOException {
    for (Block block : blocks(read(file))) {
      if (block.label.endsWith("PRIVATE KEY")) {
        return privateKey(file, block);
      }
    }
    throw new IOException(
        file + ": holds no private key, which begins with -----BEGIN PRIVATE KEY-----");
  }

  private static PrivateKey privateKey(Path file, Block block) throws IOException {
    if (block.label.startsWith("ENCRYPTED") || block.base64.contains("ENCRYPTED")) {
      throw new IOException(file
          + ": the private key is encrypted; decrypt it with: openssl pkey -in FILE -out PLAIN,"
          + " or use a PKCS#12 file with a password");
    }
    byte[] der = bytes(file, block);
    try {
      return switch (block.label) {
        case "PRIVATE KEY" -> fromPkcs8(der);
        case "RSA PRIVATE KEY" ->
          fromPkcs8(wrapped(Der.sequence(Der.oid("1.2.840.113549.1.1.1"), Der.value(0x05)), der));
        case "EC PRIVATE KEY" ->
          fromPkcs8(wrapped(Der.sequence(Der.oid("1.2.840.10045.2.1"), curve(der)), der));
        default -> throw new InvalidKeySpecException("unknown kind " + block.label);
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          file + ": the private key cannot be read: " + e.getMessage()
              + "; convert it with: openssl pkcs8 -topk8 -nocrypt -in FILE -out NEW",
          e);
    }
  }

  /** A key of an older format (RFC 8017 and RFC 5915), as PKCS#8 (RFC 5958) holds it. */
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return Der.sequence(Der.integer(BigInteger.ZERO), algorithm, Der.value(Der.OCTET_STRING, key));
  }

  /** The name of the curve, which is field 0 of an EC key. */
  private static byte[] curve(byte[] key) {
    ByteBuffer in = ByteBuffer.wrap(key);
    Der.enter(in);
    for (int fields = 0; fields < 2; fields++) { // version, private key
      int length = Der.enter(in);
      in.position(in.position() + length);
    }
    if (!in.hasRemaining() || (in.get(in.position()) & 0xff) != Der.NESTED_FIELD) {
      throw new IllegalArgumentException("it does not name its curve");
    }
    int length = Der.enter(in);
    return Arrays.copyOfRange(key, in.position(), in.position() + length);
  }

  private static PrivateKey fromPkcs8(byte[] der) throws GeneralSecurityException {
    for (String type : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // of another type
      }
    }
    throw new InvalidKeySpecException("it is damaged, or of a kind that this Java does not know");
  }
}
