package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds out which of the fields that vary a live server checks: plays the recorded client to it
 * again and again, each time with other bytes in one field.
 *
 * <p>It claims only what it saw. Whenever a changed recording fails, the unchanged one must still
 * pass: otherwise the server is gone or busy, and the failure says nothing about the field. For one
 * thread, and one run.
 */
final class ServerTrial {
  /** How long a reply may take, beyond its recorded pause. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  /** The part of the heap that recordings may take. */
  private static final int SHARE = 4;

  private final InetSocketAddress target;
  private final String server;
  private final FrameFormat format;
  private final Rules rules;
  private final int mostRequests;
  private final Duration mostTime;
  private final long began = System.nanoTime();

  private final List<Recorded> recorded = new ArrayList<>();
  private final Map<Field, String> remarks = new LinkedHashMap<>();
  private long requestsOfOnePlay;
  private int plays;
  /** Why it stopped early; null if it did not. */
  private String stopped;

  /**
   * A trial that has not begun.
   *
   * @param target the server
   * @param server the server's address, as users gave it
   * @param rules what varies
   * @param mostRequests how many frames may be sent to it
   * @param mostTime how long it may take
   */
  ServerTrial(
      InetSocketAddress target,
      String server,
      FrameFormat format,
      Rules rules,
      int mostRequests,
      Duration mostTime) {
    this.target = target;
    this.server = server;
    this.format = format;
    this.rules = rules;
    this.mostRequests = mostRequests;
    this.mostTime = mostTime;
  }

  /** One conversation. */
  private record Recorded(String name, List<Entry> entries) {}

  /**
   * What became of one play.
   *
   * @param why the first difference; null if it passed
   * @param isGone whether nobody was there
   */
  private record Answer(String why, boolean isGone) {
    static final Answer PASSED = new Answer(null, false);

    boolean passed() {
      return why == null;
    }
  }

  /** Plays the conversations, unchanged and changed. */
  void run(List<Conversation> conversations) throws IOException {
    Set<Field> fields = fields();
    if (fields.isEmpty() || !read(conversations)) {
      return;
    }
    Answer unchanged = play(recorded, rules);
    if (unchanged != null && !unchanged.passed()) {
      stopped = unchanged.isGone
          ? unchanged.why
          : "it does not accept even the unchanged recording, so nothing can be said about single"
              + " fields; " + unchanged.why;
    }
    List<Field> checked = new ArrayList<>();
    for (Field field : fields) {
      if (isTried(field)) {
        checked.add(field);
      }
    }
    checked.forEach(this::tryBytes);
  }

  /** Whether the server was asked and said all there was to say. */
  boolean isComplete() {
    return stopped == null;
  }

  /** What was seen of a field; null if nothing was tried. */
  String remark(Field field) {
    String remark = remarks.get(field);
    return remark == null ? null : server + " " + remark;
  }

  /** What was done, in one line. */
  String summary() {
    if (plays == 0) {
      return "Nothing was played to " + server + ": "
          + (stopped == null ? "no rule is about c2s frames" : stopped);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return "Played to " + server + (plays == 1 ? " once" : " " + plays + " times") + ", at most "
        + plays * requestsOfOnePlay + " requests in "
        + String.format(Locale.ROOT, "%.1f", seconds) + " s"
        + (stopped == null ? "" : "; " + stopped);
  }

  /** The c2s fields that rules leave open, copy from or copy to. */
  private Set<Field> fields() {
    Set<Field> fields = new LinkedHashSet<>(rules.ignored());
    for (Copy copy : rules.copied()) {
      fields.add(copy.from());
      fields.add(copy.to());
    }
    fields.removeIf(field -> field.direction() == Direction.S2C);
    return fields;
  }

  private boolean read(List<Conversation> conversations) throws IOException {
    long bytes = 0;
    for (Conversation conversation : conversations) {
      List<Entry> entries = new ArrayList<>();
      try (Recording recording = conversation.open(format.longestPayload());
          RecordingReader reader = recording.reader()) {
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
          entries.add(entry);
          bytes += entry.payload().length;
          requestsOfOnePlay += entry.direction() == Direction.C2S ? 1 : 0;
          if (requestsOfOnePlay > mostRequests) {
            stopped = "to play it once takes more than " + mostRequests
                + " requests; raise --max-requests, or learn from shorter recordings";
            return false;
          }
          if (bytes > Runtime.getRuntime().maxMemory() / SHARE) {
            stopped = "the recording is too large to be held in memory; learn from shorter ones";
            return false;
          }
        }
      }
      recorded.add(new Recorded(conversation.toString(), entries));
    }
    return true;
  }

