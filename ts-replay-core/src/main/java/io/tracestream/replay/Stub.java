package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.LiveValues;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Answers each request by itself, from a {@link Pool}: finds the recorded request that a frame
 * equals, and keeps the replies until they are due and the client takes them. It never ends a
 * connection; the client may end it between any two frames.
 *
 * <p>Replies go out in the order of their requests. Those that a copy ties to their request may
 * overtake others, so that a reply that took long when it was recorded does not hold up the rest;
 * replies of one request keep their order.
 *
 * <p>Memory: what copies need, and some 70 bytes for each request whose replies wait.
 */
final class Stub extends Play {
  /** What one request with waiting replies takes, with its place in the queue. */
  private static final int OWED_BYTES = 48;
  /** When this much is waiting, no more requests are read. */
  private static final int MANY_BYTES = 32 * 1024 * 1024;

  private final Pool pool;
  /** Null when nothing is copied. */
  private final @Nullable LiveValues values;

  private final Cursor request;
  private final Cursor reply;
  /** The request that was compared last, with its live values. */
  private ByteBuffer expected = ByteBuffer.allocate(0);
  /** The number of the next frame, whichever way it goes. */
  private long passed;
  /** Whether a frame of ours was not as recorded: then requests may not be either. */
  private boolean hasChanged;
  /** The latest frame of ours; null for none, or where nothing is computed. */
  private @Nullable ByteBuffer latestSent;

  private final Queue<Owed> owed;
  private long owedBytes;
  /** When the last reply that may not be overtaken is due. */
  private long lastDue = Long.MIN_VALUE;

  private long owedCount;
  /** Whether the client has ended. */
  private boolean ended;

  /** The replies to one request that have not been sent yet. */
  private static final class Owed implements Comparable<Owed> {
    private final int request;
    private final long number;
    /** The fields of all of them that live values go into; null where all are as recorded. */
    private final @Nullable Cuts values;

    private int reply;
    private long due;

    private Owed(int request, long number, @Nullable Cuts values) {
      this.request = request;
      this.number = number;
      this.values = values;
    }

    private long memory() {
      return OWED_BYTES + (values == null ? 0 : values.memory());
    }

    @Override
    public int compareTo(Owed other) {
      return due != other.due ? Long.compare(due, other.due) : Long.compare(number, other.number);
    }
  }

  Stub(Role role, Pool pool) {
    super(role);
    this.pool = pool;
    this.values =
        role.copies() ? new LiveValues(role.use(), null, role.format().maxPayloadLength()) : null;
    this.owed = role.timing().isAtOnce() ? new ArrayDeque<>() : new PriorityQueue<>();
    this.request = pool.cursor();
    this.reply = pool.cursor();
  }

  @Override
  void open(long now) throws IOException {
    owe(Pool.NONE, now, null);
  }

  // What comes.

  @Override
  @Nullable
  Kind came(ByteBuffer frame) throws IOException {
    return came(frame, role.timing().isAtOnce() ? 0 : System.nanoTime());
  }

  /** A frame came at that time. */
  @Nullable
  Kind came(ByteBuffer frame, long now) throws IOException {
    int found = find(frame);
    if (found == Pool.NONE) {
      return countIfAllowed(frame)
          ? null
          : pool.isEmpty() ? Kind.EXTRA_FRAME : Kind.UNKNOWN_REQUEST;
    }
    count(request.payload(), expected, frame);
    pass(Direction.C2S, request.payload(), frame);
    owe(found, now, kept(frame));
    return null;
  }

