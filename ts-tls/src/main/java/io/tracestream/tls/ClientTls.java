package io.tracestream.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS with a target. Immutable: each {@code with} method returns a changed copy.
 *
 * <p>A name is sent to the target (SNI, RFC 6066), and the target's certificate must be valid for
 * it: by default the host that is connected to.
 */
public final class ClientTls implements Cloneable {
  // Set only before the object is published, except for the context.
  private @Nullable List<X509Certificate> authorities;
  private boolean insecure;
  private @Nullable Identity identity;
  private @Nullable String name;
  private List<String> protocols = List.of();
  private Consumer<SSLEngine> listener = engine -> {};
  /** Whether the context is a program's own. */
  private boolean isGiven;
  /** Made when it is first needed. Guarded by this. */
  private @Nullable SSLContext context;

  private ClientTls() {}

  /**
   * TLS 1.2 and 1.3, with the certificates that this Java trusts, and without a certificate of our
   * own.
   *
   * @return the configuration
   */
  public static ClientTls create() {
    return new ClientTls();
  }

  /**
   * What a program has set up already. Its trust and identity cannot be changed afterwards.
   *
   * @param context trusts the target
   * @return the configuration; {@link #withAuthorities}, {@link #withoutChecks} and
   *     {@link #withIdentity} throw an IllegalStateException
   */
  public static ClientTls of(SSLContext context) {
    ClientTls made = new ClientTls();
    made.context = Objects.requireNonNull(context, "context");
    made.isGiven = true;
    return made;
  }

  private ClientTls with(boolean newContext, Consumer<ClientTls> change) {
    if (newContext && isGiven) {
      throw new IllegalStateException(
          "trust and identity are those of the SSLContext: set them there");
    }
    try {
      ClientTls copy = (ClientTls) clone();
      synchronized (this) {
        copy.context = newContext ? null : context;
      }
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Trusts other certificates than those that this Java trusts.
   *
   * @param trusted the target's certificate must be one of these or be signed by one
   * @return the changed copy
   * @throws IllegalArgumentException if there is none
   */
  public ClientTls withAuthorities(List<X509Certificate> trusted) {
    if (trusted.isEmpty()) {
      throw new IllegalArgumentException("authorities: at least one is needed");
    }
    return with(true, copy -> {
      copy.authorities = List.copyOf(trusted);
      copy.insecure = false;
    });
  }

  /**
   * Trusts any certificate, for any name: whoever is between the two sides can read and change
   * everything.
   *
   * @return the changed copy
   */
  public ClientTls withoutChecks() {
    return with(true, copy -> copy.insecure = true);
  }

  /**
   * Shows a certificate to targets that ask for one.
   *
   * @param ours who we are
   * @return the changed copy
   */
  public ClientTls withIdentity(Identity ours) {
    Objects.requireNonNull(ours, "identity");
    return with(true, copy -> copy.identity = ours);
  }

  /**
   * Sets the name of the target.
   *
   * @param other the host name to send and to find in the certificate, or an IP address, which is
   *     not sent; null for the host that is connected to
   * @return the changed copy
   */
  public ClientTls withName(@Nullable String other) {
    return with(false, copy -> copy.name = other);
  }

  /**
   * Offers application protocols (ALPN, RFC 7301).
   *
   * @param offered their names, the best first; empty for none. A proxy offers those of its client
   *     instead, if that has offered some
   * @return the changed copy
   */
  public ClientTls withProtocols(List<String> offered) {
    return with(false, copy -> copy.protocols = List.copyOf(offered));
  }

  /**
   * Shows each engine to a program before its handshake begins, for example to read from it later.
   *
   * @param other called on the thread of a connection, so it must return at once
   * @return the changed copy
   */
  public ClientTls withEngineListener(Consumer<SSLEngine> other) {
    Objects.requireNonNull(other, "listener");
    return with(false, copy -> copy.listener = other);
  }

  /**
   * For blocking sockets, as its {@code getSocketFactory()} makes them; set
   * {@link #parameters(String)} for these.
   *
   * @return the context
   */
  public synchronized SSLContext context() {
    if (context == null) {
      context = newContext();
    }
    return context;
  }

  private SSLContext newContext() {
    try {
      SSLContext made = SSLContext.getInstance("TLS");
      TrustManager[] trust = insecure
          ? new TrustManager[] {new TrustsAll()}
          : authorities == null ? null : Certificates.trustManagers(authorities);
      made.init(identity == null ? null : identity.keyManagers(), trust, null);
      return made;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot set up TLS: " + e.getMessage(), e);
    }
  }

  /**
   * The parameters of a connection.
   *
   * @param host the host that is connected to
   * @return new ones
   */
  public SSLParameters parameters(String host) {
    SSLParameters parameters = ServerTls.parametersOf(context());
    String its = nameOf(host);
    if (!insecure) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (Names.addressOf(its) == null) {
      parameters.setServerNames(serverNames(its));
    }
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    return parameters;
  }

  /** What to send as the name of the target; empty if TLS cannot send it. */
  private static List<SNIServerName> serverNames(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host; // RFC 6066
    try {
      // From bytes: as a string it may not have an underscore, nor as bytes from Java 25 on.
      return List.of(new SNIHostName(name.getBytes(StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /**
   * The name that the target's certificate must have.
   *
   * @param host the host that is connected to
   * @return that host, or the name that was set
   */
  public String nameOf(String host) {
    return name == null ? host : name;
  }

  /**
   * An engine for one connection.
   *
   * @param host the host that is connected to
   * @param port its port
   * @param offered application protocols to offer; empty for those of this configuration
   * @return a new one, in client mode
   */
  public SSLEngine engine(String host, int port, List<String> offered) {
    SSLEngine engine = context().createSSLEngine(nameOf(host), port);
    engine.setUseClientMode(true);
    SSLParameters parameters = parameters(host);
    if (!offered.isEmpty()) {
      parameters.setApplicationProtocols(offered.toArray(String[]::new));
    }
    engine.setSSLParameters(parameters);
    listener.accept(engine);
    return engine;
  }

  /** Only a trust manager of this kind is not checked by the JDK as well. */
  private static final class TrustsAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
