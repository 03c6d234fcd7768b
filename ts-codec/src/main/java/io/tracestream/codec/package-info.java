/**
 * Splits a byte stream into frames, and writes frames to one.
 *
 * <pre>
 *   +--------------------+-----------------------+
 *   | payload length     | payload               |   one frame
 *   | 1 to 16 bytes,     | that many bytes,      |
 *   | unsigned, most     | possibly none         |
 *   | significant first  |                       |
 *   +--------------------+-----------------------+
 *
 *   2-byte header, payload "hi":   00 02 68 69
 * </pre>
 *
 * <p>{@link io.tracestream.codec.FrameFormat} holds what differs between protocols: how long the
 * header is, and how long a payload may be. Where the length has another form or another place, a
 * {@link io.tracestream.codec.Framing} says which; the payload is then the frame without its length
 * field. Give the format to
 *
 * <ul>
 *   <li>a {@link io.tracestream.codec.FrameReader} and a {@link io.tracestream.codec.FrameWriter}
 *       to talk over blocking streams. On a blocking {@link java.nio.channels.SocketChannel}, the
 *       writer does not copy payloads, and the reader takes {@code socket().getInputStream()};
 *   <li>a {@link io.tracestream.codec.FrameDecoder} if bytes arrive in pieces, as with a selector.
 * </ul>
 *
 * <p>A stream may end between frames. If it ends inside a frame, a
 * {@link io.tracestream.codec.FrameException} says how many bytes of how many had come. A length
 * above the maximum throws before any memory is allocated for it: memory grows with the bytes that
 * have arrived, never with the length that was announced. After an exception the stream cannot be
 * trusted: close it.
 *
 * <p>Formats are immutable and can be shared between threads; a decoder, a reader or a writer is
 * for one thread at a time. A payload in a {@link java.nio.ByteBuffer} is lent: copy it to keep it.
 * The package needs nothing but the JDK and logs nothing.
 */
@NullMarked
package io.tracestream.codec;

import org.jspecify.annotations.NullMarked;
