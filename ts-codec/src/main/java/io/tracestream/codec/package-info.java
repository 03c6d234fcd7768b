/**
 * Cuts a byte stream into frames, and puts frames onto one.
 *
 * <pre>
 *   +--------------------+-----------------------+
 *   | payload length     | payload               |   one frame
 *   | 1 to 16 bytes,     | that many bytes,      |
 *   | unsigned, highest  | possibly none         |
 *   | byte first         |                       |
 *   +--------------------+-----------------------+
 *
 *   2-byte header, payload "hi":   00 02 68 69
 * </pre>
 *
 * <p>{@link io.tracestream.codec.FrameFormat} holds the two numbers that differ between protocols:
 * how long the header is, and how long a payload may be. Give it to
 *
 * <ul>
 *   <li>a {@link io.tracestream.codec.FrameReader} and a {@link io.tracestream.codec.FrameWriter}
 *       to talk over blocking streams; on a blocking {@link java.nio.channels.SocketChannel} the
 *       writer saves the copy of each payload, and the reader takes
 *       {@code socket().getInputStream()};
 *   <li>a {@link io.tracestream.codec.FrameDecoder} where bytes arrive in pieces, as on a selector.
 * </ul>
 *
 * <p>An end between frames is a normal end. An end inside a frame throws
 * {@link io.tracestream.codec.FrameException}, which says how many bytes of how many had come. A
 * length above the maximum throws before any memory is taken for it: memory grows with the bytes
 * that arrived, never with the length that was announced. After an exception the stream cannot be
 * trusted: close it.
 *
 * <p>Formats are immutable and shared freely; a decoder, a reader and a writer belong to one thread
 * at a time. A payload in a {@link java.nio.ByteBuffer} is lent: copy it to keep it. The package
 * needs nothing but the JDK and logs nothing.
 */
package io.tracestream.codec;
