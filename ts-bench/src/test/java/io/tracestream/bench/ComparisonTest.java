package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.bench.Job.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ComparisonTest {
  @TempDir
  private Path dir;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);
  private final Comparison comparison = new Comparison(2, log);

  private static Peer peer(String name) {
    return new Peer(name, (folder, listen, target) -> List.of());
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void peersRunInTurnAndTheFirstRoundDoesNotCount() throws Exception {
    List<String> order = new ArrayList<>();
    // The figures count the runs. In the rounds that count, the runs of ts are the 3rd and the 5th.
    Job job = new Job("job", Job.Unit.MIB, List.of(), peer -> {
      order.add(peer.name());
      return Sample.of(order.size());
    });
    comparison.run(job, List.of(peer("ts"), peer("other")));
    assertEquals(List.of("ts", "other", "ts", "other", "ts", "other"), order);
    String text = comparison.text(List.of("other 1.2"));
    assertTrue(text.contains(", other 1.2; "), text);
    assertTrue(text.contains("| ts              |      4.0 MiB/s |   0.80 |"), text);
    assertTrue(text.contains("| other           |      5.0 MiB/s |   1.00 |"), text);
    assertFalse(comparison.failed());
  }

  @Test
  void whoRecordsIsComparedWithOthersWhoRecord() throws Exception {
    Job job = new Job(
        "job", Job.Unit.MIB, List.of(), peer -> Sample.of(peer.name().endsWith("-record") ? 3 : 9));
    comparison.run(
        job, List.of(peer("ts"), peer("ts-record"), peer("socat"), peer("socat-record")));
    assertTrue(
        comparison.text(List.of()).contains("| ts-record       |      3.0 MiB/s |   1.00 |"));
  }

  @Test
  void aPeerThatFailsIsSaidOnceAndTheOthersGoOn() throws Exception {
    Job job = new Job("job", Job.Unit.MILLIS, List.of(), peer -> {
      if (peer.name().equals("a")) {
        throw new IOException("no way");
      }
      return Sample.of(7);
    });
    comparison.run(job, List.of(peer("a"), peer("b")));
    assertEquals("ts-bench: job ...\nts-bench: job: a: no way\n", said().replace("\r", ""));
    assertTrue(comparison.text(List.of()).contains("| b "));
    assertTrue(comparison.failed());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPeerInAProcessOfItsOwnIsMeasuredAsNoPeerIs() throws Exception {
    Peer relay = new Peer("relay", ComparisonTest::relay);
    for (Job job : Job.all(dir, 0.0001)) {
      if (job.peers().contains("haproxy")) {
        Sample sample = job.work().measure(relay);
        assertFalse(Double.isNaN(sample.figure()), job::toString);
        assertTrue(sample.peakMiB() > 0, job::toString);
      }
      if (job.peers().contains("direct")) {
        assertTrue(job.work().measure(Peer.DIRECT).figure() > 0, job::toString);
      }
    }
  }

  private static List<String> relay(Path folder, int listen, int target) {
    return List.of(
        Peer.java(),
        "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Relay.class.getName(),
        "" + listen,
        "" + target);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPeerThatDoesNotStartIsSaidWithItsLastWords() throws Exception {
    Peer broken =
        new Peer("broken", (folder, listen, target) -> List.of(Peer.java(), "-XX:NoSuchFlag"));
    comparison.run(Job.all(dir, 0.0001).get(0), List.of(broken));
    assertTrue(said().contains("flood: broken: it ended with status 1 and said: "), this::said);
  }

  @Test
  void eachWrongValueIsSaidInOneLine() throws Exception {
    assertRefused("--rounds: found \"0\", expected 1 to 2147483647", "--rounds", "0");
    assertRefused("--scale: found \"2\", expected 1.0E-6 to 1", "--scale", "2");
    assertRefused("--rounds: found \"many\", expected 1 to 2147483647", "--rounds", "many");
    assertRefused("found \"--quick\"; see --help", "--quick");
    assertRefused("found \"--rounds\"; see --help", "--rounds");
    assertRefused("--jar: there is no file none.jar; build it first", "--jar", "none.jar");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatThereIsNotIsRefusedByName() throws Exception {
    assertRefused("--jobs: found \"tea\", expected some of flood,", "--jobs", "flood,tea");
    assertRefused("--peers: found \"tea\", expected some of direct,ts,", "--peers", "direct,tea");
  }

  private void assertRefused(String message, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("--jar")) {
      all.addAll(0, List.of("--jar", Files.writeString(dir.resolve("a.jar"), "").toString()));
    }
    said.reset();
    assertEquals(2, Main.run("compare", log, log, all.toArray(new String[0])));
    List<String> lines = said().lines().toList();
    // Lines before it say what this machine lacks.
    assertTrue(lines.get(lines.size() - 1).startsWith("ts-bench: " + message), lines::toString);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void oneJobWithoutAnyProxyPrintsItsTable() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String jar = Files.writeString(dir.resolve("a.jar"), "").toString();
    int status = Main.run(
        "compare",
        new PrintStream(out, true, StandardCharsets.UTF_8),
        log,
        "--jar",
        jar,
        "--jobs",
        "ping1",
        "--peers",
        "direct",
        "--rounds",
        "1",
        "--scale",
        "0.001");
    String text = out.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, this::said);
    assertTrue(text.contains(" cores, "), text);
    assertTrue(text.contains("| ping1            | direct "), text);
  }

  @Test
  void anotherCommandIsRefused() throws Exception {
    assertEquals(2, Main.run("tea", log, log));
    assertEquals(2, Main.run("client_send", log, log, "--count", "0"));
    assertEquals(2, Main.run("client_send", log, log, "--rounds", "many"));
  }
}
