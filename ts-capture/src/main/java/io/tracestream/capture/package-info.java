/**
 * Turns captures of network traffic into recordings and back, and finds out how a protocol frames
 * its messages.
 *
 * <pre>
 *   try (CaptureImport capture = CaptureImport.open(Path.of("a.pcapng"), 9092, format)) {
 *     ImportSummary summary =
 *         capture.toFile(Path.of("a.rec"), format.framing(), System.err::println);
 *   }
 * </pre>
 *
 * <p>A packet becomes an entry in these steps, each of which streams: the file's packets (pcap,
 * pcapng, gzip); the TCP segment in a packet (Ethernet, Linux cooked, raw IP, loopback; IPv4 and
 * IPv6); the bytes of a connection's two directions, in order; the frames in them
 * ({@link io.tracestream.codec.FrameDecoder}); the entries of a recording. Nothing is guessed: what
 * was not captured, is cut, or cannot be read is reported in one line each, and a connection is
 * recorded up to there.
 *
 * <p>Bytes come in the order in which their receiver could read them: a segment waits for the bytes
 * before it, and for what its sender had acknowledged of the other direction, so that a reply never
 * stands before its request. Checksums are not verified, as network cards compute them after the
 * capture.
 *
 * <p>Memory is bounded, whatever the size of the capture, and whatever is in it. The package logs
 * nothing.
 */
@NullMarked
package io.tracestream.capture;

import org.jspecify.annotations.NullMarked;
