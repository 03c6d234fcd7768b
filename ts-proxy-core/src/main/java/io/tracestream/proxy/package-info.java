/**
 * A TCP proxy that forwards whole frames between clients and a target, and records them.
 *
 * <pre>
 *   var config = ProxyConfig.of(new InetSocketAddress("localhost", 0), new InetSocketAddress("localhost", 9092))
 *           .withRecording(Path.of("session.rec"));
 *   try (Proxy proxy = Proxy.start(config)) {
 *       connectClientTo(proxy.address());
 *   }
 * </pre>
 *
 * <p>Start with {@link io.tracestream.proxy.ProxyConfig} and {@link io.tracestream.proxy.Proxy},
 * which are all that most users need. A few event loops, each with its own thread, serve all
 * connections. A client and the target connection that was opened for it stay on one loop, so there
 * are no locks, and the two directions of a recording have one order: a reply never comes before
 * its request.
 *
 * <p>The path of a frame: when a socket is ready, the connection reads a run of whole frames from
 * it, has them recorded, and sends the same bytes to the other socket, in one write. Only a partial
 * frame, or what the other side does not take at once, stays with a socket; until that is gone,
 * nothing more is read. The connection decides in one place, after each event, what to do about an
 * end or an error.
 *
 * <p>A single file records one client at a time, and one loop serves it. A folder
 * ({@link io.tracestream.proxy.ProxyConfig#withRecordingDirectory(java.nio.file.Path)}) records any
 * number of clients at once, on all loops, each to a file of its own.
 *
 * <p>What else a proxy can do, it does only if it is asked, and costs nothing otherwise. It speaks
 * TLS with clients and with the target, each side by itself
 * ({@link io.tracestream.proxy.ProxyConfig#withListenTls},
 * {@link io.tracestream.proxy.ProxyConfig#withTargetTls}). An observer sees each frame
 * ({@link io.tracestream.proxy.ProxyConfig#withObserver}). Secrets are kept out of recordings
 * ({@link io.tracestream.proxy.ProxyConfig#withRedaction}). Faults delay, damage or leave out
 * frames after they were recorded ({@link io.tracestream.proxy.ProxyConfig#withFaults}).
 *
 * <p>An error on a connection ends that connection, with a line in the log (SLF4J). If the
 * recording cannot be written, the proxy stops, and {@link io.tracestream.proxy.Proxy#awaitStop}
 * throws the error. When a recorded connection ends and when the proxy stops, the log says what was
 * recorded; {@link io.tracestream.proxy.Proxy#stats} counts at any time.
 */
@NullMarked
package io.tracestream.proxy;

import org.jspecify.annotations.NullMarked;
