/**
 * Plays one side of a recorded conversation to a live peer, and says where the peer departed from
 * the recording.
 *
 * <pre>
 *   var config = ReplayConfig.of(new InetSocketAddress("localhost", 0), Path.of("session.rec"));
 *   try (ReplayServer server = ReplayServer.start(config)) {
 *     runClientAgainst(server.address());
 *     server.awaitConnections(1, Duration.ofSeconds(10));
 *     assertEquals(List.of(), server.verdict().mismatches());
 *   }
 * </pre>
 *
 * <p>There are three ways to play:
 *
 * <ul>
 *   <li>a {@link io.tracestream.replay.ReplayServer}, started with a
 *       {@link io.tracestream.replay.ReplayConfig}, takes the server's place for any number of
 *       clients;
 *   <li>a {@link io.tracestream.replay.Verifier}, started with a
 *       {@link io.tracestream.replay.VerifyConfig}, takes the client's place before the real
 *       server, and never waits forever;
 *   <li>a {@link io.tracestream.replay.Load}, started with a
 *       {@link io.tracestream.replay.LoadConfig}, takes the place of many clients at once, again
 *       and again, and measures how long the server takes to reply.
 * </ul>
 *
 * <p>Each connection is a session: a state machine that plays the recording from the top, by
 * itself, on one of a few event loops. It keeps two places in the recording: the entry that the
 * peer's next frame is compared with, and the entry that we send next, which goes out once all
 * entries before it have matched. So a client may send a lot before it reads, and ten thousand
 * clients need no threads of their own. {@link io.tracestream.replay.Timing} says what happens to
 * the recorded pauses. Entries are decoded page by page, usually once for all sessions; memory does
 * not grow with the recording.
 *
 * <pre>
 *   file -> Script (its pages) -> Cursor -> Session -> FrameSocket -> peer
 *                                           Session &lt;- FrameSocket &lt;- peer
 *                                              compares, sends what is due, decides
 * </pre>
 *
 * <p>{@linkplain io.tracestream.replay.ReplayConfig#withStub As a stub}, a server answers each
 * request by itself, from an index of the requests of all recordings, in whatever order they come.
 *
 * <p>All of them speak TLS if they are told how. A server can do faults to the frames that it sends
 * ({@link io.tracestream.replay.ReplayConfig#withFaults}): a session that a fault cuts short has
 * neither matched nor failed.
 *
 * <p>Frames are compared byte for byte, and nothing is guessed. What may vary is said in
 * {@link io.tracestream.rules.Rules}: a {@link io.tracestream.rules.Field} is not compared, a
 * {@link io.tracestream.rules.Copy} puts a live value, such as the id of a request, into the frames
 * that answer. What no rule can copy, such as a MAC, is computed by a
 * {@link io.tracestream.replay.FrameRewriter}. All ways to play take the same rules and rewriters.
 *
 * <p>The first departure from the recording is the session's
 * {@link io.tracestream.replay.Mismatch}: where, what was found and expected, and whether an entry
 * nearby resembles it, as data and as text for a person. It ends that session and no other. A
 * {@link io.tracestream.replay.SessionListener} gets each session's
 * {@link io.tracestream.replay.SessionResult} when it ends; all of them add up to the
 * {@link io.tracestream.replay.Verdict}.
 */
@NullMarked
package io.tracestream.replay;

import org.jspecify.annotations.NullMarked;
