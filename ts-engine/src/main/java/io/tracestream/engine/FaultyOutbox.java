package io.tracestream.engine;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Fault.Kind;
import io.tracestream.rules.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An outbox that applies faults to frames before they are sent.
 *
 * <p>What is done to a frame is decided once, by its payload: of frames that are forwarded, while
 * they are read, so that it is in the recording at its place. When they are sent, those frames are
 * taken out of their run one by one. A run that nothing is done to goes as it is, unless something
 * before it is still held.
 *
 * <p>What is held goes in order: a frame that is delayed makes those after it wait. The owner stops
 * reading while much is held.
 */
final class FaultyOutbox extends Outbox {
  /** Frames that are held do not stop the reading up to this many bytes. */
  private static final int MOST_HELD = 256 * 1024;
  /** What a frame that is held takes in memory beside its bytes. */
  private static final int OVERHEAD = 150;

  private static final long SECOND = 1_000_000_000;
  /** A rate is kept by sending so many pieces a second. */
  private static final int PIECES_A_SECOND = 100;
  /** How far a slow sending that was held up may catch up. */
  private static final long CATCH_UP_NANOS = SECOND / 10;

  private static final Treatment UNTOUCHED = new Treatment();

  private final FrameFormat format;
  /** Counts the frames' bytes. */
  private final FrameDecoder decoder;

  private final EventLoop loop;
  private final Faults faults;
  private final Direction direction;
  private final long connection;
  private final FaultListener listener;
  /** Called when something that was held may be due. */
  private final Runnable wake;

  /** The faults that the rules below are made of. */
  private @Nullable List<Fault> known;

  private Rule[] rules = {};
  /** What to do with the frames of the next run. */
  private final ArrayDeque<Treatment> planned = new ArrayDeque<>();
  /** Whether any of them is touched. */
  private boolean touched;

  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final List<Aside> aside = new ArrayList<>();
  private long heldBytes;
  private long asideBytes;
  /** No frame goes before that. */
  private long notBefore;

  private EventLoop.@Nullable Timer timer;
  /** Bytes of all frames that were made here. */
  private long framed;
  /** Frames that were looked at when they were to be sent. */
  private long frames;

  /** How the sending will end, as was decided; nothing more is added. */
  private @Nullable Kind decided;
  /** How the sending has ended. */
  private @Nullable Kind ended;

  /** A fault on this connection, with its count. */
  private static final class Rule {
    private final Fault fault;
    private final RandomGenerator random;
    private long count;

    private Rule(Fault fault, RandomGenerator random) {
      this.fault = fault;
      this.random = random;
    }

    private boolean isDoneTo(ByteBuffer payload) {
      if (!fault.frames().matches(payload)) {
        return false;
      }
      if (fault.kind() == Kind.CORRUPT) {
        long offset = fault.number();
        long start = offset < 0 ? payload.remaining() + offset : offset;
        if (start < 0 || start + fault.length() > payload.remaining()) {
          return false;
        }
      }
      return fault.isDone(++count, random);
    }
  }

  /** What is done to one frame, by all faults together. */
  private static final class Treatment {
    private long delay;
    private boolean dropped;
    private int copies = 1;
    private long later;
    private final List<Fault> corrupted = new ArrayList<>(0);
    private @Nullable Fault paced;
    private @Nullable Fault last;

    private void add(Rule rule) {
      Fault fault = rule.fault;
      switch (fault.kind()) {
        case DELAY -> delay += fault.nanos();
        case JITTER -> delay += (long) (rule.random.nextDouble() * fault.nanos());
        case DROP -> dropped = true;
        case DUPLICATE -> copies++;
        case REORDER -> later = Math.max(later, fault.number());
        case CORRUPT -> corrupted.add(fault);
        case RATE, SPLIT -> paced = fault;
        case TRUNCATE, RESET, END, HANG -> last = last == null ? fault : last;
      }
    }
  }