  /** Takes the request that a frame equals: it is the last one that is compared. */
  private int find(ByteBuffer frame) throws IOException {
    if (rewriting != null) {
      return findByComputing(frame);
    }
    int alike = pool.alikeGroup(frame);
    int group = role.comparer().isExact() ? pool.group(frame) : Pool.NONE;
    int found = group == Pool.NONE ? Pool.NONE : take(group, frame, false);
    for (group = role.comparer().isExact() ? Pool.NONE : alike;
        group != Pool.NONE && found == Pool.NONE;
        group = pool.nextAlike(group)) {
      found = pool.isUsedUp(group) ? Pool.NONE : take(group, frame, false);
    }
    for (group = role.comparer().isExact() ? Pool.NONE : alike;
        group != Pool.NONE && found == Pool.NONE;
        group = pool.nextAlike(group)) {
      found = take(group, frame, false);
    }
    if (found != Pool.NONE) {
      return found;
    }
    for (group = hasChanged ? alike : Pool.NONE;
        group != Pool.NONE && found == Pool.NONE;
        group = pool.nextAlike(group)) {
      found = take(group, frame, false);
    }
    // A client may use what it got in one conversation in a request of another one.
    for (group = alike; group != Pool.NONE && found == Pool.NONE; group = pool.nextAlike(group)) {
      found = pool.isUsedUp(group) ? Pool.NONE : take(group, frame, true);
    }
    for (group = alike; group != Pool.NONE && found == Pool.NONE; group = pool.nextAlike(group)) {
      found = take(group, frame, true);
    }
    return found;
  }

  /**
   * The same where any byte of a request may be computed: no hash finds it, so each request is
   * computed and compared, the most likely ones first.
   */
  private int findByComputing(ByteBuffer frame) throws IOException {
    int[] groups = pool.likely(frame, Integer.MAX_VALUE);
    int found = findByComputing(groups, frame, false);
    return found == Pool.NONE && pool.hasTokens() ? findByComputing(groups, frame, true) : found;
  }

  private int findByComputing(int[] groups, ByteBuffer frame, boolean withTokens)
      throws IOException {
    int usedUp = Pool.NONE;
    for (int group : groups) {
      boolean isUsedUp = pool.isUsedUp(group);
      pool.moveTo(pool.candidate(group), request);
      if (isEqual(request, frame, withTokens)) {
        int found = isUsedUp ? Pool.NONE : take(group, frame, withTokens);
        if (found != Pool.NONE) {
          return found;
        }
        usedUp = group;
      }
    }
    return usedUp == Pool.NONE ? Pool.NONE : take(usedUp, frame, withTokens);
  }

  /** Whether a frame equals the request at a place; notes what was expected then. */
  private boolean isEqual(Cursor at, ByteBuffer frame, boolean withTokens) throws IOException {
    ByteBuffer live = withTokens ? pool.withTokensOf(frame, at.payload()) : live(Direction.C2S, at);
    expected = live;
    return difference(at, live, latestSent, frame) < 0;
  }

  private int take(int group, ByteBuffer frame, boolean withTokens) throws IOException {
    while (true) {
      int candidate = pool.candidate(group);
      pool.moveTo(candidate, request);
      if (!isEqual(request, frame, withTokens)) {
        return Pool.NONE;
      }
      if (pool.use(group, candidate)) {
        return candidate;
      }
    }
  }

  /** The payload at a place, with its live values. */
  private ByteBuffer live(Direction direction, Cursor at) throws IOException {
    return values == null ? at.payload() : live(values, passed, direction, at);
  }

  private void pass(Direction direction, ByteBuffer recorded, ByteBuffer live) {
    if (values == null) {
      return;
    }
    values.settled(passed + 1);
    values.passed(passed++, direction, recorded, live);
  }

  // What is owed.

  private void owe(int found, long now, @Nullable ByteBuffer asked) throws IOException {
    int count = pool.replies(found);
    if (count == 0) {
      return;
    }
    Owed more =
        new Owed(found, owedCount++, role.changesSent() ? liveFields(found, count, asked) : null);
    if (!role.timing().isAtOnce()) {
      setDue(more, now, count);
    }
    owed.add(more);
    owedBytes += more.memory();
  }

  /** Passes the replies, as they will be live; null where all are as recorded. */
  private @Nullable Cuts liveFields(int found, int count, @Nullable ByteBuffer asked)
      throws IOException {
    Cuts fields = role.cutsOfSent();
    boolean change = false;
    for (int i = 0; i < count; i++) {
      pool.moveToReply(found, i, reply);
      ByteBuffer recorded = reply.payload();
      ByteBuffer live = toSend(reply, live(Direction.S2C, reply), asked);
      latestSent = kept(live);
      pass(Direction.S2C, recorded, live);
      change |= live != recorded;
      fields.add(recorded, live);
      if (fields.size() > MANY_BYTES) {
        throw new IOException((rewriting == null
                ? "the values to copy into the replies of one request take"
                : "the replies to one request, which are computed, take")
            + " more than " + MANY_BYTES + " bytes; "
            + (rewriting == null ? "copy shorter fields" : "play this without a frame rewriter"));
      }
    }
    hasChanged |= change;
    return change ? fields : null;
  }

