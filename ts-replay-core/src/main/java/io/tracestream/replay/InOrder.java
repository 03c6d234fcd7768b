package io.tracestream.replay;

import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Mismatch.Kind;
import io.tracestream.rules.LiveValues;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One conversation in its recorded order, with two places in it. One is the entry that the other
 * side's next frame is compared with; the other is what we send next. A frame of ours goes out when
 * all frames of the other side before it were matched and, unless all go at once, its pause has
 * passed: the pause is counted from when the frame before was due, or matched, so that delays do
 * not add up.
 *
 * <p>While a {@link Chooser} has several conversations that agree with the frames so far, the line
 * moves from one of them to another.
 *
 * <p>Memory: two places, and what copies need.
 */
final class InOrder extends Play {
  /** How many matches have their times kept. */
  private static final int REMEMBERED = 64;
  /** How many conversations are searched for the one that comes nearest to a frame. */
  private static final int MOST_LOOKED_AT = 100;

  /** Null unless frames choose the conversation. */
  private final Chooser.@Nullable Seat seat;
  /** The same while more than one conversation is left, else null. */
  private Chooser.@Nullable Seat choice;
  /** What is played, as far as is known. */
  private Script script;

  private boolean acquired;

  /** Where the other side's next frame belongs. */
  private Cursor expected;
  /** Where our next frame is: never after the expected one. */
  private Cursor next;
  /** As they are at the expected entry; null if nothing is copied. */
  private @Nullable LiveValues values;
  /** What is live in frames of ours that are not sent yet; null if all are as recorded. */
  private @Nullable Cuts unsent;
  /** All frames of ours so far, while there is a choice and they are computed; else null. */
  private @Nullable Cuts computed;
  /** The latest frames of either side; null for none, or where nothing is computed. */
  private @Nullable ByteBuffer latestReceived;

  private @Nullable ByteBuffer latestSent;
  /** What is copied from frames that came, while there is a choice; else null. */
  private @Nullable Cuts received;

  /** Whether so many computed frames wait that the way to the expected one stops before it. */
  private boolean stopped;
  /** Our frames before the expected one that have not been sent yet. */
  private long unsentBefore;
  /** Our frames that were sent, less those that came since. */
  private long unanswered;

  /** How many of the matched ones the sending has passed. */
  private long passed;
  /** How many conversations agreed up to a frame that none of them expects; 0 without a choice. */
  private int conversations;
  /** When the frame before was due, or matched; once {@code paced}, when ours is. */
  private long due;

  private boolean paced;
  /** When each of the last matches was, by its number modulo the length; null without pauses. */
  private long @Nullable [] matchTimes;

  /** Plays that conversation. */
  InOrder(Role role, Script conversation) {
    this(role, conversation, null);
  }

  /** Plays one of the chooser's conversations. */
  InOrder(Role role, Chooser.Seat among) {
    this(role, among.front(), among);
  }

  private InOrder(Role role, Script first, Chooser.@Nullable Seat among) {
    super(role);
    seat = among;
    choice = among;
    script = first;
    expected = new Cursor(first);
    next = new Cursor(first);
  }

  @Override
  void open(long now) throws IOException {
    script.acquire();
    acquired = true;
    due = now;
    expected = script.cursor();
    next = script.cursor();
    if (role.copies()) {
      values = new LiveValues(role.use(), null, role.format().maxPayloadLength());
      received = choice != null
          ? new Cuts(role.fieldsFromReceived(), role.comparer()::valueIn, role.comparer()::follow)
          : null;
      computed = choice != null && rewriting != null ? Cuts.ofWholePayloads() : null;
    }
    unsent = role.changesSent() ? role.cutsOfSent() : null;
    matchTimes = role.timing().isAtOnce() ? null : new long[REMEMBERED];
    findExpected(false);
  }

  @Override
  void close() {
    if (acquired) {
      script.release();
      acquired = false;
    }
  }

  // What comes.