  /** Bytes that wait for their time, and how the sending ends after them. */
  private static final class Held {
    private final ByteBuffer bytes;
    private final long due;
    private final @Nullable Fault paced;
    private final @Nullable Kind last;

    private Held(ByteBuffer bytes, long due, @Nullable Fault paced, @Nullable Kind last) {
      this.bytes = bytes;
      this.due = due;
      this.paced = paced;
      this.last = last;
    }
  }

  /** A frame that goes after others. */
  private static final class Aside {
    private final ByteBuffer frame;
    private final Treatment treatment;
    private long left;

    private Aside(ByteBuffer frame, Treatment treatment) {
      this.frame = frame;
      this.treatment = treatment;
      this.left = treatment.later;
    }
  }

  FaultyOutbox(
      EventLoop loop,
      FrameFormat format,
      Faults faults,
      Direction direction,
      long connection,
      FaultListener listener,
      Runnable wake) {
    super(loop.buffers, format);
    this.format = format;
    this.decoder = new FrameDecoder(format);
    this.loop = loop;
    this.faults = faults;
    this.direction = direction;
    this.connection = connection;
    this.listener = listener;
    this.wake = wake;
    this.notBefore = loop.now();
  }

  // Deciding.

  /** Takes over a change of the faults; whether any may be done in this direction. */
  private boolean hasRules() {
    List<Fault> now = faults.list();
    if (now != known) {
      known = now;
      List<Rule> some = new ArrayList<>();
      for (int i = 0; i < now.size(); i++) {
        Fault fault = now.get(i);
        if (fault.frames().direction() == direction && fault.isOn(connection)) {
          some.add(new Rule(fault, faults.random(connection, i)));
        }
      }
      rules = some.toArray(Rule[]::new);
    }
    return rules.length > 0;
  }

  @Override
  @Nullable
  Payloads deciding(FrameSocket from, @Nullable Payloads next) {
    planned.clear();
    touched = false;
    return hasRules() && decided == null ? new Deciding(from, next) : next;
  }

  /** Decides what to do with frames as they are read, before they are recorded. */
  private final class Deciding implements Payloads {
    private final FrameSocket from;
    private final @Nullable Payloads next;

    private Deciding(FrameSocket from, @Nullable Payloads next) {
      this.from = from;
      this.next = next;
    }

    @Override
    public void payload(ByteBuffer payload) {
      plan(payload);
      if (next != null) {
        next.payload(payload);
      }
    }

    @Override
    public void largePayload(ByteBuffer[] parts) {
      plan(joined(parts));
      if (next != null) {
        next.largePayload(parts);
      }
    }

    private void plan(ByteBuffer payload) {
      if (decided == null) {
        Treatment treatment = decide(payload, from.frames() + 1);
        touched |= treatment != UNTOUCHED;
        planned.addLast(treatment);
      }
    }
  }

  private Treatment decide(ByteBuffer payload, long frame) {
    Treatment treatment = UNTOUCHED;
    for (Rule rule : rules) {
      if (rule.isDoneTo(payload)) {
        treatment = treatment == UNTOUCHED ? new Treatment() : treatment;
        treatment.add(rule);
        listener.injected(frame, rule.fault);
      }
    }
    if (treatment.last != null) {
      decided = endOf(treatment.last);
    }
    return treatment;
  }

  private static Kind endOf(Fault last) {
    return last.kind() == Kind.TRUNCATE ? last.then() : last.kind();
  }

  private static ByteBuffer joined(ByteBuffer... parts) {
    long length = 0;
    for (ByteBuffer part : parts) {
      length += part.remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(length));
    for (ByteBuffer part : parts) {
      all.put(part.duplicate());
    }
    return all.flip();
  }

  // Adding.

