package io.tracestream.compare;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Field;
import io.tracestream.rules.RedactedFields;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns which bytes vary, from two or more recordings of the same conversation made at different
 * times.
 *
 * <p>It proposes rules, says how many entries support each of them, and lists what no rule
 * explains. A byte that was the same in all recordings of a kind of frame stays compared, with two
 * exceptions: a clock is left open as a whole, and a value that is sent back is copied as a whole.
 *
 * <p>It holds up to 10 000 entries of each recording, and of all payloads as much as fits into a
 * sixth of the heap, at most 128 MiB. From a longer recording it learns only that much, but
 * compares all of it under the rules, up to the 1000th difference that they do not explain.
 */
public final class Learner {
  private static final int MOST_UNEXPLAINED = 100;
  /** After so many unexplained differences, nobody needs to know how many more there are. */
  private static final int MOST_CHANGES = 1000;

  /** How far apart connections are that are compared to find which is which. */
  private static final int NEARBY = 32;

  /** For each run, what was said on each of its connections. */
  private final List<List<Talk>> runs;

  private final List<String> notes = new ArrayList<>();
  private final List<Pairing> pairings = new ArrayList<>();
  /** For each pairing, the connections that it pairs, one of each run; null for those left out. */
  private final List<List<@Nullable Talk>> paired = new ArrayList<>();

  /** What was redacted in any of the recordings: in all of them, nothing is learned from it. */
  private Rules redacted = Rules.NONE;

  private boolean isComplete = true;
  /** Differences that the rules do not explain, so far. */
  private long changes;

  private Learner(List<List<Talk>> runs) {
    if (runs.size() < 2) {
      throw new IllegalArgumentException("two recordings or more are needed to learn what varies");
    }
    this.runs = runs;
  }

  /** A recording that can be opened, or is open. */
  private interface Talk {
    Recording open() throws IOException;

    void close(Recording recording) throws IOException;
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
    return new Learner(recordings.stream().map(Learner::talk).map(List::of).toList()).learn();
  }

  /**
   * Learns rules from several runs of the same thing, each of them recorded on one connection or
   * more. Connections are paired by what was said on them. Each is opened only while it is read.
   *
   * @param runs two or more, with the conversations of each
   * @param maxPayloadLength the longest payload to accept, in bytes
   * @return the rules, the reason for each, and what they do not explain
   * @throws IllegalArgumentException if there are fewer than two runs
   * @throws io.tracestream.recording.RecordingException if a recording cannot be opened or is
   *     damaged
   * @throws IOException if reading fails
   */
  public static Learned learn(List<List<Conversation>> runs, int maxPayloadLength)
      throws IOException {
    return new Learner(runs.stream()
            .map(run -> run.stream().map(one -> talk(one, maxPayloadLength)).toList())
            .toList())
        .learn();
  }

  private static Talk talk(Recording recording) {
    return new Talk() {
      @Override
      public Recording open() {
        return recording;
      }

      @Override
      public void close(Recording opened) {}

      @Override
      public String toString() {
        return recording.toString();
      }
    };
  }

  private static Talk talk(Conversation conversation, int maxPayloadLength) {
    return new Talk() {
      @Override
      public Recording open() throws IOException {
        return conversation.open(maxPayloadLength);
      }

      @Override
      public void close(Recording opened) throws IOException {
        opened.close();
      }

      @Override
      public String toString() {
        return conversation.toString();
      }
    };
  }

  private Learned learn() throws IOException {
    findRedacted();
    pairConnections();
    long left = Pairing.memory();
    for (int i = 0; i < paired.size(); i++) {
      Pairing pairing = hold(i, left / (paired.size() - i));
      left -= pairing.bytes();
      pairings.add(pairing);
    }
    List<Step> requests = steps(Direction.C2S);
    List<Step> replies = steps(Direction.S2C);
    List<Step> c2s = Sized.find(requests, List.of());
    List<Step> s2c = Sized.find(replies, c2s);
    c2s = Sized.find(requests, s2c);
    Proposer proposer = new Proposer(c2s, s2c, runs.size());
    proposer.propose();
    if (!proposer.answers().isEmpty()) {
      // Now that replies are known by their requests, their order does not matter any more.
      List<Step> answers = new ArrayList<>();
      for (Pairing pairing : pairings) {
        answers.addAll(pairing.byRequests(proposer.answers(), c2s));
      }
      if (!isSame(answers, replies) && witnessed(answers) >= witnessed(replies)) {
        answers = Sized.find(answers, c2s);
        Proposer better = new Proposer(c2s, answers, runs.size());
        better.propose();
        if (better.unexplained() < proposer.unexplained()) {
          proposer = better;
          s2c = answers;
        }
      }
    }
    return learned(proposer, c2s, s2c);
  }

  private void findRedacted() throws IOException {
    Set<Field> fields = new LinkedHashSet<>();
    for (List<Talk> run : runs) {
      for (Talk talk : run) {
        Recording recording = talk.open();
        try {
          fields.addAll(RedactedFields.in(recording).redacted());
        } finally {
          talk.close(recording);
        }
      }
    }
    for (Field field : fields) {
      redacted = redacted.redacting(field);
      notes.add(field + " was redacted when it was recorded, and is not compared");
    }
  }