  @Override
  @Nullable
  Kind came(ByteBuffer[] parts) throws IOException {
    // The bytes need to be in one piece only if they differ, or something is copied from them.
    if (choice == null && !role.needsWholeFrames() && !isEarly() && equalExpected(parts)) {
      ByteBuffer recorded = expected.payload();
      count(recorded, recorded, recorded);
      goOn();
      return null;
    }
    return super.came(parts);
  }

  private boolean equalExpected(ByteBuffer[] parts) throws IOException {
    if (!expected.isAtEntry()) {
      return false;
    }
    ByteBuffer rest = expectedPayload();
    for (ByteBuffer part : parts) {
      if (part.remaining() > rest.remaining()
          || !part.equals(rest.slice(rest.position(), part.remaining()))) {
        return false;
      }
      rest.position(rest.position() + part.remaining());
    }
    return !rest.hasRemaining();
  }

  @Override
  @Nullable
  Kind came(ByteBuffer frame) throws IOException {
    if (countIfAllowed(frame)) {
      return null;
    }
    if (stopped) {
      findExpected(true);
    }
    if (choice != null) {
      Chooser.Seat choosing = choice;
      switch (choosing.frame(expected.entriesBefore(), frame, connection(), latestSent)) {
        case NONE -> {
          conversations = choosing.expecting(MOST_LOOKED_AT).size();
          goToNearest(choosing, frame);
          return expected.isAtEntry() ? Kind.DIFFERENT_FRAME : Kind.EXTRA_FRAME;
        }
        case TAKEN -> {
          goToNearest(choosing, frame);
          return Kind.EXTRA_CONNECTION;
        }
        case FITS -> follow(choosing, choosing.front());
      }
    }
    if (!expected.isAtEntry()) {
      // Damage in the recording is reported once all before it is sent.
      return expected.isAtEnd() ? Kind.EXTRA_FRAME : null;
    }
    ByteBuffer live = expectedPayload();
    if (difference(expected, live, latestSent, frame) >= 0) {
      return Kind.DIFFERENT_FRAME;
    }
    if (isEarly()) {
      return Kind.TOO_EARLY;
    }
    take(live, frame);
    return null;
  }

  /**
   * Whether a target answers what it was not asked yet. It may be quicker than it was recorded, and
   * answer one request before the next one is sent, but not more often than it was asked.
   */
  private boolean isEarly() {
    return role.isClient() && unsentBefore > 0 && unanswered == 0;
  }

  private ByteBuffer expectedPayload() throws IOException {
    return live(values, expected, role.received());
  }

  /** The expected frame came. */
  private void take(ByteBuffer live, ByteBuffer frame) throws IOException {
    ByteBuffer recorded = expected.payload();
    count(recorded, live, frame);
    latestReceived = kept(frame);
    pass(expected, frame);
    if (received != null) {
      received.add(recorded, frame);
      requireRoom(received);
    }
    goOn();
  }

  /** Goes on after the expected frame, which was counted. */
  private void goOn() throws IOException {
    unanswered -= unanswered > 0 ? 1 : 0;
    if (matchTimes != null) {
      matchTimes[(int) (matched() % REMEMBERED)] = System.nanoTime();
    }
    if (seat != null && matched() == 1) {
      seat.begin();
    }
    expected.next();
    findExpected(false);
  }

  private void requireRoom(Cuts cuts) throws IOException {
    if (cuts.areTooMany()) {
      throw new IOException(script
          + (rewriting == null
              ? ": the values to copy take more memory than a session is given;"
                  + " copy shorter fields, or of fewer frames"
              : ": computed frames that the client has not read yet take more memory than a"
                  + " session is given; let the client read before it sends more"));
    }
  }

  /**
   * Goes on to the next entry that is compared, or to a fork.
   *
   * @param now whether it has to be found now, though many frames of ours wait to be sent
   */
  private void findExpected(boolean now) throws IOException {
    stopped = false;
    while (true) {
      if (settleForks()) {
        return;
      }
      if (!expected.isAtEntry() || expected.direction() == role.received()) {
        return;
      }
      if (!now && rewriting != null && isFull()) {
        stopped = true;
        return;
      }
      if (unsent != null) {
        send(expected, unsent);
      }
      unsentBefore++;
      expected.next();
    }
  }