  @Override
  void add(FrameRun run) {
    if (!touched && isClear()) {
      for (ByteBuffer part : run.parts) {
        decoder.skip(part.remaining());
      }
      super.add(run);
    } else {
      try {
        takeApart(run);
      } catch (FrameException e) {
        throw new UncheckedIOException(e); // does not happen: the frames were read as such
      }
      run.release();
    }
    planned.clear();
    touched = false;
  }

  /** Whether frames may go at once. */
  private boolean isClear() {
    return decided == null
        && held.isEmpty()
        && aside.isEmpty()
        && notBefore - System.nanoTime() <= 0;
  }

  /** A run is a row of frames in one buffer, or one frame in several. */
  private void takeApart(FrameRun run) throws FrameException {
    if (run.parts.size() > 1) {
      treat(joined(run.parts.toArray(ByteBuffer[]::new)));
      return;
    }
    for (ByteBuffer in : run.parts) {
      while (in.hasRemaining() && ended == null) {
        int length = Math.toIntExact(decoder.frameLength(in));
        ByteBuffer frame = ByteBuffer.allocate(length).put(0, in, in.position(), length);
        in.position(in.position() + length);
        treat(frame);
      }
    }
  }

  private void treat(ByteBuffer frame) throws FrameException {
    Treatment treatment = planned.pollFirst();
    if (treatment == null && decided != null) {
      return; // it comes after the end
    }
    treat(frame, treatment == null ? UNTOUCHED : treatment);
  }

  @Override
  void add(ByteBuffer payload) throws FrameException {
    ByteBuffer rest = payload.duplicate();
    ByteBuffer frame = ByteBuffer.allocate(format.mostHeaderLength() + payload.remaining());
    format.putHeader(frame, rest, framed);
    frame.put(rest).flip();
    framed += frame.remaining();
    frames++;
    if (decided == null) {
      treat(frame, hasRules() ? decide(payload, frames) : UNTOUCHED);
    }
  }

  /** Does to a frame, whose bytes are ours, what was decided. */
  private void treat(ByteBuffer frame, Treatment treatment) throws FrameException {
    int length = frame.remaining();
    for (Fault fault : treatment.corrupted) {
      corrupt(frame, fault);
    }
    decoder.skip(length);
    Fault last = treatment.last;
    if (last != null) {
      goAside();
      int cut = last.kind() == Kind.TRUNCATE ? (int) Math.min(length - 1, last.number()) : 0;
      hold(frame.limit(cut), treatment, endOf(last));
      return;
    }
    if (treatment.later > 0 && !treatment.dropped) {
      asideBytes += length;
    } else if (!treatment.dropped) {
      send(frame, treatment);
    }
    for (Aside one : List.copyOf(aside)) {
      if (--one.left == 0) {
        aside.remove(one);
        asideBytes -= one.frame.remaining();
        send(one.frame, one.treatment);
      }
    }
    if (treatment.later > 0 && !treatment.dropped) {
      aside.add(new Aside(frame, treatment));
      while (asideBytes > MOST_HELD
          && aside.size() > 1) { // the first one goes sooner than it should
        Aside first = aside.remove(0);
        asideBytes -= first.frame.remaining();
        send(first.frame, first.treatment);
      }
    }
  }

  /**
   * Inverts bytes of the payload, which may be on both sides of the length. Where a byte holds bits
   * of both, those of the length stay.
   */
  private void corrupt(ByteBuffer frame, Fault fault) throws FrameException {
    ByteBuffer[] payload = payloadOf(frame);
    ByteBuffer rest = payload[payload.length - 1];
    int before = payload.length > 1 ? payload[0].remaining() : 0;
    int size = before + rest.remaining();
    int start = (int) (fault.number() < 0 ? size + fault.number() : fault.number());
    int end = start + fault.length();
    if (start < before) {
      ByteBuffer inverted =
          ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
      for (int i = 0; i < before; i++) {
        inverted.put(i, (byte) ~inverted.get(i));
      }
      ByteBuffer other = payloadOf(inverted)[0];
      for (int i = start; i < Math.min(end, before); i++) {
        frame.put(i, (byte) (frame.get(i) ^ payload[0].get(i) ^ other.get(i)));
      }
    }
    for (int i = Math.max(start, before); i < end; i++) {
      int at = rest.position() + i - before;
      frame.put(at, (byte) ~frame.get(at));
    }
  }

