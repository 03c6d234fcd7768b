package io.tracestream.compare;

import io.tracestream.compare.Step.Held;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.RedactedFields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The beginnings of recordings of one conversation, in memory, and the steps that their entries
 * are. Memory is bounded, so that it works on recordings of any size.
 */
final class Pairing {
  /** How many entries of a recording are held. */
  private static final int MOST = 10_000;
  /** How many payload bytes of all recordings together are held, if memory allows. */
  private static final long MOST_BYTES = 128L * 1024 * 1024;
  /** What an entry takes besides its payload, in bytes. */
  private static final int ENTRY = 400;

  private static final int WINDOW = 64;
  private static final int SAMPLE = 128;
  private static final int GAP = 60;
  /** How much more alike entries must be than those in order, in percent. */
  private static final int CLEARLY = 25;

  /** Bytes of a recording's beginning by which connections are paired. */
  static final long HEAD = 16 * 1024;

  /** The entries of each recording; none of one that does not have the conversation. */
  private final List<ByDirection<List<Held>>> held = new ArrayList<>();

  private final int conversation;
  private final long share;
  private long bytes;
  private long count;
  private boolean whole = true;

  /**
   * A conversation of which nothing is held yet.
   *
   * @param share how many bytes of each recording are held, with {@link #ENTRY} for each entry
   */
  Pairing(int conversation, long share) {
    this.conversation = conversation;
    this.share = share;
  }

