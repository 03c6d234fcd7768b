/**
 * Event loops, and sockets that carry frames. The proxy and the replay run on this engine; it is
 * not an API for anybody else.
 *
 * <p>An {@link io.tracestream.engine.Engine} runs a few {@link io.tracestream.engine.EventLoop}s. A
 * {@link io.tracestream.engine.Listener} accepts clients, a {@link io.tracestream.engine.Dialer}
 * connects to a target; both lead to a {@link io.tracestream.engine.FrameSocket}, which belongs to
 * one loop and one owner for life, so there are no locks.
 *
 * <p>Events run one way. The loop calls the owner when a socket is ready; the owner reads from the
 * socket, and gets a {@link io.tracestream.engine.FrameRun} and perhaps an
 * {@link io.tracestream.engine.Ending}. Then it calls the socket to forward or queue frames, to
 * end, finish or close. None of these calls comes back to the owner, except that a read hands each
 * payload to the {@link io.tracestream.engine.Payloads} it was given. So the owner decides at the
 * end of its own handler, from the state of its sockets:
 *
 * <pre>
 *   loop -> FrameSocket -> owner.ready(socket)
 *                            socket.read(sink)       each payload is lent to the sink
 *                            other.forward(frames)   the same bytes that came
 *                            decide                  what ended? what broke? who has to wait?
 * </pre>
 *
 * <p>Memory: the loop reads into a large buffer of its own. What cannot be sent on at once, because
 * the frame is partial or the peer does not take it, stays with its socket in a buffer of its size.
 * There is a bound for all of these together; when it is reached, the socket that holds most for
 * longest is closed.
 *
 * <p>TLS: between a socket and its channel there may be a layer that encrypts and decrypts; owners
 * see frames as ever. The handshake goes on as bytes come, and what takes long in it is computed on
 * another thread. Other sockets know nothing of it, and pay nothing for it.
 *
 * <p>Faults: a socket that {@link io.tracestream.engine.FrameSocket#injectFaults} was called for
 * has an outbox of its own that delays, damages or leaves out frames; other sockets know nothing of
 * it.
 *
 * <p>User code, such as a listener, runs on a thread of its own, see
 * {@link io.tracestream.engine.Engine#tell}.
 */
@NullMarked
package io.tracestream.engine;

import org.jspecify.annotations.NullMarked;
