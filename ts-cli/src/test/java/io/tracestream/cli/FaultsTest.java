package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The options that inject faults. */
@ResourceLock(Resources.SYSTEM_ERR)
class FaultsTest {
  @TempDir
  private Path dir;

  private static String usageError(String... args) {
    Run run = Run.of(args);
    assertEquals(2, run.status());
    return run.stderr().lines().findFirst().orElse("");
  }

  private static String[] proxyTo(String target, String... more) {
    List<String> args =
        new ArrayList<>(List.of("proxy", "--listen", "127.0.0.1:0", "--target", target));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static String[] proxy(String... more) {
    return proxyTo("127.0.0.1:1", more);
  }

  @Test
  void aProxyInjectsFaultsOfOptionsAndFilesAndSaysTheSeed() throws Exception {
    Path rules = Files.writeString(dir.resolve("a.rules"), "fault c2s[0=02] drop\n");
    try (TestTarget listening = TestTarget.start();
        Run.Started proxy = Run.proxy(
            listening.address(),
            "--header-len",
            "2",
            "--fault",
            "c2s 3rd corrupt 0+1",
            "--rules",
            rules.toString(),
            "--seed",
            "42")) {
      try (TestPeer client = TestPeer.connect(proxy.awaitListening());
          TestPeer target = listening.accept()) {
        client.send("000101 000102 000103");
        assertEquals("0001010001fc", target.await(6));
      }
      proxy.awaitStderr("faults: --seed 42 does the same");
      proxy.awaitStderr("connection 1 c2s frame 3: fault: c2s 3rd corrupt 0+1");
    }
  }

  @Test
  void aReplayInjectsFaultsIntoWhatItSends() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "1\tc2s\t01\n2\ts2c\t0203\n");
    try (Run.Started replay = Run.replay(
        file,
        "--header-len",
        "2",
        "--connections",
        "2",
        "--fault",
        "s2c on connection 1 truncate 3")) {
      InetSocketAddress address = replay.awaitListening();
      try (TestPeer client = TestPeer.connect(address)) {
        assertEquals("000202", client.send("0001 01").awaitEnd());
      }
      try (TestPeer client = TestPeer.connect(address)) {
        assertEquals("00020203", client.send("0001 01").endSending().awaitEnd());
      }
      String summary = replay.awaitOutput().get(0);
      assertTrue(
          summary.startsWith(
              "played 2: 1 matched, 0 differed, 0 incomplete, 1 cut short by faults; 2 entries"),
          summary);
    }
  }

  @Test
  void aReplayRefusesFaultsOfFramesThatItDoesNotSend() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "1\tc2s\t01\n");
    assertEquals(
        "ts-proxy: --fault: \"c2s drop\" has no meaning for replay, which sends s2c frames only; see"
            + " ts-proxy replay --help",
        usageError(
            "replay",
            "--listen",
            "127.0.0.1:0",
            "--record",
            file.toString(),
            "--fault",
            "c2s drop"));
  }

  @Test
  void whatIsWrongIsRefusedAtTheStart() throws Exception {
    assertEquals(
        "ts-proxy: --fault: \"s2c 3 drop\": character 6: write 1st, 2nd, 3rd, ... or a share of the"
            + " frames, such as 5%; see ts-proxy proxy --help",
        usageError(proxy("--fault", "s2c 3 drop")));
    assertTrue(usageError(proxy("--seed", "1")).contains("--seed is only valid with --fault"));
    assertTrue(usageError(proxy("--fault", "s2c drop", "--seed", "x")).contains("--seed"));
  }

  @Test
  void rulesThatMeanNothingToACommandAreRefused() throws Exception {
    Path rules = Files.writeString(dir.resolve("a.rules"), "fault c2s drop\nignore c2s:0+1\n");
    assertEquals(
        "ts-proxy: --rules: \"ignore c2s:0+1\" has no meaning for proxy, which compares nothing:"
            + " leave only faults in the file; see ts-proxy proxy --help",
        usageError(proxy("--rules", rules.toString())));
    Path file = Files.writeString(dir.resolve("a.rec"), "1\tc2s\t01\n");
    assertEquals(
        "ts-proxy: --rules: \"fault c2s drop\" has no meaning for verify, which injects no"
            + " faults; see ts-proxy verify --help",
        usageError(
            "verify",
            "--target",
            "127.0.0.1:1",
            "--record",
            file.toString(),
            "--rules",
            rules.toString()));
    assertTrue(usageError("diff", file.toString(), file.toString(), "--rules", rules.toString())
        .contains("has no meaning for diff"));
  }
}