  /** The memory for payloads of all recordings together, in bytes. */
  static long memory() {
    return Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 6);
  }

  /** One more recording does not have the conversation. */
  void holdNone() {
    held.add(new ByDirection<>(List.of(), List.of()));
  }

  /** Holds the beginning of one more recording, with what was redacted in any of them. */
  void hold(Recording recording, RedactedFields redacted) throws IOException {
    ByDirection<List<Held>> entries = ByDirection.of(direction -> new ArrayList<>());
    long number = 0;
    long left = share;
    try (RecordingReader reader = recording.reader()) {
      while (reader.advance()) {
        ByteBuffer payload = reader.payload();
        left -= payload.remaining() + ENTRY;
        if (number == MOST || left < 0 && number > 0) {
          whole = false;
          break;
        }
        byte[] own = new byte[payload.remaining()];
        payload.get(own);
        redacted.redact(reader.direction(), ByteBuffer.wrap(own));
        number++;
        entries.get(reader.direction()).add(new Held(number, reader.elapsedMicros(), own));
      }
    }
    bytes += share - Math.max(0, left);
    count = held.isEmpty() ? number : count;
    held.add(entries);
  }

  /** How much memory is used, in bytes. */
  long bytes() {
    return bytes;
  }

  /** How different the beginnings of two conversations are, each of one recording. */
  int distance(Pairing other) {
    int distance = 0;
    for (Direction direction : Direction.values()) {
      List<Held> a = held.get(0).get(direction);
      List<Held> b = other.held.get(0).get(direction);
      for (int k = 0; k < Math.max(a.size(), b.size()); k++) {
        distance += k < a.size() && k < b.size() ? distance(a.get(k), b.get(k)) : 100;
      }
    }
    return distance;
  }

  /** Whether all entries are held. */
  boolean isWhole() {
    return whole;
  }

  /** How many entries of the first recording are held. */
  long count() {
    return count;
  }

  /** The steps of one direction, entry by entry of the first recording. */
  List<Step> steps(Direction direction) {
    List<int[]> partners = new ArrayList<>();
    List<Held> first = held.get(0).get(direction);
    for (int i = 1; i < held.size(); i++) {
      partners.add(match(first, held.get(i).get(direction)));
    }
    return steps(direction, partners);
  }

  private List<Step> steps(Direction direction, List<int[]> partners) {
    List<Step> steps = new ArrayList<>();
    List<Held> first = held.get(0).get(direction);
    for (int k = 0; k < first.size(); k++) {
      @Nullable Held[] sides = new Held[held.size()];
      sides[0] = first.get(k);
      for (int i = 1; i < sides.length; i++) {
        int partner = partners.get(i - 1)[k];
        sides[i] = partner < 0 ? null : held.get(i).get(direction).get(partner);
      }
      steps.add(new Step(direction, conversation, sides));
    }
    return steps;
  }

  /** For each entry of A, the index of the same entry in B; -1 if B does not have it. */
  private static int[] match(List<Held> a, List<Held> b) {
    int[] partners = new int[a.size()];
    if (a.size() == b.size() && isInOrder(a, b)) {
      Arrays.setAll(partners, k -> k);
      int[] others = byLength(a, b);
      return cost(a, b, others) * 4 < cost(a, b, partners) * 3 ? others : partners;
    }
    Arrays.fill(partners, -1);
    int i = 0;
    int j = 0;
    while (i < a.size() && j < b.size()) {
      boolean ended = a.size() - i <= WINDOW && b.size() - j <= WINDOW;
      List<Held> nextOfA = a.subList(i, Math.min(a.size(), i + WINDOW));
      List<Held> nextOfB = b.subList(j, Math.min(b.size(), j + WINDOW));
      List<int[]> way = way(nextOfA, nextOfB, ended);
      // The second half may change once more entries are known.
      int steps = ended ? way.size() : Math.max(1, way.size() / 2);
      for (int[] step : way.subList(0, steps)) {
        if (step[0] + step[1] == 2) {
          partners[i] = j;
        }
        i += step[0];
        j += step[1];
      }
    }
    int[] byLength = byLength(a, b);
    return alike(a, b, byLength) > alike(a, b, partners) ? byLength : partners;
  }

  /** How different entries are from their partners. */
  private static long cost(List<Held> a, List<Held> b, int[] partners) {
    long cost = 0;
    for (int i = 0; i < partners.length; i++) {
      cost += partners[i] < 0 ? 100 : distance(a.get(i), b.get(partners[i]));
    }
    return cost;
  }

  /** How many entries have a partner of their length. */
  private static int alike(List<Held> a, List<Held> b, int[] partners) {
    int alike = 0;
    for (int i = 0; i < partners.length; i++) {
      alike +=
          partners[i] >= 0 && a.get(i).payload().length == b.get(partners[i]).payload().length
              ? 1
              : 0;
    }
    return alike;
  }

  /** Each entry with the next free one of its length, of those nearby. */
  private static int[] byLength(List<Held> a, List<Held> b) {
    int[] partners = new int[a.size()];
    List<Integer> free = new ArrayList<>();
    int read = 0;
    for (int i = 0; i < partners.length; i++) {
      while (read < b.size() && free.size() < WINDOW) {
        free.add(read++);
      }
      partners[i] = -1;
      for (int k = 0; k < free.size() && partners[i] < 0; k++) {
        if (b.get(free.get(k)).payload().length == a.get(i).payload().length) {
          partners[i] = free.remove(k);
        }
      }
    }
    return partners;
  }

  /** Whether no entry is much more like the one before or after its partner. */
  private static boolean isInOrder(List<Held> a, List<Held> b) {
    for (int k = 0; k < a.size(); k++) {
      int own = distance(a.get(k), b.get(k));
      for (int next = Math.max(0, k - 1); own > CLEARLY && next <= k + 1; next++) {
        if (next != k
            && next < a.size()
            && (distance(a.get(k), b.get(next)) + CLEARLY < own
                && distance(a.get(k), b.get(next)) + CLEARLY
                    < distance(a.get(next), b.get(next)))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The cheapest way to turn A into B, each step as how many entries it takes from either. */
  private static List<int[]> way(List<Held> a, List<Held> b, boolean ended) {
    int[][] distances = new int[a.size()][b.size()];
    int[][] costs = new int[a.size() + 1][b.size() + 1];
    for (int i = 0; i <= a.size(); i++) {
      for (int j = 0; j <= b.size(); j++) {
        int cheapest = i + j == 0 ? 0 : Integer.MAX_VALUE;
        if (i > 0) {
          cheapest = Math.min(cheapest, costs[i - 1][j] + GAP);
        }
        if (j > 0) {
          cheapest = Math.min(cheapest, costs[i][j - 1] + GAP);
        }
        if (i > 0 && j > 0) {
          distances[i - 1][j - 1] = paired(distance(a.get(i - 1), b.get(j - 1)));
          cheapest = Math.min(cheapest, costs[i - 1][j - 1] + distances[i - 1][j - 1]);
        }
        costs[i][j] = cheapest;
      }
    }
    int i = a.size();
    int j = b.size();
    if (!ended) { // what is left over in one of them may have its partner further on
      for (int k = 0; k <= a.size(); k++) {
        i = costs[k][b.size()] < costs[i][j] ? k : i;
      }
      for (int k = 0; k <= b.size(); k++) {
        if (costs[a.size()][k] < costs[i][j]) {
          i = a.size();
          j = k;
        }
      }
    }
    Deque<int[]> way = new ArrayDeque<>();
    while (i > 0 || j > 0) {
      boolean pair = i > 0 && j > 0 && costs[i][j] == costs[i - 1][j - 1] + distances[i - 1][j - 1];
      boolean fromA = pair || i > 0 && costs[i][j] == costs[i - 1][j] + GAP;
      way.addFirst(new int[] {fromA ? 1 : 0, pair || !fromA ? 1 : 0});
      i -= fromA ? 1 : 0;
      j -= pair || !fromA ? 1 : 0;
    }
    return new ArrayList<>(way);
  }

  private static int paired(int distance) {
    return distance == 0 ? 0 : GAP * 2 / 3 + distance * GAP / 100;
  }

  /** How different two entries are: 0 if they are the same, 100 at most. */
  private static int distance(Held one, Held other) {
    byte[] a = one.payload();
    byte[] b = other.payload();
    if (a.length == b.length) {
      int mismatch = Arrays.mismatch(a, b);
      if (mismatch < 0) {
        return 0;
      }
      int looked = Math.min(SAMPLE, a.length);
      int equal = 0;
      for (int at = 0; at < looked; at++) {
        equal += a[at] == b[at] ? 1 : 0;
      }
      return 1 + 98 * (looked - equal) / Math.max(1, looked);
    }
    int most = Math.min(SAMPLE, Math.min(a.length, b.length));
    int looked = Math.min(SAMPLE, Math.max(a.length, b.length));
    int front = 0;
    while (front < most && a[front] == b[front]) {
      front++;
    }
    int back = 0;
    while (back < most - front && a[a.length - 1 - back] == b[b.length - 1 - back]) {
      back++;
    }
    return 1 + Math.max(33, 98 * Math.max(0, looked - front - back) / looked);
  }

  /**
   * The s2c steps once it is known how replies carry the ids of their requests: replies to the same
   * request are the same step, whatever their order.
   *
   * @param copies the copies of values from requests into replies
   * @param requests the c2s steps
   */
  List<Step> byRequests(List<CopyFinder.Found> copies, List<Step> requests) {
    Direction direction = Direction.S2C;
    List<Map<Long, Long>> first = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      first.add(new HashMap<>());
      for (Step request : requests) {
        if (request.conversation() == conversation && request.isIn(i)) {
          first.get(i).put(request.entry(i), request.entry(0));
        }
      }
    }
    Map<Long, Deque<Integer>> answers = new HashMap<>();
    List<int[]> partners = new ArrayList<>();
    List<Long> requestsOfA = requestsOf(0, copies);
    for (int i = 1; i < held.size(); i++) {
      answers.clear();
      List<Long> requestsOfB = requestsOf(i, copies);
      for (int k = 0; k < requestsOfB.size(); k++) {
        Long request = first.get(i).get(requestsOfB.get(k));
        answers
            .computeIfAbsent(request == null ? 0 : request, key -> new ArrayDeque<>())
            .add(k);
      }
      int[] own = new int[requestsOfA.size()];
      for (int k = 0; k < own.length; k++) {
        Deque<Integer> like = answers.get(requestsOfA.get(k));
        own[k] = like == null || like.isEmpty() ? -1 : like.remove();
      }
      partners.add(own);
    }
    return steps(direction, partners);
  }

  /** For each s2c entry of a recording, the number of the c2s entry that it answers; or 0. */
  private List<Long> requestsOf(int recording, List<CopyFinder.Found> copies) {
    List<Held> requests = held.get(recording).c2s();
    List<Map<ByteBuffer, Long>> values = new ArrayList<>();
    copies.forEach(copy -> values.add(new HashMap<>()));
    List<Long> numbers = new ArrayList<>();
    int next = 0;
    for (Held answer : held.get(recording).s2c()) {
      for (; next < requests.size() && requests.get(next).number() < answer.number(); next++) {
        Held request = requests.get(next);
        for (int i = 0; i < copies.size(); i++) {
          CopyFinder.Found copy = copies.get(i);
          if (copy.from().sized() == null
              && request.payload().length == copy.from().length()) {
            values
                .get(i)
                .put(
                    ByteBuffer.wrap(request.payload(), copy.start(), copy.width()),
                    request.number());
          }
        }
      }
      long number = 0;
      for (int i = 0; i < copies.size() && number == 0; i++) {
        CopyFinder.Found copy = copies.get(i);
        if (copy.to().sized() == null && answer.payload().length == copy.to().length()) {
          number = values
              .get(i)
              .getOrDefault(ByteBuffer.wrap(answer.payload(), copy.offset(), copy.width()), 0L);
        }
      }
      numbers.add(number);
    }
    return numbers;
  }
}
