package io.tracestream.cli;

import io.tracestream.tls.Authority;
import io.tracestream.tls.ClientTls;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.crypto.SecretKey;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the secrets of TLS connections to a file, for Wireshark to decrypt captures with: a line
 * {@code LABEL CLIENT_RANDOM SECRET} for each, as browsers write them for {@code SSLKEYLOGFILE}.
 *
 * <p>The JDK has no API for them, so they are read from the private fields of its handshake, in
 * {@code sun.security.ssl}: the manifest of the jar opens that package. A handshake has two maps,
 * in which it looks up each message that comes and each that is to be sent. Each secret can be seen
 * at one of these moments, so both maps are replaced by others that look then. {@link #open} tries
 * this out with the JDK at hand.
 *
 * <p>Threads: any. Handshakes wait for the file, all others do not notice.
 */
final class TlsKeyLog implements Consumer<SSLEngine> {
  private static final Logger LOG = LoggerFactory.getLogger(TlsKeyLog.class);

  private static final String LAST_OF_CLIENT = "TlsClientAppTrafficSecret";
  private static final String LAST_OF_SERVER = "TlsServerAppTrafficSecret";
  /** What the JDK calls a secret, and what a key log calls it. */
  private static final Map<String, String> LABELS = Map.of(
      "TlsMasterSecret",
      "CLIENT_RANDOM",
      "TlsClientHandshakeTrafficSecret",
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
      "TlsServerHandshakeTrafficSecret",
      "SERVER_HANDSHAKE_TRAFFIC_SECRET",
      LAST_OF_CLIENT,
      "CLIENT_TRAFFIC_SECRET_0",
      LAST_OF_SERVER,
      "SERVER_TRAFFIC_SECRET_0");
  /** How many secrets a connection has, by version. */
  private static final Map<String, Integer> SECRETS = Map.of("TLSv1.2", 1, "TLSv1.3", 4);

  /** Bytes, more than a handshake of the trial sends at a time. */
  private static final int ROOM = 64 * 1024;

  private final Lines lines;

  /** Where lines go. */
  private interface Lines {
    void add(String line) throws IOException;
  }

  private TlsKeyLog(Lines lines) {
    this.lines = lines;
  }

  /**
   * Opens a key log, and appends to an earlier one.
   *
   * @throws Failures.NotStarted if that fails, or this JDK does not show its secrets
   */
  static TlsKeyLog open(Path file) throws Failures.NotStarted {
    try {
      tryOut();
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      throw new Failures.NotStarted("--tls-keylog: Java " + Runtime.version()
          + " does not show the secrets of TLS: " + Failures.reason(e)
          + "; start ts-proxy.jar with java -jar, and with Java 17, 21 or 25");
    }
    try {
      FileChannel channel = WholeFile.append(file);
      LOG.warn("--tls-keylog: whoever reads {} can decrypt the connections", file);
      return new TlsKeyLog(line -> channel.write(StandardCharsets.US_ASCII.encode(line)));
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--tls-keylog", file, e));
    }
  }

  /** Follows the handshake that an engine is about to begin. */
  @Override
  public void accept(SSLEngine engine) {
    try {
      follow(engine);
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      missed(e);
    }
  }

  private void follow(SSLEngine engine) throws IOException, ReflectiveOperationException {
    engine.beginHandshake();
    Object handshake = get(get(engine, "conContext"), "handshakeContext");
    Set<String> known = new HashSet<>();
    for (String name : List.of("handshakeConsumers", "handshakeProducers")) {
      Field messages = field(handshake, name);
      messages.set(
          handshake,
          new Messages((Map<?, ?>) messages.get(handshake), () -> look(handshake, known)));
    }
  }

  /** A map of a handshake that looks before each message. */
  private static final class Messages extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1;
    private final transient Runnable look;

    private Messages(Map<?, ?> before, Runnable look) {
      super(before);
      this.look = look;
    }

    @Override
    public Object get(Object key) {
      look.run();
      return super.get(key);
    }

    @Override
    public Object remove(Object key) {
      look.run();
      return super.remove(key);
    }
  }

  /** Writes the secrets that a handshake has by now, except for those that are known already. */
  private void look(Object handshake, Set<String> known) {
    try {
      for (String name : List.of("baseReadSecret", "baseWriteSecret")) {
        add(handshake, (SecretKey) get(handshake, name), known);
      }
      if (known.contains(LAST_OF_CLIENT) != known.contains(LAST_OF_SERVER)) {
        // Each side uses one of the last two secrets before its last message, and the other after.
        Object last = get(handshake, "handshakeKeyDerivation");
        add(handshake, derive(last, LAST_OF_CLIENT), known);
        add(handshake, derive(last, LAST_OF_SERVER), known);
      }
      Object session = get(handshake, "handshakeSession");
      if (session != null) {
        add(handshake, (SecretKey) get(session, "masterSecret"), known);
      }
    } catch (ReflectiveOperationException | RuntimeException | IOException e) {
      missed(e);
    }
  }

  private void add(Object handshake, SecretKey secret, Set<String> known)
      throws ReflectiveOperationException, IOException {
    String label = secret == null ? null : LABELS.get(secret.getAlgorithm());
    if (label != null && known.add(secret.getAlgorithm())) {
      byte[] random = (byte[]) get(get(handshake, "clientHelloRandom"), "randomBytes");
      HexFormat hex = HexFormat.of();
      lines.add(
          label + " " + hex.formatHex(random) + " " + hex.formatHex(secret.getEncoded()) + "\n");
    }
  }

  private static void missed(Exception e) {
    LOG.warn("--tls-keylog: the secrets of a connection are missing: {}", Failures.reason(e));
  }

  // What is private to the JDK.

  private static SecretKey derive(Object derivation, String name)
      throws ReflectiveOperationException {
    for (Method method : derivation.getClass().getDeclaredMethods()) {
      if (method.getName().equals("deriveKey")) {
        method.setAccessible(true);
        return (SecretKey)
            (method.getParameterCount() == 1 // from Java 25 on
                ? method.invoke(derivation, name)
                : method.invoke(derivation, name, null));
      }
    }
    throw new NoSuchMethodException("deriveKey");
  }

  private static Object get(Object of, String name) throws ReflectiveOperationException {
    return field(of, name).get(of);
  }

  private static Field field(Object of, String name) throws NoSuchFieldException {
    for (Class<?> each = of.getClass(); each != null; each = each.getSuperclass()) {
      for (Field field : each.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(name);
  }

  // The trial.

  /** Sees to it that both sides of a handshake show all secrets, and the same ones. */
  private static void tryOut() throws IOException, ReflectiveOperationException {
    Authority authority = Authority.create();
    ServerTls tls = ServerTls.of(authority.identity(List.of("localhost")));
    ClientTls other = ClientTls.create().withAuthorities(List.of(authority.certificate()));
    for (String version : tls.context().getDefaultSSLParameters().getProtocols()) {
      SSLEngine server = tls.engine(offered -> "");
      SSLEngine client = other.engine("localhost", 0, List.of());
      client.setEnabledProtocols(new String[] {version});
      Set<String> ofServer = new HashSet<>();
      Set<String> ofClient = new HashSet<>();
      new TlsKeyLog(ofServer::add).follow(server);
      new TlsKeyLog(ofClient::add).follow(client);
      shakeHands(client, server);
      if (!ofClient.equals(ofServer) || !SECRETS.get(version).equals(ofClient.size())) {
        throw new SSLException("found " + ofClient.size() + " and " + ofServer.size()
            + " secrets of " + version + ", expected " + SECRETS.get(version));
      }
    }
  }

  private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(ROOM).flip();
    ByteBuffer toClient = ByteBuffer.allocate(ROOM).flip();
    boolean goesOn = true;
    while (goesOn) {
      goesOn = step(client, toClient, toServer);
      goesOn = step(server, toServer, toClient) || goesOn;
    }
  }

  private static boolean step(SSLEngine its, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (its.getHandshakeStatus()) {
      case NEED_TASK -> its.getDelegatedTask().run();
      case NEED_WRAP -> {
        out.compact();
        its.wrap(ByteBuffer.allocate(0), out);
        out.flip();
      }
      case NEED_UNWRAP -> {
        if (!in.hasRemaining()) {
          return false;
        }
        its.unwrap(in, ByteBuffer.allocate(0));
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
