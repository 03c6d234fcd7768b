/**
 * Keys, certificates and trust for connections that are protected with TLS 1.2 or 1.3.
 *
 * <p>A {@link io.tracestream.tls.ServerTls} says how a listener speaks TLS: it has an
 * {@link io.tracestream.tls.Identity}, a private key with its certificates, and may require a
 * certificate of each client. A {@link io.tracestream.tls.ClientTls} says how a target is connected
 * to: whom it trusts, under which name, and with which identity of its own. Both also take an
 * {@code SSLContext} that a program has already.
 *
 * <p>An {@link io.tracestream.tls.Authority} makes identities on the spot, for tests and for
 * clients that can be told to trust it.
 *
 * <p>Everything here is immutable and safe for any thread. Files are read once, and an error names
 * the file. Needs nothing but the JDK, logs nothing, and opens no connections.
 */
@NullMarked
package io.tracestream.tls;

import org.jspecify.annotations.NullMarked;
