package io.tracestream.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** How a listener speaks TLS with its clients. Immutable. */
public final class ServerTls {
  private final SSLContext context;
  private final SSLParameters parameters;
  private final Consumer<SSLEngine> listener;

  private ServerTls(SSLContext context, SSLParameters parameters, Consumer<SSLEngine> listener) {
    this.context = context;
    this.parameters = parameters;
    this.listener = listener;
  }

  /**
   * TLS 1.2 and 1.3, for any client.
   *
   * @param identity who the listener is
   * @return the configuration
   */
  public static ServerTls of(Identity identity) {
    SSLContext context = newContext(identity, null);
    return new ServerTls(context, parametersOf(context), engine -> {});
  }

  /**
   * TLS 1.2 and 1.3, only for clients with a certificate.
   *
   * @param identity who the listener is
   * @param clientAuthorities a client's certificate must be one of these or be signed by one
   * @return the configuration
   * @throws IllegalArgumentException if there is none
   */
  public static ServerTls of(Identity identity, List<X509Certificate> clientAuthorities) {
    if (clientAuthorities.isEmpty()) {
      throw new IllegalArgumentException("clientAuthorities: at least one is needed");
    }
    SSLContext context = newContext(identity, clientAuthorities);
    SSLParameters parameters = parametersOf(context);
    parameters.setNeedClientAuth(true);
    return new ServerTls(context, parameters, engine -> {});
  }

  /**
   * What a program has set up already.
   *
   * @param context has the identity of the listener
   * @param parameters such as the protocols and whether clients need a certificate; taken as they
   *     are now, except that application protocols are negotiated with each client
   * @return the configuration
   */
  public static ServerTls of(SSLContext context, SSLParameters parameters) {
    SSLEngine copier = context.createSSLEngine();
    copier.setSSLParameters(parameters);
    return new ServerTls(context, copier.getSSLParameters(), engine -> {});
  }

  /**
   * Shows each engine to a program before its handshake begins, for example to read from it later.
   *
   * @param other called on the thread of a connection, so it must return at once
   * @return the changed copy
   */
  public ServerTls withEngineListener(Consumer<SSLEngine> other) {
    return new ServerTls(context, parameters, Objects.requireNonNull(other, "listener"));
  }

  private static SSLContext newContext(
      Identity identity, @Nullable List<X509Certificate> authorities) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          Objects.requireNonNull(identity, "identity").keyManagers(),
          authorities == null ? null : Certificates.trustManagers(authorities),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot set up TLS: " + e.getMessage(), e);
    }
  }

  static SSLParameters parametersOf(SSLContext context) {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return parameters;
  }

  /**
   * For blocking sockets, as its {@code getServerSocketFactory()} makes them; set
   * {@link #parameters} for these.
   *
   * @return the context
   */
  public SSLContext context() {
    return context;
  }

  /**
   * The parameters of a connection.
   *
   * @return a copy
   */
  public SSLParameters parameters() {
    SSLEngine copier = context.createSSLEngine();
    copier.setSSLParameters(parameters);
    return copier.getSSLParameters();
  }

  /**
   * An engine for one connection.
   *
   * @param chooser takes the application protocols that the client offers (ALPN), and returns one
   *     of them; empty for none
   * @return a new one, in server mode
   */
  public SSLEngine engine(Function<List<String>, String> chooser) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(parameters);
    engine.setHandshakeApplicationProtocolSelector((same, offered) -> chooser.apply(offered));
    listener.accept(engine);
    return engine;
  }
}
