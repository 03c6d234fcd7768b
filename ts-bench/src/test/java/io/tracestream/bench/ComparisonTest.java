package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.bench.Peer.Rank;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Comparison comparison =
      new Comparison(2, new PrintStream(said, true, StandardCharsets.UTF_8));

  @Test
  void entriesRunInTurnAndTheFirstRoundDoesNotCount() throws Exception {
    List<String> order = new ArrayList<>();
    Job.Result result = comparison.run(job(
        new Job.Entry("a", Rank.OURS, () -> sample(order, "a")),
        new Job.Entry("b", Rank.OTHER, () -> sample(order, "b"))));
    assertEquals(List.of("a", "b", "a", "b", "a", "b"), order);
    // The figures count the runs: those of a in the rounds that count are the 3rd and the 5th.
    assertEquals(
        List.of(4.0, 5.0),
        result.medians().values().stream().map(Sample::figure).toList());
    assertFalse(comparison.failed());
  }

  @Test
  void anEntryThatFailsIsSaidOnceAndTheOthersGoOn() throws Exception {
    Job.Result result = comparison.run(job(
        new Job.Entry("a", Rank.OURS, () -> {
          throw new IOException("a: found no way");
        }),
        new Job.Entry("b", Rank.OTHER, () -> Sample.of(7))));
    assertEquals("ts-bench: job ...\nts-bench: a: found no way\n", said().replace("\r", ""));
    assertEquals(1, result.medians().size());
    assertTrue(comparison.failed());
  }

  @Test
  void aPeerInAProcessOfItsOwnIsMeasuredAsNoPeerIs() throws Exception {
    Peer direct = new Peer("direct", Rank.LIMIT, place -> List.of());
    Peer relay = new Peer("relay", Rank.OTHER, ComparisonTest::relay);
    for (LoadJob.Kind kind : LoadJob.Kind.values()) {
      LoadJob load = new LoadJob("tiny", kind, 64, 1, 1, 20, 5);
      for (Job.Entry entry : load.with(List.of(direct, relay)).entries()) {
        Sample sample = entry.run().measure();
        assertTrue(sample.figure() > 0, entry::toString);
        assertEquals(
            Proc.isThere() && entry.peer().equals("relay"), sample.peakMiB() > 0, entry::toString);
      }
    }
  }

  @Test
  void idleConnectionsAreWeighed() throws Exception {
    assumeTrue(Proc.isThere(), "nobody counts memory here");
    Peer relay = new Peer("relay", Rank.OTHER, ComparisonTest::relay);
    Sample sample = IdleJob.job(5, List.of(relay)).entries().get(0).run().measure();
    assertFalse(Double.isNaN(sample.figure()));
  }

  @Test
  void aPeerThatDoesNotStartIsSaidWithItsLastWords() throws Exception {
    Peer broken =
        new Peer("broken", Rank.OTHER, place -> List.of(Program.java(), "-XX:NoSuchFlag"));
    comparison.run(new LoadJob("tiny", LoadJob.Kind.FLOOD, 64, 1, 1, 20, 5).with(List.of(broken)));
    assertTrue(
        said().contains("tiny: broken: broken: found its end with status 1, expected it to listen"),
        this::said);
  }

  private static List<String> relay(Place place) {
    return List.of(
        Program.java(),
        "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Relay.class.getName(),
        "" + place.listen(),
        "" + place.target());
  }

  private static Job job(Job.Entry... entries) {
    return new Job("job", Job.Unit.MILLIS, 0, List.of(entries));
  }

  private static Sample sample(List<String> order, String name) {
    order.add(name);
    return Sample.of(order.size());
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
