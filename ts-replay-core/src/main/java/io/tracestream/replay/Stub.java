package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Field;
import io.tracestream.rules.LiveValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * One connection's part in a stub: finds the recorded request that each frame equals, and keeps
 * what is owed to the client until it is due and the client takes it.
 *
 * <p>Replies go out in the order of their requests. Those that a copy ties to their request may
 * overtake others, as a reply that took long when it was recorded is not to hold up the rest; those
 * of one request never do.
 *
 * <p>For one thread.
 */
final class Stub {
  /** An owed request and its place in the queue, in bytes. */
  private static final int OWED_BYTES = 48;

  private static final int MANY_BYTES = 32 * 1024 * 1024;

  private final Pool pool;
  private final Role role;
  /** Null when nothing is copied. */
  private final LiveValues values;

  private final Cursor request;
  private final Cursor reply;
  /** The number of the next frame, whichever way it goes. */
  private long passed;
  /** Whether a frame of ours was not as recorded: then requests may not be, either. */
  private boolean hasChanged;

  private final PriorityQueue<Owed> owed = new PriorityQueue<>();
  private long owedBytes;
  /** When the last reply that may not be overtaken is due. */
  private long lastDue = Long.MIN_VALUE;

  private long owedCount;

  /** The replies of one request that were not sent yet. */
  private static final class Owed implements Comparable<Owed> {
    private final int request;
    private final long number;
    /** The fields of all of them that live values go into; null where all are as recorded. */
    private final byte[] values;

    private int taken;
    private int reply;
    private long due;

    private Owed(int request, long number, byte[] values) {
      this.request = request;
      this.number = number;
      this.values = values;
    }

    private long memory() {
      return OWED_BYTES + (values == null ? 0 : values.length);
    }

    @Override
    public int compareTo(Owed other) {
      return due != other.due ? Long.compare(due, other.due) : Long.compare(number, other.number);
    }
  }

  Stub(Pool pool, Role role) {
    this.pool = pool;
    this.role = role;
    this.values = role.copies() ? new LiveValues(role.rules()) : null;
    this.request = pool.cursor();
    this.reply = pool.cursor();
  }

  /** The client has connected: owes it what servers say first. */
  void greet(long now) throws IOException {
    owe(Pool.NONE, now);
  }

  /**
   * A frame came: owes its replies.
   *
   * @return false when no recorded request equals it
   */
  boolean frame(ByteBuffer frame, long now) throws IOException {
    int found = find(frame);
    if (found == Pool.NONE) {
      return false;
    }
    if (values != null) {
      pass(Direction.C2S, request.payload(), frame);
    }
    owe(found, now);
    return true;
  }

  /** Takes the request that a frame equals, to which the cursor then points. */
  private int find(ByteBuffer frame) throws IOException {
    int group = pool.group(frame);
    int found = group == Pool.NONE ? Pool.NONE : take(group, frame, false);
    if (found != Pool.NONE) {
      return found;
    }
    int alike = pool.alikeGroup(frame);
    for (group = hasChanged ? alike : Pool.NONE;
        group != Pool.NONE && found == Pool.NONE;
        group = pool.nextAlike(group)) {
      found = take(group, frame, false);
    }
    // What a client was given in one conversation, it may use in a request of another one.
    for (group = alike; group != Pool.NONE && found == Pool.NONE; group = pool.nextAlike(group)) {
      found = pool.isUsedUp(group) ? Pool.NONE : take(group, frame, true);
    }
    for (group = alike; group != Pool.NONE && found == Pool.NONE; group = pool.nextAlike(group)) {
      found = take(group, frame, true);
    }
    return found;
  }

  private int take(int group, ByteBuffer frame, boolean withTokens) throws IOException {
    while (true) {
      int candidate = pool.candidate(group);
      pool.moveTo(candidate, request);
      ByteBuffer recorded = request.payload();
      ByteBuffer expected = withTokens
          ? pool.withTokensOf(frame, recorded)
          : values == null ? recorded : values.live(passed, Direction.C2S, recorded);
      if (role.comparer().difference(expected, frame) >= 0) {
        return Pool.NONE;
      }
      if (pool.use(group, candidate)) {
        return candidate;
      }
    }
  }

  private void pass(Direction direction, ByteBuffer recorded, ByteBuffer live) {
    values.settled(passed + 1);
    values.passed(passed++, direction, recorded, live);
  }

  private void owe(int found, long now) throws IOException {
    int count = pool.replies(found);
    if (count == 0) {
      return;
    }
    Owed more = new Owed(found, owedCount++, values == null ? null : liveFields(found, count));
    if (!role.timing().isAtOnce()) {
      setDue(more, now, count);
    }
    owed.add(more);
    owedBytes += more.memory();
  }

  /** Passes the replies, as they will be live. */
  private byte[] liveFields(int found, int count) throws IOException {
    byte[] fields = new byte[0];
    int length = 0;
    boolean change = false;
    for (int i = 0; i < count; i++) {
      pool.moveToReply(found, i, reply);
      ByteBuffer recorded = reply.payload();
      ByteBuffer live = values.live(passed, Direction.S2C, recorded);
      pass(Direction.S2C, recorded, live);
      change |= live != recorded;
      int more = 0;
      for (Field field : role.fieldsIntoSent()) {
        more += field.isWhole(live.remaining()) ? field.length() : 0;
      }
      if (length + (long) more > MANY_BYTES) {
        throw new IOException("the values to copy into the replies of one request take more than "
            + MANY_BYTES + " bytes; copy shorter fields");
      }
      fields = length + more <= fields.length
          ? fields
          : Arrays.copyOf(fields, count == 1 ? more : Math.max(length + more, 2 * length));
      for (Field field : role.fieldsIntoSent()) {
        if (field.isWhole(live.remaining())) {
          live.get(live.position() + field.start(live.remaining()), fields, length, field.length());
          length += field.length();
        }
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

  /** Whether replies are owed to the client. */
  boolean owes() {
    return !owed.isEmpty();
  }

  /** Whether what is owed takes so much memory that no more requests should come. */
  boolean owesMuch() {
    return owedBytes > MANY_BYTES;
  }

  /** When the next frame is due, as {@link System#nanoTime} counts; 0 where all go at once. */
  long due() {
    return owed.peek().due;
  }

  /** The next frame, as it is to be sent; the client is not owed it any more. */
  ByteBuffer next() throws IOException {
    Owed head = owed.peek();
    pool.moveToReply(head.request, head.reply, reply);
    ByteBuffer live = live(head, reply.payload());
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

  private ByteBuffer live(Owed head, ByteBuffer recorded) {
    if (head.values == null) {
      return recorded;
    }
    int length = recorded.remaining();
    ByteBuffer live = ByteBuffer.allocate(length).put(recorded).flip();
    for (Field field : role.fieldsIntoSent()) {
      if (field.isWhole(length)) {
        live.put(field.start(length), head.values, head.taken, field.length());
        head.taken += field.length();
      }
    }
    return live;
  }
}
