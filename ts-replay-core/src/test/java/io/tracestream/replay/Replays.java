package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Servers that play some lines, as frames with a 2-byte header and without pauses. */
final class Replays {
  static final FrameFormat FORMAT = new FrameFormat(2, 65_535);
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private Replays() {}

  /**
   * Writes a recording of lines such as {@code c2s 6869}, {@code 150000 c2s 6869}, or a comment.
   */
  static Path write(Path file, String... lines) throws IOException {
    StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
    for (String line : lines) {
      if (line.startsWith("#")) {
        text.append(line).append('\n');
      } else {
        text.append(line.matches("\\d.*") ? "" : "0\t")
            .append(line.replace(' ', '\t'))
            .append('\n');
      }
    }
    return Files.writeString(file, text);
  }

  static ReplayConfig config(Path file, String... lines) throws IOException {
    return config(write(file, lines));
  }

  /** As above, of a file that is written. */
  static ReplayConfig config(Path file) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return ReplayConfig.of(any, file).withFormat(FORMAT).withTiming(Timing.NONE);
  }

  /** A verification of that target, without pauses. */
  static VerifyConfig verification(InetSocketAddress target, Path file, String... lines)
      throws IOException {
    return VerifyConfig.of(target, write(file, lines)).withFormat(FORMAT).withTiming(Timing.NONE);
  }

  static ReplayServer start(Path file, String... lines) throws IOException {
    return ReplayServer.start(config(file, lines));
  }

  /** Waits for the end of the first connection, which has to differ. */
  static Mismatch onlyMismatch(ReplayServer server) throws InterruptedException {
    assertTrue(server.awaitConnections(1, DEADLINE), "the first connection goes on");
    return onlyMismatch(server.verdict());
  }

  static Mismatch onlyMismatch(Verdict verdict) {
    assertFalse(verdict.passed(), verdict.toString());
    assertEquals(1, verdict.mismatches().size(), verdict.toString());
    return verdict.mismatches().get(0);
  }

  static void assertMatched(ReplayServer server, int count) throws InterruptedException {
    assertTrue(server.awaitConnections(count, DEADLINE), "not all connections ended");
    assertCounts(count, 0, 0, 0, server.verdict());
  }

  static void assertCounts(
      long matched, long differed, long incomplete, long broken, Verdict verdict) {
    assertEquals(
        List.of(matched, differed, incomplete, broken),
        List.of(verdict.matched(), verdict.differed(), verdict.incomplete(), verdict.broken()),
        verdict + " " + verdict.mismatches());
    assertEquals(differed, verdict.mismatches().size());
  }
}
