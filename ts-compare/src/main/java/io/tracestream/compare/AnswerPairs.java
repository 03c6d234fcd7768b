package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pairs s2c entries by the requests that they answer, where a copy ties them to those; the others
 * in their order.
 */
final class AnswerPairs {
  private static final long NONE = 0;

  private final List<Copy> copies;
  private final Pairing entries;
  /** By the entry number of a request in A: its like in B. */
  private final Map<Long, Long> requests = new HashMap<>();

  AnswerPairs(Pairing entries, Rules rules, List<Pair> c2s) {
    this.entries = entries;
    this.copies = rules.copied().stream()
        .filter(copy -> copy.to().direction() == Direction.S2C)
        .toList();
    c2s.forEach(pair -> requests.put(pair.a().entry(), pair.b().entry()));
  }

  /** The pairs; none when no copy ties answers to requests. */
  List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    if (copies.isEmpty()) {
      return pairs;
    }
    Map<Long, Deque<Change.Side>> answersOfB = answersOfB();
    Sources sources = new Sources(entries.ofA(Direction.C2S));
    for (Change.Side answer : entries.ofA(Direction.S2C)) {
      long request = requests.getOrDefault(sources.requestOf(answer), NONE);
      Deque<Change.Side> like = answersOfB.get(request);
      if (like != null && !like.isEmpty()) {
        pairs.add(new Pair(answer, like.remove()));
      }
    }
    return pairs;
  }

  private Map<Long, Deque<Change.Side>> answersOfB() {
    Map<Long, Deque<Change.Side>> answers = new HashMap<>();
    Sources sources = new Sources(entries.ofB(Direction.C2S));
    for (Change.Side answer : entries.ofB(Direction.S2C)) {
      answers
          .computeIfAbsent(sources.requestOf(answer), request -> new ArrayDeque<>())
          .add(answer);
    }
    return answers;
  }

  /** The requests of one recording by their values, up to the answer at hand. */
  private final class Sources {
    private final List<Change.Side> all;
    private final List<Map<ByteBuffer, Long>> byValue = new ArrayList<>();
    private int next;

    Sources(List<Change.Side> all) {
      this.all = all;
      copies.forEach(copy -> byValue.add(new HashMap<>()));
    }

    /** The number of the request that an answer belongs to. */
    long requestOf(Change.Side answer) {
      while (next < all.size() && all.get(next).entry() < answer.entry()) {
        remember(all.get(next++));
      }
      for (int i = 0; i < copies.size(); i++) {
        Field to = copies.get(i).to();
        Long request = to.isWhole(answer.payload().length)
            ? byValue.get(i).get(Bytes.of(to, answer.payload()))
            : null;
        if (request != null) {
          return request;
        }
      }
      return NONE;
    }

    private void remember(Change.Side request) {
      for (int i = 0; i < copies.size(); i++) {
        Field from = copies.get(i).from();
        if (from.isWhole(request.payload().length)) {
          byValue.get(i).put(Bytes.of(from, request.payload()), request.entry());
        }
      }
    }
  }
}