  /** Notes what a frame of ours is when it goes out, before the other side can see it. */
  private void send(Cursor at, Cuts unsent) throws IOException {
    ByteBuffer live = toSend(at, live(values, at, role.sent()), latestReceived);
    if (computed != null) {
      computed.add(at.payload(), live);
      requireRoom(computed);
    }
    latestSent = kept(live);
    pass(at, live);
    keep(unsent, at, live);
  }

  private void keep(Cuts unsent, Cursor at, ByteBuffer live) throws IOException {
    unsent.add(at.payload(), live);
    requireRoom(unsent);
  }

  /** A frame passed; values from before it are no longer needed. */
  private void pass(Cursor at, ByteBuffer live) throws IOException {
    if (values != null) {
      values.settled(at.entriesBefore() + 1);
      values.passed(at.entriesBefore(), at.direction(), at.payload(), live);
    }
  }

  @Override
  boolean isFull() {
    return unsent != null && unsent.areMany();
  }

  // The choice between conversations.

  /**
   * Makes the choice where our own frames differ.
   *
   * @return whether the next frame to come makes it instead
   */
  private boolean settleForks() throws IOException {
    while (choice != null && choice.isFork(expected.entriesBefore())) {
      boolean goesOn = choice.settle();
      follow(choice, choice.front());
      if (!goesOn) {
        return true;
      }
    }
    return false;
  }

  /** Switches to a conversation that is the same so far. */
  private void follow(Chooser.Seat choosing, Script front) throws IOException {
    if (front != script) {
      Script before = script;
      front.acquire();
      script = front;
      before.release();
      next = script.cursor(next.entriesBefore());
      expected = goAlong(expected.entriesBefore());
    }
    if (choosing.isSettled() && !choosing.isFork(expected.entriesBefore())) {
      settle();
    }
  }

  /** The conversation will not change any more. */
  private void settle() {
    choice = null;
    received = null;
    computed = null;
  }

  /** A place in the conversation, with the live values as they are there. */
  private Cursor goAlong(long entriesBefore) throws IOException {
    if (received == null || unsent == null) { // as where nothing is copied
      return script.cursor(entriesBefore);
    }
    values = new LiveValues(role.use(), null, role.format().maxPayloadLength());
    unsent.clear();
    received.rewind();
    if (computed != null) {
      computed.rewind();
    }
    Cursor at = script.cursor();
    for (; at.entriesBefore() < entriesBefore; at.next()) {
      if (at.direction() == role.sent()) {
        ByteBuffer live =
            computed != null ? computed.putInto(at.payload()) : live(values, at, role.sent());
        pass(at, live);
        if (at.entriesBefore() >= next.entriesBefore()) {
          keep(unsent, at, live);
        }
      } else {
        pass(at, received.putInto(at.payload()));
      }
    }
    return at;
  }

  /** Switches to the conversation whose next frame is most similar to this one. */
  private void goToNearest(Chooser.Seat choosing, ByteBuffer frame) throws IOException {
    if (!choosing.isFork(expected.entriesBefore())) {
      return;
    }
    Script nearest = script;
    int farthest = -1;
    for (Script one : choosing.expecting(MOST_LOOKED_AT)) {
      int difference = one == script ? difference(expected, frame) : difference(one, frame);
      if (difference > farthest) {
        nearest = one;
        farthest = difference;
      }
    }
    if (nearest != script) {
      follow(choosing, nearest);
    }
  }

  private int difference(Script other, ByteBuffer frame) throws IOException {
    other.acquire();
    try {
      return difference(other.cursor(expected.entriesBefore()), frame);
    } finally {
      other.release();
    }
  }

