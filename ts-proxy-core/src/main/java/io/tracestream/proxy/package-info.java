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
 * all else is behind them. A few event loops, a thread each, serve all connections. A client and
 * the target connection that was opened for it stay on one loop, so nothing is locked, and the two
 * directions of a recording have one order: a reply never stands before its request.
 *
 * <p>How a frame travels: the loop lends a buffer, the relay of that direction reads into it, the
 * decoder finds the end of the last whole frame, the frames are added to the recording, and the
 * range of whole frames goes out in one write. Only a partial frame, or what the other side did not
 * take at once, stays with the connection; until that is gone, nothing more is read.
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
