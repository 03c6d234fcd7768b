package io.tracestream.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities in files that OpenSSL wrote; see make.sh beside them. */
class IdentityTest {
  @TempDir
  private Path dir;

  private static Path file(String name) {
    try {
      return Path.of(IdentityTest.class.getResource(name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String refusal(String certificate, String key) {
    return assertThrows(IOException.class, () -> Identity.ofPem(file(certificate), file(key)))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ec", "ed25519"})
  void keysOfAllKindsAreRead(String kind) throws Exception {
    Identity identity = Identity.ofPem(file(kind + ".crt"), file(kind + ".pkcs8"));
    assertEquals("CN=" + kind, identity.certificate().getSubjectX500Principal().getName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "ec"})
  void keysInTheOlderFormatsAreRead(String kind) throws Exception {
    Identity identity = Identity.ofPem(file(kind + ".crt"), file(kind + ".old"));
    assertEquals("CN=" + kind, identity.certificate().getSubjectX500Principal().getName());
  }

  @Test
  void oneFileMayHoldBoth() throws Exception {
    Path both = dir.resolve("both.pem");
    Files.writeString(both, Files.readString(file("ec.old")) + Files.readString(file("ec.crt")));
    assertEquals(
        "CN=ec",
        Identity.of(both, new char[0]).certificate().getSubjectX500Principal().getName());
  }

  @Test
  void aPkcs12FileIsReadWithItsPassword() throws Exception {
    Identity identity = Identity.of(file("rsa.p12"), "secret".toCharArray());
    assertEquals("CN=rsa", identity.certificate().getSubjectX500Principal().getName());
    Exception wrong =
        assertThrows(IOException.class, () -> Identity.of(file("rsa.p12"), "other".toCharArray()));
    assertEquals(file("rsa.p12") + ": the password is wrong", wrong.getMessage());
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    assertEquals(
        file("ec.pkcs8") + ": this private key does not belong to the first certificate in "
            + file("rsa.crt"),
        refusal("rsa.crt", "ec.pkcs8"));
    assertTrue(refusal("other.crt", "ec.pkcs8").contains("does not belong to"));
  }

  @Test
  void anEncryptedKeyIsRefused() {
    assertTrue(refusal("ec.crt", "encrypted.key")
        .startsWith(file("encrypted.key") + ": the private key is encrypted; decrypt it with: "));
  }

  @Test
  void anExpiredCertificateIsRefused() {
    assertEquals(
        file("expired.crt") + ": the certificate expired on 2001-01-01T00:00:00Z; make a new one",
        refusal("expired.crt", "ec.pkcs8"));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertTrue(refusal("ec.pkcs8", "ec.pkcs8")
        .endsWith("ec.pkcs8: holds no certificate, which begins with -----BEGIN CERTIFICATE-----"));
    assertTrue(refusal("ec.crt", "ec.crt")
        .endsWith("ec.crt: holds no private key, which begins with -----BEGIN PRIVATE KEY-----"));
    Path missing = dir.resolve("none.pem");
    Exception e = assertThrows(IOException.class, () -> Certificates.ofPem(missing));
    assertEquals(missing + ": there is no such file", e.getMessage());
  }

  @Test
  void neitherPemNorPkcs12IsRefused() throws Exception {
    Path text = Files.writeString(dir.resolve("a.txt"), "hello");
    Exception e = assertThrows(IOException.class, () -> Identity.of(text, new char[0]));
    assertEquals(text + ": is neither a PEM nor a PKCS#12 file", e.getMessage());
  }

  @Test
  void anAuthorityMakesIdentitiesForNamesAndAddresses() throws Exception {
    Authority authority = Authority.create();
    X509Certificate made =
        authority.identity(List.of("db.example.com", "127.0.0.1", "::1")).certificate();
    made.verify(authority.certificate().getPublicKey());
    assertEquals(
        List.of("db.example.com", "127.0.0.1", "0:0:0:0:0:0:0:1"),
        made.getSubjectAlternativeNames().stream().map(name -> name.get(1)).toList());
    assertEquals(-1, made.getBasicConstraints());
    assertTrue(authority.certificate().getBasicConstraints() >= 0);
  }

  @Test
  void theCertificateOfAnAuthorityIsReadAsItWasWritten() throws Exception {
    Authority authority = Authority.create();
    Path file = dir.resolve("ca.pem");
    authority.writeTo(file);
    assertArrayEquals(
        authority.certificate().getEncoded(), Certificates.ofPem(file).get(0).getEncoded());
  }
}