  /** Plays some conversations under some rules; null if that would be beyond a limit. */
  private Answer play(List<Recorded> some, Rules under) {
    Duration left = mostTime.minusNanos(System.nanoTime() - began);
    if (stopped == null && (plays + 1) * requestsOfOnePlay > mostRequests) {
      stopped = "stopped at the limit of " + mostRequests + " requests (--max-requests)";
    }
    if (stopped == null && left.compareTo(Duration.ZERO) <= 0) {
      stopped = timeIsUp();
    }
    if (stopped != null) {
      return null;
    }
    plays++;
    List<Conversation> conversations = some.stream()
        .map(one -> Conversation.of(Recording.of(one.name, one.entries)))
        .toList();
    VerifyConfig config = VerifyConfig.of(target, conversations)
        .withFormat(format)
        .withTiming(Timing.NONE)
        .withRules(under)
        .withReplyTimeout(PATIENCE)
        .withListener(result -> {});
    try (Verifier verifier = Verifier.start(config)) {
      boolean isOver = verifier.awaitConnections(conversations.size(), left);
      Verdict verdict = verifier.verdict();
      if (isOver) {
        return verdict.passed() ? Answer.PASSED : new Answer(why(verdict), false);
      }
      stopped = timeIsUp();
      return null;
    } catch (IOException e) {
      plays--; // nothing was
      return new Answer(Failures.reason(e), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = "it was interrupted";
      return null;
    }
  }

  private String timeIsUp() {
    return "stopped at the limit of " + mostTime.toMillis() / 1000.0 + " s (--max-time)";
  }

  private static String why(Verdict verdict) {
    return verdict.mismatches().isEmpty()
        ? verdict.toString()
        : why(verdict.mismatches().get(0));
  }

  private static String why(Mismatch mismatch) {
    String where = mismatch.expected() == null
        ? "after the last entry"
        : "at entry " + mismatch.place().entry();
    return where
        + (mismatch.found() == null
            ? " " + mismatch.reason()
            : mismatch.expected() == null
                ? " it sent another frame"
                : " its reply was another one");
  }

  /** Tries other bytes in all of a field; whether the server rejects them. */
  private boolean isTried(Field field) {
    Change change = new Change(field, null);
    if (change.isImpossible()) {
      remarks.put(
          field, "was not tried with other bytes here, as other rules are about some of" + " them");
      return false;
    }
    Answer answer = play(change.conversations(), change.rules());
    if (answer == null) {
      remarks.put(field, "was not tried with other bytes here");
    } else if (answer.passed()) {
      remarks.put(
          field,
          rules.copied().stream().anyMatch(copy -> copy.from().equals(field))
              ? "accepted another value here, and sent it back"
              : "accepted other bytes here");
    } else if (isStillThere()) {
      remarks.put(field, "checks these bytes: with others, " + answer.why());
      return true;
    } else {
      remarks.put(field, "was not tried with other bytes here to the end");
    }
    return false;
  }

  /** Whether the server accepts the unchanged recording; if not, nothing more is tried. */
  private boolean isStillThere() {
    Answer answer = play(recorded, rules);
    if (answer != null && !answer.passed()) {
      stopped = "then it did not accept the unchanged recording any more: " + answer.why();
    }
    return answer != null && answer.passed();
  }

  /** Tries the bytes of a field that is checked one by one. */
  private void tryBytes(Field field) {
    boolean isCopied = rules.copied().stream().anyMatch(copy -> copy.to().equals(field));
    if (field.length() < 2 || isCopied) {
      return; // an old token is wrong, whatever one of its bytes is
    }
    BitSet accepted = new BitSet();
    for (int at = 0; at < field.length(); at++) {
      Answer answer = play(new Change(field, at).conversations(), rules);
      if (answer == null) {
        return;
      }
      accepted.set(at, answer.passed());
    }
    if (!isStillThere()) {
      return;
    }
    List<String> places = new ArrayList<>();
    for (int from = accepted.nextSetBit(0); from >= 0; ) {
      int to = accepted.nextClearBit(from);
      places.add(part(field, from, to - from));
      from = accepted.nextSetBit(to);
    }
    remarks.merge(
        field,
        places.isEmpty()
            ? "; a change of any one of them is enough"
            : "; it accepted a change of one byte in " + String.join(" and ", places),
        String::concat);
  }

  /** Some bytes of a field, as rules write them. */
  private static String part(Field field, int from, int length) {
    String text = field.toString();
    String place = text.substring(text.lastIndexOf(':') + 1, text.lastIndexOf('+'));
    return (place.contains("/") ? place + "/" + from : field.offset() + from) + "+" + length;
  }

  /** The conversations with other bytes in one field, and the rules for them. */
  private final class Change {
    private final Field field;
    /** The byte to change; null for all. */
    private final Integer only;

    private final List<Recorded> changed = new ArrayList<>();
    private boolean isPartOfOthers;
    private int count;

    Change(Field field, Integer only) {
      this.field = field;
      this.only = only;
      recorded.forEach(one -> changed.add(new Recorded(one.name, entries(one.entries))));
    }

    List<Recorded> conversations() {
      return changed;
    }

    /** Whether no frame has other bytes now, or a live value would overwrite some of them. */
    boolean isImpossible() {
      return count == 0 || isPartOfOthers;
    }

    /** Without the copies into the field, which would put the right value there. */
    Rules rules() {
      Rules without = rules;
      for (Copy copy : rules.copied()) {
        if (copy.to().equals(field)) {
          without = without(without, copy).ignoring(copy.from());
        }
      }
      return without;
    }

    private static Rules without(Rules all, Copy copy) {
      return Rules.of(all.toString()
          .lines()
          .filter(line -> !line.equals("copy " + copy))
          .toArray(String[]::new));
    }

    private List<Entry> entries(List<Entry> entries) {
      List<Entry> others = new ArrayList<>();
      Map<ByteBuffer, byte[]> values = new HashMap<>();
      for (Entry entry : entries) {
        byte[] payload = entry.direction() == Direction.C2S
            ? request(entry.payload(), values)
            : reply(entry.payload(), values);
        others.add(new Entry(entry.elapsedMicros(), entry.direction(), payload));
      }
      return others;
    }

    private byte[] request(byte[] payload, Map<ByteBuffer, byte[]> values) {
      ByteBuffer value = field.value(ByteBuffer.wrap(payload));
      if (value == null) {
        return payload;
      }
      int from = field.start(ByteBuffer.wrap(payload));
      int to = from + value.remaining();
      isPartOfOthers |= rules.copied().stream()
          .map(Copy::to)
          .filter(live -> live.direction() == Direction.C2S && !live.equals(field))
          .anyMatch(live -> overlaps(live, payload, from, to));
      byte[] other = payload.clone();
      for (int at = to - 1; at >= from; at--) {
        if (only == null || at == from + only) {
          other[at] = another(payload[at]);
          if (!isAlike(other, from, value.remaining())) {
            other[at] = payload[at]; // it says how long the field is
          }
        }
      }
      count += ByteBuffer.wrap(other).equals(ByteBuffer.wrap(payload)) ? 0 : 1;
      values.put(value, Arrays.copyOfRange(other, from, to));
      return other;
    }

    private static boolean overlaps(Field live, byte[] payload, int from, int to) {
      ByteBuffer value = live.value(ByteBuffer.wrap(payload));
      int start = live.start(ByteBuffer.wrap(payload));
      return value != null && start < to && start + value.remaining() > from;
    }

    /** Whether the field is still in the same place. */
    private boolean isAlike(byte[] payload, int start, int length) {
      ByteBuffer value = field.value(ByteBuffer.wrap(payload));
      return value != null
          && value.remaining() == length
          && field.start(ByteBuffer.wrap(payload)) == start;
    }

    /** The reply with the other value, where it carries the recorded one of the request. */
    private byte[] reply(byte[] payload, Map<ByteBuffer, byte[]> values) {
      byte[] other = payload;
      for (Copy copy : rules.copied()) {
        ByteBuffer value = copy.to().value(ByteBuffer.wrap(payload));
        byte[] sent = copy.from().equals(field) && value != null ? values.get(value) : null;
        if (sent != null) {
          other = other == payload ? payload.clone() : other;
          System.arraycopy(sent, 0, other, copy.to().start(ByteBuffer.wrap(payload)), sent.length);
        }
      }
      return other;
    }

    /** Another byte of the same kind: a digit for a digit, a letter for a letter. */
    private static byte another(byte one) {
      if (one >= 'a' && one <= 'z') {
        return (byte) ('a' + (one - 'a' ^ 1));
      }
      if (one >= 'A' && one <= 'Z') {
        return (byte) ('A' + (one - 'A' ^ 1));
      }
      return (byte) (one ^ 1);
    }
  }
}
