package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Learns which bytes vary, from two or more recordings of the same conversation made at different
 * times.
 *
 * <p>It proposes rules, says how many entries support each of them, and lists what no rule
 * explains. A byte that was the same in all recordings of a kind of frame stays compared, with two
 * exceptions: a clock is left open as a whole, and a value that is sent back is copied as a whole.
 *
 * <p>It holds up to 100 000 entries of each recording, and of all payloads as much as fits into a
 * sixth of the heap, at most 128 MiB. From a longer recording it learns only that much, but
 * compares all of it under the rules.
 */
public final class Learner {
  private static final int MOST_UNEXPLAINED = 100;

  private Learner() {}

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
    return learn(List.of(a, b));
  }

  /**
   * Learns rules from recordings of one conversation.
   *
   * @param recordings two or more; they stay open
   * @return the rules, the reason for each, and what they do not explain
   * @throws IllegalArgumentException if there are fewer than two
   * @throws io.tracestream.recording.RecordingException if a recording is damaged
   * @throws IOException if reading fails
   */
  public static Learned learn(List<Recording> recordings) throws IOException {
    if (recordings.size() < 2) {
      throw new IllegalArgumentException("two recordings or more are needed to learn what varies");
    }
    Pairing entries = new Pairing(recordings, 0, Pairing.memory());
    List<Step> c2s = entries.steps(Direction.C2S);
    List<Step> s2c = entries.steps(Direction.S2C);
    Proposer proposer = new Proposer(c2s, s2c, recordings.size());
    proposer.propose();
    if (!proposer.answers().isEmpty()) {
      // Now that replies are known by their requests, their order does not matter any more.
      List<Step> answers = entries.byRequests(proposer.answers(), c2s);
      Proposer better = new Proposer(c2s, answers, recordings.size());
      better.propose();
      if (paired(answers) >= paired(s2c) && better.unexplained() < proposer.unexplained()) {
        proposer = better;
        s2c = answers;
      }
    }
    return learned(recordings, entries, proposer, c2s, s2c);
  }

  private static long paired(List<Step> steps) {
    return steps.stream().filter(Step::isWitnessed).count();
  }

  private static Learned learned(
      List<Recording> recordings,
      Pairing entries,
      Proposer proposer,
      List<Step> c2s,
      List<Step> s2c)
      throws IOException {
    List<Learned.Finding> findings = proposer.findings();
    Rules rules = findings.stream().map(Learned.Finding::rule).reduce(Rules.NONE, Rules::plus);
    List<Change> unexplained = new ArrayList<>();
    DiffSummary summary = new DiffSummary(0, 0, 0, 0, 0, 0);
    for (Recording other : recordings.subList(1, recordings.size())) {
      summary = summary.plus(RecordingDiff.compare(recordings.get(0), other, rules, change -> {
        if (unexplained.size() < MOST_UNEXPLAINED) {
          unexplained.add(change);
        }
      }));
    }
    Map<Direction, Comparer> comparers = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      comparers.put(direction, new Comparer(rules, direction));
    }
    long bytes = 0;
    long open = 0;
    for (List<Step> some : List.of(c2s, s2c)) {
      for (Step step : some) {
        bytes += step.length();
        open += comparers
            .get(step.direction())
            .openBytes(ByteBuffer.wrap(step.payload(0)), ByteBuffer.wrap(step.payload(0)));
      }
    }
    return new Learned(
        findings,
        unexplained,
        summary,
        entries.count(),
        entries.isWhole(),
        bytes,
        open,
        proposer.notes());
  }
}