  /** How much of the frame is as recorded there; -1 for nothing. */
  private int difference(Cursor at, ByteBuffer frame) throws IOException {
    if (!at.isAtEntry()) {
      return -1;
    }
    int difference = role.comparer().difference(at.payload(), frame);
    return difference < 0 ? Integer.MAX_VALUE : difference;
  }

  // What goes.

  @Override
  boolean toNext() throws IOException {
    while (next.entriesBefore() < expected.entriesBefore()) {
      if (next.direction() != role.received()) {
        return true;
      }
      passMatched();
    }
    return false;
  }

  private void passMatched() throws IOException {
    next.next();
    passed++;
    if (matchTimes != null && matched() - passed < REMEMBERED) {
      due = Math.max(due, matchTimes[(int) (passed % REMEMBERED)]);
    } // else the client runs far ahead, and does not set the pace
  }

  @Override
  void notBefore(long nanos) {
    due = Math.max(due, nanos);
  }

  @Override
  void schedule() throws IOException {
    if (!paced) {
      paced = true;
      due += role.pauseNanos(next);
    }
  }

  @Override
  long due() {
    return due;
  }

  @Override
  ByteBuffer next() throws IOException {
    paced = false;
    unsentBefore--;
    unanswered++;
    ByteBuffer payload = next.payload();
    if (unsent != null) {
      payload = unsent.putInto(payload);
      unsent.forgetTaken();
    }
    next.next();
    if (stopped && !isFull()) {
      findExpected(false);
    }
    return payload;
  }

  @Override
  String whereSent() throws IOException {
    Cursor sent = next.copy();
    sent.back();
    return sent.where();
  }

  // The end.

  @Override
  boolean isAtEnd() throws IOException {
    return expected.isAtEnd();
  }

  @Override
  @Nullable
  RecordingException damage() throws IOException {
    return expected.damage();
  }

  @Override
  boolean endsSending() throws IOException {
    return next.hasEnded(role.sent());
  }

  @Override
  boolean mayEndSending() throws IOException {
    return choice == null && mayEndSending(next);
  }

  @Override
  @Nullable
  RecordedEnd recordedEnd() throws IOException {
    return expected.end();
  }

  /** Whether a conversation ends where the client does; then it is the one that was played. */
  @Override
  boolean endHere() throws IOException {
    if (choice == null || !choice.endHere(expected.entriesBefore())) {
      return false;
    }
    follow(choice, choice.front());
    settle();
    return true;
  }

  @Override
  boolean isOwn() {
    return seat == null || seat.end(expected.entriesBefore());
  }

  @Override
  void leave() {
    if (seat != null) {
      seat.leave();
    }
  }

  @Override
  long recordedPauseNanos() throws IOException {
    return expected.isAtEntry() ? role.pauseNanos(expected) : 0;
  }

  @Override
  SessionResult describe(SessionResult result) {
    return super.describe(result).withNotes(acquired ? notesAtEnd(expected) : List.of());
  }

  @Override
  Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, @Nullable ByteBuffer found) {
    Cursor at = kind == Kind.NOT_TAKEN ? next : expected;
    try {
      if (at == expected && stopped) {
        findExpected(true);
      }
      Mismatch mismatch =
          Mismatch.of(kind, connection, peer, at.place(role.received()), role.rules());
      if (at.isAtEntry()) {
        ByteBuffer payload =
            at == expected ? asExpected(at, expectedPayload(), latestSent, found) : at.payload();
        mismatch = mismatch.withRecorded(at.payload()).withExpected(at.entry(payload));
      }
      if (found == null) {
        return mismatch;
      }
      mismatch = mismatch.withFound(found.array()).withConversations(conversations);
      return kind == Kind.TOO_EARLY
          ? mismatch
          : Clues.add(mismatch, found.array(), at).withOtherOrder(role.otherOrder());
    } catch (IOException e) { // the recording cannot be read now: say what is known without it
      Place place = Place.of(toString(), role.received(), at.entriesBefore() + 1, 0, 0);
      return Mismatch.of(kind, connection, peer, place, role.rules());
    }
  }

  @Override
  public String toString() {
    return script.toString();
  }
}
