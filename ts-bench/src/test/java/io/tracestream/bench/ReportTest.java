package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.bench.Job.Unit;
import io.tracestream.bench.Peer.Rank;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Map<Job.Entry, Sample> medians = new LinkedHashMap<>();
  private final Report report = new Report();

  @Test
  void ratiosAreToTheBestOfTheOthersAndNeverToOursOrToNoProxy() {
    add("direct", Rank.LIMIT, 400);
    add("ts", Rank.OURS, 300);
    add("socat", Rank.OTHER, 200);
    add("nginx", Rank.OTHER, 100);
    assertRows(Unit.MIB_PER_SECOND, "direct 2.00", "ts 1.50", "socat 1.00", "nginx 0.50");
    assertEquals("1.50 0.75", cells("ts", 2).replaceAll(" +", " "));
  }

  @Test
  void whereLessIsBetterTheLeastIsTheBest() {
    add("ts", Rank.OURS, 3);
    add("socat", Rank.OTHER, 2);
    add("nginx", Rank.OTHER, 4);
    assertRows(Unit.MILLIS, "ts 1.50", "socat 1.00", "nginx 2.00");
  }

  @Test
  void withoutOthersThereIsNoRatio() {
    add("ts", Rank.OURS, 3);
    assertRows(Unit.MILLIS, "ts ");
  }

  @Test
  void recordingIsComparedWithTheSameProgramWhenItDoesNotRecord() {
    add("ts", Rank.PLAIN, 400);
    add("ts-record", Rank.OURS, 300);
    add("socat", Rank.PLAIN, 500);
    add("socat-record", Rank.OTHER, 200);
    add("write", Rank.LIMIT, 600);
    result(Unit.MIB_PER_SECOND);
    assertEquals("1.50 0.75 0.50", cells("ts-record", 2).replaceAll(" +", " "));
    assertEquals("1.00 0.40 0.33", cells("socat-record", 2).replaceAll(" +", " "));
  }

  @Test
  void eachLineFitsIntoAHundredColumns() {
    for (String peer : List.of("ts-record", "socat-record", "tokio-single")) {
      Rank rank = peer.startsWith("ts") ? Rank.OURS : Rank.OTHER;
      medians.put(entry(peer, rank), new Sample(123_456, 12_345, 12_345, 12.34, 1234));
    }
    report.add(
        new Job.Result(new Job("client_send", Unit.KIB_PER_CONNECTION, 1, List.of()), medians));
    report.text().lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  private void assertRows(Unit unit, String... expected) {
    result(unit);
    List<String> found = medians.keySet().stream()
        .map(each -> each.peer() + " " + column(each.peer(), 1, 4))
        .toList();
    assertEquals(List.of(expected), found);
  }

  private void result(Unit unit) {
    report.add(new Job.Result(new Job("job", unit, 0, List.of()), medians));
  }

  private void add(String peer, Rank rank, double figure) {
    medians.put(entry(peer, rank), Sample.of(figure));
  }

  private static Job.Entry entry(String peer, Rank rank) {
    return new Job.Entry(peer, rank, () -> Sample.of(0));
  }

  /** All numbers behind the peer's name in its row of the table, the first or the second. */
  private String cells(String peer, int table) {
    return row(peer, table)
        .replaceAll("^[^|]*\\|[^|]*\\|[^|]*\\|", "")
        .replace("|", "")
        .strip();
  }

  private String column(String peer, int table, int column) {
    return row(peer, table).split("\\|")[column].strip();
  }

  private String row(String peer, int table) {
    return report
        .text()
        .lines()
        .filter(line -> line.matches("\\| job +\\| " + peer + " +\\|.*"))
        .skip(table - 1L)
        .findFirst()
        .orElseThrow();
  }
}