  private List<Step> steps(Direction direction) {
    List<Step> steps = new ArrayList<>();
    pairings.forEach(pairing -> steps.addAll(pairing.steps(direction)));
    return steps;
  }

  /** Whether the same entries are the same steps. */
  private static boolean isSame(List<Step> some, List<Step> others) {
    for (int k = 0; k < some.size(); k++) {
      if (!some.get(k).hasSameEntries(others.get(k))) {
        return false;
      }
    }
    return some.size() == others.size();
  }

  private static long witnessed(List<Step> steps) {
    return steps.stream().filter(Step::isWitnessed).count();
  }

  private Pairing hold(int number, long share) throws IOException {
    List<@Nullable Talk> talks = paired.get(number);
    Pairing pairing = new Pairing(number, share / talks.size());
    for (Talk talk : talks) {
      if (talk == null) {
        pairing.holdNone();
      } else {
        hold(talk, pairing);
      }
    }
    return pairing;
  }

  private void hold(Talk talk, Pairing pairing) throws IOException {
    Recording recording = talk.open();
    try {
      pairing.hold(recording, RedactedFields.of(redacted.redacted()));
    } finally {
      talk.close(recording);
    }
  }

  /** Finds which connections of all runs are the same one. */
  private void pairConnections() throws IOException {
    List<Talk> first = runs.get(0);
    for (Talk talk : first) {
      List<@Nullable Talk> own = new ArrayList<>();
      own.add(talk);
      paired.add(own);
    }
    boolean isOne = runs.stream().allMatch(run -> run.size() == 1);
    List<Pairing> heads = isOne ? List.of() : heads(first);
    for (List<Talk> run : runs.subList(1, runs.size())) {
      int[] partners = isOne ? new int[1] : partners(heads, heads(run));
      for (int i = 0; i < partners.length; i++) {
        paired.get(i).add(partners[i] < 0 ? null : run.get(partners[i]));
        if (partners[i] < 0) {
          isComplete = false;
          notes.add(first.get(i) + " is like no other connection of a run");
        }
      }
      if (run.size() > first.size()) {
        isComplete = false;
        notes.add(
            run.size() - first.size() + " more connections in one run than in " + first.get(0));
      }
    }
  }

  private List<Pairing> heads(List<Talk> run) throws IOException {
    List<Pairing> heads = new ArrayList<>();
    for (Talk talk : run) {
      Pairing head = new Pairing(0, Pairing.HEAD);
      hold(talk, head);
      heads.add(head);
    }
    return heads;
  }

  /** For each connection, the free one nearby that is most like it; -1 if none is left. */
  private static int[] partners(List<Pairing> a, List<Pairing> b) {
    int[] partners = new int[a.size()];
    BitSet used = new BitSet();
    for (int i = 0; i < partners.length; i++) {
      partners[i] = -1;
      int least = Integer.MAX_VALUE;
      for (int j = Math.max(0, i - NEARBY); j < Math.min(b.size(), i + NEARBY + 1); j++) {
        int distance = used.get(j) ? Integer.MAX_VALUE : a.get(i).distance(b.get(j));
        if (distance < least || distance == least && j == i && !used.get(j)) {
          least = distance;
          partners[i] = j;
        }
      }
      if (partners[i] >= 0) {
        used.set(partners[i]);
      }
    }
    return partners;
  }

  private Learned learned(Proposer proposer, List<Step> c2s, List<Step> s2c) throws IOException {
    List<Learned.Finding> findings = proposer.findings();
    Rules rules = findings.stream().map(Learned.Finding::rule).reduce(Rules.NONE, Rules::plus);
    List<Learned.Unexplained> unexplained = new ArrayList<>();
    DiffSummary summary = new DiffSummary(0, 0, 0, 0, 0, 0);
    for (List<Talk> talks : paired) {
      Recording a = talks.get(0).open();
      try {
        for (Talk other : talks.subList(1, talks.size())) {
          if (other != null && changes < MOST_CHANGES) {
            Recording b = other.open();
            try {
              summary = summary.plus(compare(a, b, rules, unexplained));
            } finally {
              other.close(b);
            }
          }
        }
      } finally {
        talks.get(0).close(a);
      }
    }
    ByDirection<Comparer> comparers =
        ByDirection.of(direction -> new Comparer(rules.plus(redacted), direction));
    long bytes = 0;
    long open = 0;
    for (List<Step> some : List.of(c2s, s2c)) {
      for (Step step : some) {
        ByteBuffer payload = ByteBuffer.wrap(step.wholePayload(0));
        bytes += payload.remaining();
        open += comparers.get(step.direction()).openBytes(payload, payload, payload);
      }
    }
    notes.addAll(proposer.notes());
    return new Learned(
        findings,
        unexplained,
        summary,
        pairings.stream().mapToLong(Pairing::count).sum(),
        pairings.stream().allMatch(Pairing::isWhole),
        isComplete,
        changes < MOST_CHANGES,
        bytes,
        open,
        notes);
  }

  private DiffSummary compare(
      Recording a, Recording b, Rules rules, List<Learned.Unexplained> unexplained)
      throws IOException {
    return RecordingDiff.compareWhile(a, b, rules, change -> {
      if (unexplained.size() < MOST_UNEXPLAINED) {
        unexplained.add(new Learned.Unexplained(a.toString(), b.toString(), change));
      }
      return ++changes < MOST_CHANGES;
    });
  }
}
