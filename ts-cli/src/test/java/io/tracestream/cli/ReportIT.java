package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real jar leaves in the file that {@code --report} names. */
class ReportIT {
  private static final String HI = "0000000000000002 6869";
  private static final String HO = "0000000000000002 686f";

  @TempDir
  private Path dir;

  private Path recording;

  @BeforeEach
  void record() throws Exception {
    recording = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t6869\n0\ts2c\t686f\n");
  }

  private App replay(String report, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("replay", "--listen", "127.0.0.1:0"));
    args.addAll(List.of("--record", recording.toString()));
    args.addAll(List.of("--report", dir.resolve(report).toString()));
    args.addAll(List.of(more));
    return App.start(args.toArray(new String[0]));
  }

  private Map<?, ?> json() throws Exception {
    return ReadJson.object(Files.readAllBytes(dir.resolve("report.json")));
  }

  @Test
  void aReplayThatEndsByItselfReportsEachSession() throws Exception {
    try (App replay = replay("report.json", "--connections", "1");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      client.send(HI).endSending().awaitEnd();
      assertEquals(0, replay.awaitStatus());
    }
    Map<?, ?> report = json();
    assertEquals(true, report.get("passed"));
    assertEquals("replay", report.get("command"));
    assertEquals(recording.toString(), report.get("recording"));
    assertEquals(1L, report.get("matched"));
    assertEquals(1, ((List<?>) report.get("sessions")).size());
  }

  @Test
  void aReplayThatASignalStopsReportsWhatWasUnderWay() throws Exception {
    try (App replay = replay("report.xml");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      client.send(HO).awaitEnd();
      replay.awaitStderr("mismatch: connection 1");
      assertEquals(1, replay.terminate().awaitStatus());
    }
    String report = Files.readString(dir.resolve("report.xml"));
    assertTrue(report.contains("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""), report);
    assertTrue(report.contains("type=\"different_frame\">mismatch: connection 1"), report);
  }

  @Test
  void aReplayThatTooFewCameToReportsThatItDidNotPass() throws Exception {
    try (App replay = replay("report.json", "--connections", "1")) {
      replay.awaitListening();
      assertEquals(1, replay.terminate().awaitStatus());
    }
    assertEquals(false, json().get("passed"));
    assertEquals(0L, json().get("played"));
  }

  @Test
  void aVerificationReportsTheServersMismatch() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        App verify = App.start(
            "verify",
            "--target",
            "127.0.0.1:" + server.getLocalPort(),
            "--record",
            recording.toString(),
            "--report",
            dir.resolve("report.json").toString());
        TestPeer target = new TestPeer(server.accept())) {
      target.await(10);
      target.send(HI).awaitEnd();
      assertEquals(1, verify.awaitStatus());
    }
    Map<?, ?> session = (Map<?, ?>) ((List<?>) json().get("sessions")).get(0);
    Map<?, ?> mismatch = (Map<?, ?>) session.get("mismatch");
    assertEquals("verify", json().get("command"));
    assertEquals("s2c", mismatch.get("direction"));
    assertEquals("686f", ((Map<?, ?>) mismatch.get("expected")).get("hex"));
    assertEquals("6869", ((Map<?, ?>) mismatch.get("found")).get("hex"));
  }
}
