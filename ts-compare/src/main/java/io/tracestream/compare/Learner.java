package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Learns which bytes vary, from two recordings of the same conversation made at different times.
 *
 * <p>It proposes rules, says how many entries support each of them, and lists what no rule
 * explains. It holds up to 100 000 entries or 64 MiB of payloads of each recording. From a longer
 * recording it learns only that much, but compares all of it under the rules.
 */
public final class Learner {
  private static final int MOST_UNEXPLAINED = 100;

  private final Recording a;
  private final Recording b;
  private final Pairing entries;

  private Learner(Recording a, Recording b) throws IOException {
    this.a = a;
    this.b = b;
    this.entries = new Pairing(a, b);
  }

  /**
   * Learns rules from two recordings.
   *
   * @param a the first recording; it stays open
   * @param b the second recording; it stays open
   * @return the rules, the reason for each, and what they do not explain
   * @throws io.tracestream.recording.RecordingException if a recording is damaged
   * @throws IOException if reading fails
   */
  public static Learned learn(Recording a, Recording b) throws IOException {
    return new Learner(a, b).learn();
  }

  private Learned learn() throws IOException {
    List<Pair> c2s = entries.first(Direction.C2S);
    List<Pair> s2c = entries.first(Direction.S2C);
    List<Learned.Finding> findings = new Proposer(entries, c2s, s2c).propose();
    Rest rest = compare(findings);
    List<Pair> answers = entries.byRequests(rules(findings), c2s);
    if (!answers.isEmpty() && !answers.equals(s2c)) {
      // Now that replies are paired by their requests, their order does not matter any more.
      List<Learned.Finding> better = new Proposer(entries, c2s, answers).propose();
      Rest then = compare(better);
      if (then.entries() <= rest.entries()) {
        findings = better;
        rest = then;
      }
    }
    return learned(entries.isWhole() ? needed(findings, rest) : findings);
  }

  private static Rules rules(List<Learned.Finding> findings) {
    return findings.stream().map(Learned.Finding::rule).reduce(Rules.NONE, Rules::plus);
  }

  /** How many entries still differ under the rules, and how many bytes of them. */
  private record Rest(long entries, long bytes) {
    /**
     * Whether a finding is missed, if this is left without it, and {@code with} is left with it.
     */
    boolean misses(Learned.Finding finding, Rest with) {
      // In a single pair, a difference that is explained in part may be a real one.
      return entries > with.entries || finding.support() > 1 && bytes > with.bytes;
    }
  }

  private Rest compare(List<Learned.Finding> findings) throws IOException {
    AtomicLong bytes = new AtomicLong();
    DiffSummary summary = RecordingDiff.compare(a, b, rules(findings), change -> change
        .differing()
        .forEach(range -> bytes.addAndGet(range.length())));
    return new Rest(summary.changed() + summary.added() + summary.removed(), bytes.get());
  }

  /** The findings without the unnecessary ones. */
  private List<Learned.Finding> needed(List<Learned.Finding> findings, Rest rest)
      throws IOException {
    List<Learned.Finding> needed = new ArrayList<>(findings);
    for (int i = findings.size() - 1; i >= 0 && needed.size() > 1; i--) {
      Learned.Finding finding = needed.remove(i);
      if (!finding.rule().copied().isEmpty() || compare(needed).misses(finding, rest)) {
        needed.add(i, finding);
      }
    }
    return needed;
  }

  private Learned learned(List<Learned.Finding> findings) throws IOException {
    List<Change> unexplained = new ArrayList<>();
    DiffSummary summary = RecordingDiff.compare(a, b, rules(findings), change -> {
      if (unexplained.size() < MOST_UNEXPLAINED) {
        unexplained.add(change);
      }
    });
    return new Learned(findings, unexplained, summary, entries.countOfA(), entries.isWhole());
  }
}
