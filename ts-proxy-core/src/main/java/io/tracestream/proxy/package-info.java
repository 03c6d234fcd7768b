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
 * <p>Start with {@link io.tracestream.proxy.ProxyConfig} and {@link io.tracestream.proxy.Proxy};
 * they are all that a user needs. A few event loops, a thread each, serve all connections. A client
 * and the target connection that was opened for it stay on one loop, so nothing is locked, and the
 * two directions of a recording have one order: a reply never stands before its request.
 *
 * <p>How a frame travels: its socket is ready, the connection reads a run of whole frames from it,
 * has them recorded, and sends the run, in the bytes that it came in and in one write, to the other
 * socket. Only a partial frame, or what the other side did not take at once, stays with a socket;
 * until that is gone, nothing more is read. What ends or breaks is decided in one place of the
 * connection, after each event.
 *
 * <p>One file records one client at a time, and one loop serves it. A folder
 * ({@link io.tracestream.proxy.ProxyConfig#withRecordingDirectory(java.nio.file.Path)}) takes any
 * number of clients at once, on all loops, each to a file of its own.
 *
 * <p>Trouble on a connection ends that connection, with a line in the log (SLF4J). A recording that
 * cannot be written ends the proxy: {@link io.tracestream.proxy.Proxy#awaitStop} throws what
 * happened.
 */
package io.tracestream.proxy;
