package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a signal leaves in the file that {@code --report} names. */
class ReportIT {
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
  void aReplayThatIsDoneWritesItsPage() throws Exception {
    Path page = dir.resolve("report.html");
    try (App replay = replay("report.html", "--connections", "1");
        TestPeer client = TestPeer.connect(replay.awaitListening())) {
      client.send(HO).awaitEnd();
      assertEquals(1, replay.awaitStatus());
    }
    List<String> records = PageRecords.of(page);
    assertEquals(List.of("C " + recording, "E 1:1 0 c2s 6869"), records.subList(0, 2));
    assertTrue(records.get(4).startsWith("M row 1, entry 1:1 c2s connection 1, "), records.get(4));
    assertEquals(Set.of("a.rec", "report.html"), Set.of(dir.toFile().list()));
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
}
