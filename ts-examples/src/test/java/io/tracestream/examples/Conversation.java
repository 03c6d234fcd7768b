package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.compare.Learned;
import io.tracestream.compare.Learner;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.Recording;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a client and a server that know nothing of us say to each other: recorded on its way through
 * the proxy, then played again to either of them alone.
 *
 * @param format the frames that both were made for
 * @param client the client; a server comes with each call
 */
record Conversation(FrameFormat format, Client client) {
  static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  static final Duration DEADLINE = Duration.ofSeconds(20);

  /** What goes in frames of a framing that has a name, such as {@code mongodb}. */
  static Conversation of(String framing, Client client) {
    return new Conversation(framesOf(framing), client);
  }

  static FrameFormat framesOf(String framing) {
    return new FrameFormat(Framing.parse(framing), 1_000_000);
  }

  /** A client that talks on one connection, from beginning to end. */
  interface Client {
    /** Gives what it heard, as text, when the server has said all that it had to say. */
    String talkTo(InetSocketAddress server) throws Exception;
  }

  /** What the client hears from the server, through the proxy, which records it. */
  String record(InetSocketAddress server, Path file) throws Exception {
    ProxyConfig config = ProxyConfig.of(ANY_PORT, server).withFormat(format).withRecording(file);
    try (Proxy proxy = Proxy.start(config)) {
      return client.talkTo(proxy.address());
    }
  }

  /** What the client hears from the recording, which it has to agree with to the end. */
  String replay(Path file, Rules rules) throws Exception {
    ReplayConfig config = ReplayConfig.of(ANY_PORT, file)
        .withFormat(format)
        .withTiming(Timing.NONE)
        .withRules(rules);
    try (ReplayServer server = ReplayServer.start(config)) {
      String heard = talkTo(server);
      assertTrue(server.awaitConnections(1, DEADLINE), "the client is at its end");
      assertMatched(server.verdict());
      return heard;
    }
  }

  /** A client whose connection is closed on a mismatch says little of use itself. */
  private String talkTo(ReplayServer server) throws Exception {
    try {
      return client.talkTo(server.address());
    } catch (Exception e) {
      assertEquals(List.of(), server.verdict().mismatches());
      throw e;
    }
  }

  /** The recording takes the client's place, and the server has to agree with it to the end. */
  void verify(InetSocketAddress server, Path file, Rules rules) throws Exception {
    VerifyConfig config =
        VerifyConfig.of(server, file).withFormat(format).withTiming(Timing.NONE).withRules(rules);
    try (Verifier verifier = Verifier.start(config)) {
      assertTrue(verifier.awaitConnections(1, DEADLINE), "the server is at its end");
      assertMatched(verifier.verdict());
    }
  }

  private static void assertMatched(Verdict verdict) {
    assertEquals(List.of(), verdict.mismatches());
    assertEquals(1, verdict.matched(), verdict.toString());
  }

  /** What varies, by two recordings of it; there is nothing else in which they differ. */
  Rules learn(Path a, Path b) throws IOException {
    try (Recording one = Recording.open(a, format.longestPayload());
        Recording other = Recording.open(b, format.longestPayload())) {
      Learned learned = Learner.learn(one, other);
      assertEquals(List.of(), learned.unexplained());
      return learned.rules();
    }
  }
}