  private ByteBuffer[] payloadOf(ByteBuffer frame) throws FrameException {
    return decoder.payload(new ByteBuffer[] {frame.duplicate()});
  }

  private void send(ByteBuffer frame, Treatment treatment) {
    for (int i = 0; i < treatment.copies; i++) {
      if (treatment.delay == 0
          && treatment.paced == null
          && held.isEmpty()
          && notBefore - System.nanoTime() <= 0) {
        addBytes(frame.duplicate());
      } else {
        hold(frame.duplicate(), treatment, null);
      }
    }
  }

  private void hold(ByteBuffer bytes, Treatment treatment, @Nullable Kind last) {
    heldBytes += bytes.remaining();
    held.addLast(new Held(bytes, System.nanoTime() + treatment.delay, treatment.paced, last));
  }

  /** Frames that wait for others go now. */
  private void goAside() {
    for (Aside one : aside) {
      send(one.frame, one.treatment);
    }
    aside.clear();
    asideBytes = 0;
  }

  @Override
  void end() {
    if (decided == null) {
      goAside();
    }
  }

  // Sending.

  @Override
  long flush(WritableByteChannel socket) throws IOException {
    release();
    return super.flush(socket);
  }

  /** Passes on what is due. */
  private void release() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    long now = System.nanoTime();
    while (!held.isEmpty() && ended == null) {
      Held first = held.peekFirst();
      long start = first.due - notBefore > 0 ? first.due : notBefore;
      if (start - now > 0) {
        timer = loop.after(start - now, wake);
        return;
      }
      pass(first, start, now);
    }
  }

  private void pass(Held first, long start, long now) {
    Fault paced = first.paced;
    ByteBuffer bytes = first.bytes;
    long most = paced == null
        ? Integer.MAX_VALUE
        : paced.kind() == Kind.SPLIT
            ? paced.number()
            : Math.max(1, paced.number() / PIECES_A_SECOND);
    int piece = (int) Math.min(most, bytes.remaining());
    addBytes(bytes.slice(bytes.position(), piece));
    bytes.position(bytes.position() + piece);
    heldBytes -= piece;
    if (paced != null && paced.kind() == Kind.RATE) {
      long from = now - start > CATCH_UP_NANOS ? now - CATCH_UP_NANOS : start;
      notBefore = from + (long) ((double) piece * SECOND / paced.number());
    } else if (paced != null && bytes.hasRemaining()) {
      notBefore = now + paced.nanos();
    }
    if (!bytes.hasRemaining()) {
      held.removeFirst();
      if (first.last != null) {
        ended = first.last;
        discardHeld();
      }
    }
  }

  private void discardHeld() {
    held.clear();
    heldBytes = 0;
    aside.clear();
    asideBytes = 0;
  }

  @Override
  @Nullable
  Kind ended() {
    return super.isEmpty() ? ended : null;
  }

  @Override
  boolean isEmpty() {
    return super.isEmpty() && held.isEmpty();
  }

  @Override
  boolean isHolding() {
    return !held.isEmpty();
  }

  @Override
  boolean isWritable() {
    return !super.isEmpty();
  }

  @Override
  boolean takesMore() {
    return super.isEmpty() && heldBytes < MOST_HELD; // frames aside wait for those to be read
  }

  @Override
  long unsentBytes() {
    return super.unsentBytes() + heldBytes;
  }

  @Override
  long capacity() {
    return super.capacity()
        + heldBytes
        + asideBytes
        + (long) OVERHEAD * (held.size() + aside.size());
  }

  @Override
  void clear() {
    super.clear();
    discardHeld();
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
