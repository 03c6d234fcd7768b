package io.tracestream.compare;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the pairs of two recordings of the same conversation. */
final class Pairing {
  private final Recording a;
  private final Recording b;
  private final HeldEntries entriesOfA;
  private final HeldEntries entriesOfB;

  Pairing(Recording a, Recording b) throws IOException {
    this.a = a;
    this.b = b;
    this.entriesOfA = new HeldEntries(a);
    this.entriesOfB = new HeldEntries(b);
  }

  /** Whether it looks at all entries. */
  boolean isWhole() {
    return entriesOfA.isWhole() && entriesOfB.isWhole();
  }

  /** How many entries of A it looks at. */
  long countOfA() {
    return entriesOfA.count();
  }

  List<Change.Side> ofA(Direction direction) {
    return entriesOfA.of(direction);
  }

  List<Change.Side> ofB(Direction direction) {
    return entriesOfB.of(direction);
  }

  /**
   * The pairs to begin with, when nothing is known yet about what varies: the k-th entries of A and
   * B, unless their lengths show that some were added, removed or in another order.
   */
  List<Pair> first(Direction direction) throws IOException {
    List<Pair> inOrder = inOrder(ofA(direction), ofB(direction));
    if (isGood(inOrder, direction)) {
      return inOrder;
    }
    List<Pair> aligned = under(Rules.NONE, direction);
    List<Pair> byLength = byLength(ofA(direction), ofB(direction));
    return fitting(byLength) > fitting(aligned) ? byLength : aligned;
  }

  private boolean isGood(List<Pair> pairs, Direction direction) {
    return ofA(direction).size() == ofB(direction).size() && fitting(pairs) == pairs.size();
  }

  private static long fitting(List<Pair> pairs) {
    return pairs.stream().filter(Pair::haveOneLength).count();
  }

  private static List<Pair> inOrder(List<Change.Side> a, List<Change.Side> b) {
    List<Pair> pairs = new ArrayList<>();
    for (int k = 0; k < Math.min(a.size(), b.size()); k++) {
      pairs.add(new Pair(a.get(k), b.get(k)));
    }
    return pairs;
  }

  /** Each entry with the next free one of its length, as far as a diff looks ahead. */
  private static List<Pair> byLength(List<Change.Side> a, List<Change.Side> b) {
    List<Pair> pairs = new ArrayList<>();
    List<Change.Side> free = new ArrayList<>();
    int read = 0;
    for (Change.Side one : a) {
      while (read < b.size() && free.size() < DiffReader.MOST) {
        free.add(b.get(read++));
      }
      int length = one.payload().length;
      free.stream()
          .filter(other -> other.payload().length == length)
          .findFirst()
          .ifPresent(other -> {
            pairs.add(new Pair(one, other));
            free.remove(other);
          });
    }
    return pairs;
  }

  /**
   * The pairs of s2c entries that answer the same request, where a copy ties them to their
   * requests; empty if no copy does.
   *
   * @param c2s the pairs of requests
   */
  List<Pair> byRequests(Rules rules, List<Pair> c2s) {
    return new AnswerPairs(rules, c2s).pairs();
  }

  /** The pairs that a diff finds under these rules. */
  List<Pair> under(Rules rules, Direction direction) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    DirectionDiff diff = new DirectionDiff(a, b, rules, direction, (one, other) -> {
      if (one.entry() <= entriesOfA.count() && other.entry() <= entriesOfB.count()) {
        pairs.add(new Pair(one, other));
      }
    });
    while (diff.peek() != null) {
      diff.take();
    }
    return pairs;
  }

  /**
   * Pairs s2c entries by the requests that they answer, where a copy ties them to their requests,
   * and the others in order.
   */
  private final class AnswerPairs {
    private static final long NONE = 0;

    private final List<Copy> copies;
    /** For the number of a request in A, the number of its partner in B. */
    private final Map<Long, Long> requests = new HashMap<>();

    AnswerPairs(Rules rules, List<Pair> c2s) {
      this.copies = rules.copied().stream()
          .filter(copy -> copy.to().direction() == Direction.S2C)
          .toList();
      c2s.forEach(pair -> requests.put(pair.a().entry(), pair.b().entry()));
    }

    /** The pairs; empty if no copy ties answers to requests. */
    List<Pair> pairs() {
      List<Pair> pairs = new ArrayList<>();
      if (copies.isEmpty()) {
        return pairs;
      }
      Map<Long, Deque<Change.Side>> answersOfB = answersOfB();
      Sources sources = new Sources(ofA(Direction.C2S));
      for (Change.Side answer : ofA(Direction.S2C)) {
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
      Sources sources = new Sources(ofB(Direction.C2S));
      for (Change.Side answer : ofB(Direction.S2C)) {
        answers
            .computeIfAbsent(sources.requestOf(answer), request -> new ArrayDeque<>())
            .add(answer);
      }
      return answers;
    }

    /** The requests of one recording by their values, up to the current answer. */
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

  /** The first entries of a recording, in memory. */
  private static final class HeldEntries {
    /** How many entries are held. */
    static final int MOST = 100_000;
    /** How many payload bytes are held. */
    static final long MOST_BYTES = 64L * 1024 * 1024;

    private final List<Change.Side> c2s = new ArrayList<>();
    private final List<Change.Side> s2c = new ArrayList<>();
    private long bytes;
    private boolean whole = true;

    HeldEntries(Recording recording) throws IOException {
      RecordingReader reader = recording.reader();
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        bytes += entry.payload().length;
        if (count() == MOST || bytes > MOST_BYTES) {
          whole = false;
          return;
        }
        of(entry.direction()).add(new Change.Side(count() + 1, reader.line(), entry.payload()));
      }
    }

    List<Change.Side> of(Direction direction) {
      return direction == Direction.C2S ? c2s : s2c;
    }

    long count() {
      return c2s.size() + (long) s2c.size();
    }

    /** Whether these are all entries of the recording. */
    boolean isWhole() {
      return whole;
    }
  }
}