  private void setDue(Owed more, long now, int count) throws IOException {
    pool.moveToReply(more.request, 0, reply);
    long before = more.request == Pool.NONE ? reply.elapsedBefore() : request.elapsedMicros();
    more.due = now + role.timing().pauseNanos(before, reply.elapsedMicros());
    if (!pool.isTied(more.request)) {
      more.due = Math.max(more.due, lastDue);
      lastDue = more.due;
      for (int i = 1; i < count; i++) {
        lastDue += pauseBefore(more.request, i);
      }
    }
  }

  /**
   * The pause between a reply of a request and the one before; the cursor is then at that reply.
   */
  private long pauseBefore(int found, int number) throws IOException {
    pool.moveToReply(found, number - 1, reply);
    long before = reply.elapsedMicros();
    pool.moveToReply(found, number, reply);
    return role.timing().pauseNanos(before, reply.elapsedMicros());
  }

  @Override
  boolean isFull() {
    return owedBytes > MANY_BYTES;
  }

  // What goes.

  @Override
  boolean toNext() {
    return !owed.isEmpty();
  }

  @Override
  long due() {
    return owed.element().due;
  }

  @Override
  ByteBuffer next() throws IOException {
    Owed head = owed.element();
    pool.moveToReply(head.request, head.reply, reply);
    ByteBuffer recorded = reply.payload();
    ByteBuffer live = head.values == null ? recorded : head.values.putInto(recorded);
    head.reply++;
    boolean isLast = head.reply == pool.replies(head.request);
    if (isLast || !role.timing().isAtOnce()) {
      owed.remove();
    }
    if (isLast) {
      owedBytes -= head.memory();
    } else if (!role.timing().isAtOnce()) {
      head.due += pauseBefore(head.request, head.reply);
      owed.add(head);
    }
    return live;
  }

  @Override
  String whereSent() throws IOException {
    return reply.where();
  }

  // The end.

  @Override
  boolean isAtEnd() {
    return ended;
  }

  @Override
  boolean isComplete() {
    return owed.isEmpty();
  }

  @Override
  boolean endHere() {
    ended = true;
    return true;
  }

  @Override
  @Nullable
  RecordingException damage() {
    return null; // it was found when the pool was made
  }

  @Override
  long recordedPauseNanos() {
    return 0;
  }

  // What is known about it.

  @Override
  Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, @Nullable ByteBuffer found) {
    try {
      if (found != null && pool.nearest(found, request) != Pool.NONE) {
        Mismatch mismatch = mismatch(kind, connection, peer, request, found);
        return Clues.addCopies(mismatch, found.array(), request);
      }
      if (kind == Kind.NOT_TAKEN && toNext()) {
        pool.moveToReply(owed.element().request, owed.element().reply, reply);
        return mismatch(kind, connection, peer, reply, null);
      }
    } catch (IOException e) {
      // The recording cannot be read now: say what is known without it.
    }
    Place anywhere = Place.of(toString(), Direction.C2S, matched() + 1, 0, 0);
    return Mismatch.of(
            found == null ? kind : Kind.EXTRA_FRAME, connection, peer, anywhere, role.rules())
        .withAnyRequest();
  }

  private Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, Cursor at, @Nullable ByteBuffer found)
      throws IOException {
    ByteBuffer live = live(at.direction(), at);
    ByteBuffer shown = found == null ? live : asExpected(at, live, latestSent, found);
    return Mismatch.of(kind, connection, peer, at.place(Direction.C2S), role.rules())
        .withRecorded(at.payload())
        .withExpected(at.entry(shown));
  }

  @Override
  void close() {
    // The pool's files are everybody's.
  }

  @Override
  public String toString() {
    return pool.toString();
  }
}
