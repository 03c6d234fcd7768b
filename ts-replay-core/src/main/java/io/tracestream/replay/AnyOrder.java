package io.tracestream.replay;

import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.LiveValues;
import io.tracestream.rules.Ties;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One conversation whose target may answer in any order: a reply that a copy ties to a request may
 * come at any time after that request. Replies that nothing ties to a request come in their
 * recorded order. A request goes out when all replies before it have come.
 *
 * <p>The recording is read no further than needed: up to the next request, or, if a frame is not
 * among those expected, up to the entry that it equals. Entries that were read and have not passed
 * wait here, with about 200 bytes of memory each besides their page, for at most
 * {@value #MOST_AHEAD} entries.
 */
final class AnyOrder extends Play {
  /** How far beyond the first entry that has not passed to look for others, in entries. */
  private static final int MOST_AHEAD = 131_072;

  /** How many of the replies that could come to compare with a frame that equals none. */
  private static final int MOST_COMPARED = 1000;

  /** How many of the replies that could come to name when another frame comes. */
  private static final int MOST_SHOWN = 16;

  /** How much is kept of requests that were sent, for computing their replies. */
  private static final int MOST_KEPT = 16 * 1024 * 1024;

  private final Script script;
  private final LiveValues values;
  private final Ties ties;
  private boolean acquired;

  /** The first entry that has not been read. */
  private Cursor unread;
  /** Requests that have not been sent. */
  private final Deque<Waiting> requests = new ArrayDeque<>();
  /** Replies that have not come; others are dropped when they get to the front. */
  private final Deque<Waiting> replies = new ArrayDeque<>();
  /** Those without a known request; others are dropped as above. */
  private final Deque<Waiting> untied = new ArrayDeque<>();
  /** Replies that wait for their request to be sent, by the number of its entry. */
  private final Map<Long, List<Waiting>> early = new HashMap<>();
  /** Replies whose request was sent, by their hash. */
  private final TreeMap<Key, Waiting> byHash =
      new TreeMap<>(Comparator.comparingLong(Key::hash).thenComparingLong(Key::number));
  /** Those not in there yet, as replies mostly come in their order. */
  private final List<Waiting> unsorted = new ArrayList<>();

  /** The latest requests that were sent, by the number of their entry; if replies are computed. */
  private final TreeMap<Long, ByteBuffer> sent = new TreeMap<>();

  private long sentBytes;
  /** The latest one that was forgotten; -1 for none. */
  private long forgotten = -1;
  /** The latest reply that came; null for none, or where nothing is computed. */
  private @Nullable ByteBuffer latestReply;

  /** The request that was sent last. */
  private Cursor lastSent;
  /** The request of the reply that came last; -1 when none is known. */
  private long answered = -1;
  /** Requests that were sent, less replies that came since. */
  private long unanswered;
  /** The entry that a frame which came too early equals; or null. */
  private @Nullable Waiting shown;
  /** Whether the entry looked for may be beyond those that were looked at. */
  private boolean looksNoFurther;

  private long due;
  private boolean paced;
  /** When the last reply came. */
  private long lastReply;

  /** A reply's hash and number. */
  private record Key(long hash, long number) {}

  /** An entry that has not passed. */
  private static final class Waiting {
    private final Cursor at;
    private final long number;
    /** The number of the request that a reply belongs to; -1 when none is known. */
    private final long request;

    private boolean passed;
    private long hash;

    private Waiting(Cursor at, long request) {
      this.at = at;
      this.number = at.entriesBefore();
      this.request = request;
    }

    private long number() {
      return number;
    }

    private Key key() {
      return new Key(hash, number);
    }
  }

  AnyOrder(Role role, Script conversation) {
    super(role);
    script = conversation;
    values = new LiveValues(role.use(), role.received(), role.format().maxPayloadLength());
    ties = new Ties(role.rules(), role.sent());
    unread = new Cursor(conversation);
    lastSent = unread;
  }

  @Override
  void open(long now) throws IOException {
    script.acquire();
    acquired = true;
    due = now;
    lastReply = now;
    unread = script.cursor();
  }

  @Override
  void close() {
    if (acquired) {
      script.release();
      acquired = false;
    }
  }

  /** Reads one more entry, which then waits here. */
  private Waiting read() throws IOException {
    Cursor at = unread.copy();
    boolean isRequest = at.direction() == role.sent();
    Waiting entry = new Waiting(at, isRequest ? -1 : ties.find(at.payload()));
    if (isRequest) {
      ties.add(entry.number(), at.payload());
      requests.add(entry);
    } else {
      replies.add(entry);
      if (entry.request < 0) {
        untied.add(entry);
      } else if (isSent(entry.request)) {
        sortLater(List.of(entry));
      } else {
        early.computeIfAbsent(entry.request, ignored -> new ArrayList<>(1)).add(entry);
      }
    }
    unread.next();
    return entry;
  }

  private void sortLater(List<Waiting> some) {
    if (rewriting == null) {
      unsorted.addAll(some);
    }
  }

  private boolean isSent(long request) {
    return requests.isEmpty() || request < requests.peekFirst().number();
  }

  /** The first one that has not passed; null when all have. */
  private static @Nullable Waiting first(Deque<Waiting> entries) {
    while (!entries.isEmpty() && entries.peekFirst().passed) {
      entries.removeFirst();
    }
    return entries.peekFirst();
  }

  /** The number of the first entry that has not passed. */
  private long firstNumber() {
    long number = unread.entriesBefore();
    Waiting reply = first(replies);
    Waiting request = requests.peekFirst();
    number = reply == null ? number : Math.min(number, reply.number());
    return request == null ? number : Math.min(number, request.number());
  }

  // What comes.

  @Override
  @Nullable
  Kind came(ByteBuffer frame) throws IOException {
    if (countIfAllowed(frame)) {
      return null;
    }
    Waiting reply = find(frame);
    if (reply == null) {
      return isAtEnd() ? Kind.EXTRA_FRAME : earlyOrDifferent(frame);
    }
    count(reply.at.payload(), expected(reply), frame);
    latestReply = kept(frame);
    answered = reply.request;
    unanswered -= unanswered > 0 ? 1 : 0;
    if (!role.timing().isAtOnce()) {
      lastReply = System.nanoTime();
    }
    reply.passed = true;
    byHash.remove(reply.key());
    values.settled(firstNumber());
    values.passed(reply.number(), role.received(), reply.at.payload(), frame);
    return null;
  }

  /** The first reply that may come now and equals the frame; or null. */
  private @Nullable Waiting find(ByteBuffer frame) throws IOException {
    Waiting first = first(replies);
    if (first != null && mayCome(first) && equals(first, frame)) {
      return first; // as is usual
    }
    if (rewriting != null) { // no hash finds what is computed
      Waiting found = findInEach(frame);
      return found != null ? found : findAhead(frame);
    }
    Waiting found = findTied(frame);
    Waiting next = first(untied);
    if (next != null
        && (found == null || next.number() < found.number())
        && mayCome(next)
        && equals(next, frame)) {
      found = next;
    }
    found = found != null ? found : findAhead(frame);
    return found != null ? found : findInEach(frame);
  }

  /** Reads on up to a reply that may come now and equals the frame. */
  private @Nullable Waiting findAhead(ByteBuffer frame) throws IOException {
    while (unread.isAtEntry()) {
      if (unread.entriesBefore() - firstNumber() >= MOST_AHEAD) {
        looksNoFurther = true;
        return null;
      }
      Waiting one = read();
      if (one.at.direction() == role.received() && mayCome(one) && equals(one, frame)) {
        return one;
      }
    }
    return null;
  }

  /** Needed because a value may have changed since the replies were sorted. */
  private @Nullable Waiting findInEach(ByteBuffer frame) throws IOException {
    for (Waiting reply : replies) {
      if (!reply.passed && mayCome(reply) && equals(reply, frame)) {
        return reply;
      }
    }
    return null;
  }

  private @Nullable Waiting findTied(ByteBuffer frame) throws IOException {
    for (Waiting reply : unsorted) {
      if (!reply.passed) {
        reply.hash = role.comparer().liveHash(expected(reply));
        byHash.put(reply.key(), reply);
      }
    }
    unsorted.clear();
    if (byHash.isEmpty()) {
      return null;
    }
    long hash = role.comparer().liveHash(frame);
    for (Waiting reply : byHash.tailMap(new Key(hash, 0)).values()) {
      if (reply.hash != hash) {
        break;
      }
      if (equals(reply, frame)) {
        return reply;
      }
    }
    return null;
  }

  /**
   * Whether a reply may come now: its request was sent, or it is the next one that has no request.
   */
  private boolean mayCome(Waiting reply) {
    if (reply.request >= 0) {
      return isSent(reply.request);
    }
    // One request may be answered before the next one is sent, but no more often than it was asked.
    return reply == first(untied) && (isSent(reply.number()) || unanswered > 0);
  }

  private boolean equals(Waiting reply, ByteBuffer frame) throws IOException {
    return difference(reply.at, expected(reply), request(reply), frame) < 0;
  }

  /** What a reply is computed from; null for nothing. */
  private @Nullable ByteBuffer request(Waiting reply) throws IOException {
    if (rewriting == null) {
      return null;
    }
    if (reply.request >= 0) {
      ByteBuffer request = sent.get(reply.request);
      return request == null && reply.request <= forgotten ? throwForgotten(reply) : request;
    }
    Map.Entry<Long, ByteBuffer> latest = sent.lowerEntry(reply.number());
    return latest != null ? latest.getValue() : forgotten < 0 ? null : throwForgotten(reply);
  }

  private ByteBuffer throwForgotten(Waiting reply) throws IOException {
    throw new IOException(reply.at.where() + ": the request of this reply was forgotten, because"
        + " more than " + MOST_KEPT + " bytes of others were sent after it; that many may be under"
        + " way with a frame rewriter");
  }

  private void keepSent(long number, ByteBuffer live) {
    if (rewriting != null) {
      sent.put(number, kept(live));
      sentBytes += live.remaining();
      while (sentBytes > MOST_KEPT && sent.size() > 1) {
        Map.Entry<Long, ByteBuffer> oldest = sent.pollFirstEntry();
        sentBytes -= oldest.getValue().remaining();
        forgotten = oldest.getKey();
      }
    }
  }

  private ByteBuffer expected(Waiting reply) throws IOException {
    return live(values, reply.at, role.received());
  }

  // What goes.

  @Override
  boolean toNext() throws IOException {
    while (requests.isEmpty() && first(replies) == null && unread.isAtEntry()) {
      read();
    }
    Waiting reply = first(replies);
    return !requests.isEmpty() && (reply == null || requests.peekFirst().number() < reply.number());
  }

  @Override
  void notBefore(long nanos) {
    due = Math.max(due, nanos);
  }

  @Override
  void schedule() throws IOException {
    if (!paced) {
      paced = true;
      due = Math.max(due, lastReply) + role.pauseNanos(requests.peekFirst().at);
    }
  }

  @Override
  long due() {
    return due;
  }

  @Override
  ByteBuffer next() throws IOException {
    Waiting request = requests.removeFirst();
    lastSent = request.at;
    ByteBuffer live = toSend(request.at, live(values, request.at, role.sent()), latestReply);
    keepSent(request.number(), live);
    values.settled(firstNumber());
    values.passed(request.number(), role.sent(), request.at.payload(), live);
    List<Waiting> itsReplies = early.remove(request.number());
    if (itsReplies != null) {
      sortLater(itsReplies);
    }
    paced = false;
    unanswered++;
    return live;
  }

  @Override
  long request() {
    return requests.isEmpty() ? -1 : requests.peekFirst().number();
  }

  @Override
  long answered() {
    return answered;
  }

  @Override
  String whereSent() throws IOException {
    return lastSent.where();
  }

  // The end.

  @Override
  boolean isAtEnd() throws IOException {
    return requests.isEmpty() && first(replies) == null && unread.isAtEnd();
  }

  @Override
  @Nullable
  RecordingException damage() throws IOException {
    return requests.isEmpty() && first(replies) == null ? unread.damage() : null;
  }

  /** Where the first entry that has not passed is. */
  private Cursor place() {
    Waiting reply = first(replies);
    return !requests.isEmpty() ? requests.peekFirst().at : reply != null ? reply.at : unread;
  }

  @Override
  boolean endsSending() throws IOException {
    return requests.isEmpty() && place().hasEnded(role.sent());
  }

  @Override
  boolean mayEndSending() throws IOException {
    return requests.isEmpty() && mayEndSending(place());
  }

  @Override
  @Nullable
  RecordedEnd recordedEnd() throws IOException {
    return unread.end();
  }

  @Override
  long recordedPauseNanos() throws IOException {
    Waiting reply = first(replies);
    return reply == null ? 0 : role.pauseNanos(reply.at);
  }

  // What is known.

  /**
   * No reply that may come now equals the frame: whether a reply to a request not yet sent does.
   */
  private Kind earlyOrDifferent(ByteBuffer frame) throws IOException {
    for (Waiting reply : replies) {
      boolean isEarly = !isSent(reply.request < 0 ? reply.number() : reply.request);
      // What its reply is computed from is not known yet.
      if (!reply.passed
          && isEarly
          && role.comparer().difference(reply.at.payload(), expected(reply), frame) < 0) {
        shown = reply;
        return Kind.TOO_EARLY;
      }
    }
    return Kind.DIFFERENT_FRAME;
  }

  /** The most similar one of the replies that may come now. */
  private @Nullable Waiting nearest(ByteBuffer frame) throws IOException {
    Waiting nearest = first(replies);
    double most = Double.NEGATIVE_INFINITY;
    int compared = 0;
    for (Waiting reply : replies) {
      if (!reply.passed && mayCome(reply)) {
        double alike = Clues.likeness(role.comparer(), reply.at.payload(), expected(reply), frame);
        if (alike > most) {
          nearest = reply;
          most = alike;
        }
        if (++compared == MOST_COMPARED) {
          break;
        }
      }
    }
    return nearest;
  }

  @Override
  Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, @Nullable ByteBuffer found) {
    try {
      Waiting entry = kind == Kind.NOT_TAKEN
          ? requests.peekFirst()
          : shown != null ? shown : found == null ? first(replies) : nearest(found);
      Cursor at = entry == null ? unread : entry.at;
      Mismatch mismatch =
          Mismatch.of(kind, connection, peer, at.place(role.received()), role.rules());
      if (at.isAtEntry()) {
        ByteBuffer live = live(values, at, at.direction());
        mismatch = mismatch
            .withRecorded(at.payload())
            .withExpected(at.entry(
                kind == Kind.DIFFERENT_FRAME && entry != null
                    ? asExpected(at, live, request(entry), found)
                    : live));
      }
      if (found == null) {
        return mismatch;
      }
      mismatch = withOutstanding(mismatch.withFound(found.array()));
      return kind == Kind.TOO_EARLY ? mismatch : withNearby(Clues.add(mismatch, found.array(), at));
    } catch (IOException e) { // the recording cannot be read now: say what is known without it
      Place place = Place.of(toString(), role.received(), firstNumber() + 1, 0, 0);
      return Mismatch.of(kind, connection, peer, place, role.rules());
    }
  }

  private Mismatch withNearby(Mismatch mismatch) throws IOException {
    Nearby nearby = mismatch.nearby();
    return nearby == null ? mismatch : mismatch.withNearby(nearby.withCame(hasCome(nearby)));
  }

  /** Whether an entry was read and is not waiting. */
  private boolean hasCome(Nearby entry) throws IOException {
    if (entry.entry() >= unread.number()) {
      return false;
    }
    for (Waiting reply : replies) {
      if (!reply.passed && reply.at.number() == entry.entry()) {
        return false;
      }
    }
    return true;
  }

  private Mismatch withOutstanding(Mismatch mismatch) throws IOException {
    List<Place> places = new ArrayList<>();
    long count = 0;
    for (Waiting reply : replies) {
      if (!reply.passed && mayCome(reply)) {
        count++;
        if (places.size() < MOST_SHOWN) {
          places.add(reply.at.place(role.received()));
        }
      }
    }
    return mismatch.withOutstanding(places, count);
  }

  @Override
  SessionResult describe(SessionResult result) {
    List<String> notes = new ArrayList<>();
    if (acquired && requests.isEmpty() && first(replies) == null) {
      notes.addAll(notesAtEnd(unread));
    }
    if (looksNoFurther) {
      notes.add(this + ": a frame was looked for among " + MOST_AHEAD
          + " entries after the first one that had not passed, and no further");
    }
    return super.describe(result).withNotes(notes);
  }

  @Override
  public String toString() {
    return script.toString();
  }
}
