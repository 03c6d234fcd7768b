/**
 * Event loops, and sockets that carry frames. Proxying and replaying are roles on this engine; it
 * is no API for others.
 *
 * <p>An {@link io.tracestream.engine.Engine} runs a few {@link io.tracestream.engine.EventLoop}s. A
 * {@link io.tracestream.engine.Listener} accepts clients, a {@link io.tracestream.engine.Dialer}
 * connects to a target; either way there is a {@link io.tracestream.engine.FrameSocket}, which
 * belongs to one loop and to one owner for life, so there are no locks.
 *
 * <p>Events run one way. The loop tells the owner that a socket is ready; the owner asks the socket
 * what there is, and gets it as a result: a run of whole {@link io.tracestream.engine.Frames}, and
 * perhaps an {@link io.tracestream.engine.Ending}. Then it says what to do: send, end, finish,
 * close. None of these calls comes back to the owner, so an owner decides in one place, at the end
 * of its own handler, from the state of its sockets:
 *
 * <pre>
 *   loop -> FrameSocket -> owner.ready(socket)
 *                            socket.read(sink)     each payload is lent to the sink
 *                            other.send(frames)    in the bytes that they came in
 *                            decide                what ended? what broke? who waits for whom?
 * </pre>
 *
 * <p>Memory: the loop reads into a large buffer of its own. What cannot go on at once, a partial
 * frame or what a peer does not take, stays with its socket, in a buffer of its size; there is a
 * bound for all of that together, and who hoards most is broken off when it is met.
 *
 * <p>User code, such as a listener, runs on a thread of its own:
 * {@link io.tracestream.engine.Engine#tell}.
 */
package io.tracestream.engine;
