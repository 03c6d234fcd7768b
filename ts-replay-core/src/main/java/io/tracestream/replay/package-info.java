/**
 * Plays a recording to clients in the place of the real server, and says where a client departed
 * from it.
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
 * <p>Start with {@link io.tracestream.replay.ReplayConfig} and
 * {@link io.tracestream.replay.ReplayServer}. Each connection is a session: it plays the recording
 * from the top, by itself, with two cursors over the file. One reads frames from the client and
 * compares each with the next c2s entry, byte for byte; the other sends each s2c entry once all c2s
 * entries before it were matched. They run on a thread each, so a client may send much before it
 * reads.
 *
 * <p>The first departure from the recording is the session's
 * {@link io.tracestream.replay.Mismatch}. It ends that session and no other. What became of all
 * sessions is the server's {@link io.tracestream.replay.Verdict}.
 *
 * <p>{@link io.tracestream.replay.RecordingDiff} compares two recordings under
 * {@link io.tracestream.replay.Rules}, and {@link io.tracestream.replay.Learner} proposes such
 * rules from two recordings of the same conversation.
 */
package io.tracestream.replay;
