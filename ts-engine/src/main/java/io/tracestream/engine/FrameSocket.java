package io.tracestream.engine;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * A TCP socket that carries frames.
 *
 * <p>Thread: lives and dies on one event loop; all methods are for that loop's thread. None of them
 * calls the owner: what they find is in what they return, and in the state of the socket.
 *
 * <p>Buffers: what was read goes on in the buffer that it came into. What the peer does not take
 * waits here, and so does a partial frame, in buffers of their size.
 *
 * <p>Ends: the two directions of a socket end each by itself. {@link #ending} says why nothing more
 * comes; {@link #end} is our own end, behind all that was sent.
 */
public final class FrameSocket implements EventLoop.Handler, EventLoop.Resident {
  private static final int END = -1;
  /** Partial frames up to this size move at each read; a larger one would cost too much. */
  private static final int MOST_MOVED = 64 * 1024;
  /** What is read of a peer whose frames cannot go anywhere yet. */
  private static final int MOST_AHEAD = 64 * 1024;
  /** Less does not count as hoarding unless everybody keeps as little. */
  private static final int SMALL = 64 * 1024;

  private static final long SECOND = 1_000_000_000;
  private static final long STUCK_NANOS = 5 * SECOND;
  private static final long SHORT_OF_MEMORY_NANOS = 5_000_000;
  /** How often a finishing peer may take nothing of the frames that it is owed, a second each. */
  private static final int MOST_IDLE_SECONDS = 60;
  /** For how long a peer that has been sent all may go on sending what is thrown away. */
  private static final int MOST_DISCARDING_SECONDS = 10;

  /** Whose socket it is. Called on the loop's thread, never from inside a call that it makes. */
  public interface Owner {
    /**
     * Something changed: the socket is connected, can be read, has sent all, has ended, broke or is
     * closed.
     *
     * @param socket the socket
     */
    void ready(FrameSocket socket);

    /**
     * About once a second, for time-outs.
     *
     * @param socket the socket
     */
    void second(FrameSocket socket);

    /**
     * Close everything: the loop stops, or an error in the owner's own code was caught.
     *
     * @param cause that error; null where the loop stops
     */
    void stop(Throwable cause);
  }

  private final EventLoop loop;
  private final FrameFormat format;
  private final FrameDecoder decoder;
  private final Owner owner;
  private final Outbox unsent;
  private final Backlog backlog = new Backlog();
  /** Null until it is connected. */
  private SocketChannel channel;

  private SelectionKey key;
  private Dialer.Dial dial;
  private boolean closed;

  /** What the key asks for: its own answer costs more. */
  private int interest;

  private boolean wantsFrames;
  private boolean watched;
  /** The kernel has something for us, and we have not asked for it yet. */
  private boolean readable;
  /** What was read ahead has not been looked at. */
  private boolean ahead;
  /** What came before anybody took frames may end with this. */
  private boolean endRead;

  private IOException resetRead;
  /** The beginning of a frame, or bytes read ahead, from position to limit; or null. */
  private ByteBuffer partial;
  /** A large frame, while it arrives; or null. */
  private LargeFrame large;
  /** Was not read when it had something, as memory was short; until it is read. */
  private boolean starved;

  private boolean resting;

  private boolean stuckTold;

  private Ending ending;
  private long received;

  private boolean ended;
  private boolean endSent;
  private IOException sendFailure;
  private boolean finishing;
  private long sent;

  private long kept;
  private long keptSince;
  private long lastActive;
  private long lastCame;

  private FrameSocket(EventLoop loop, FrameFormat format, Owner owner) {
    this.loop = loop;
    this.format = format;
    this.owner = owner;
    this.decoder = new FrameDecoder(format);
    this.unsent = new Outbox(loop.buffers, format);
    this.lastActive = loop.now();
    this.lastCame = lastActive;
    loop.add(this);
  }

  /**
   * A client's socket.
   *
   * @param loop where it lives from now on
   * @param channel the accepted connection; the socket's from now on
   * @param format the frames of both directions
   * @param owner whose it is
   * @return the socket, connected
   * @throws IOException when the client is gone already; close the channel then
   */
  public static FrameSocket accepted(
      EventLoop loop, SocketChannel channel, FrameFormat format, Owner owner) throws IOException {
    configure(channel);
    FrameSocket socket = new FrameSocket(loop, format, owner);
    socket.channel = channel;
    try {
      socket.key = loop.register(channel, 0, socket);
    } catch (IOException | RuntimeException e) {
      loop.remove(socket);
      throw e;
    }
    return socket;
  }

  /**
   * A socket that is being connected to a target: {@link #isConnected} says when it is. What is
   * sent before waits.
   *
   * @param loop where it lives
   * @param dialer connects it
   * @param spare an open channel to do it with, the socket's from now on; or null
   * @param format the frames of both directions
   * @param owner whose it is
   * @return the socket
   */
  public static FrameSocket dial(
      EventLoop loop, Dialer dialer, SocketChannel spare, FrameFormat format, Owner owner) {
    FrameSocket socket = new FrameSocket(loop, format, owner);
    socket.dial = dialer.dial(socket, spare);
    return socket;
  }

  static void configure(SocketChannel channel) throws IOException {
    // A frame is not to wait for an acknowledgement.
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    // A peer that vanished is found out in the end.
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  EventLoop loop() {
    return loop;
  }

  /** Calls the owner from a task, of which the loop does not know whose it is. */
  void tellOwner() {
    try {
      owner.ready(this);
    } catch (Throwable e) { // as where the socket is ready
      loop.failed(this, e);
    }
  }

  /** The dialer has connected it. */
  void connected(SocketChannel connected, SelectionKey itsKey) {
    dial = null;
    channel = connected;
    key = itsKey;
    key.attach(this);
    key.interestOps(0);
    interest = 0;
    lastActive = loop.now();
    flush();
  }

  /** The dialer gave up. */
  void unreachable(String why) {
    dial = null;
    ending = new Ending(Ending.Kind.UNREACHABLE, why);
    sendFailure = new IOException(why);
    unsent.clear();
    account();
  }

  @Override
  public void ready(SelectionKey ready) {
    int ops = ready.readyOps();
    readable = (ops & SelectionKey.OP_READ) != 0;
    if ((ops & SelectionKey.OP_WRITE) != 0) {
      flush();
    }
    if (finishing) {
      discard();
    } else {
      if (readable && watched) {
        readAhead();
      }
      owner.ready(this);
    }
    readable = false;
  }

  @Override
  public void second() {
    try {
      owner.second(this);
    } catch (Throwable e) {
      loop.failed(this, e);
    }
  }

  @Override
  public void stop() {
    owner.stop(null);
  }

  @Override
  public void failed(Throwable cause) {
    owner.stop(cause);
  }

  // Reading.

  /**
   * Asks for frames, or not: then the peer is slowed down by its own socket.
   *
   * @param wanted whether {@link #read} is to be called when something comes
   */
  public void wantFrames(boolean wanted) {
    wantsFrames = wanted;
    watched = false;
    updateInterest();
  }

  /**
   * Watches the peer while its frames have nowhere to go yet: they are kept, up to 64 KiB, until
   * they are read. An end or a break is noticed at once.
   */
  public void watch() {
    watched = true;
    updateInterest();
  }

  private void readAhead() {
    ByteBuffer in = loop.buffers.take(MOST_AHEAD);
    movePartialTo(in);
    int before;
    do { // the end may stand right behind the last bytes
      before = in.position();
      readable = true;
      readInto(in);
    } while (in.position() > before && in.hasRemaining());
    in.flip();
    ahead = true;
    if (in.hasRemaining()) {
      partial = loop.buffers.shrink(in);
    } else {
      loop.buffers.give(in);
    }
    updateInterest();
    account();
  }

  /**
   * Whether a peer that is {@linkplain #watch watched} is gone: it broke off, or ended without
   * having sent anything.
   *
   * @return true when there is nothing to do for it any more
   */
  public boolean isGone() {
    return resetRead != null || endRead && partial == null;
  }

  /**
   * Whether the peer has ended its sending, be it that not all that it sent was read yet.
   *
   * @return true behind the end, whichever
   */
  public boolean hasEnded() {
    return ending != null || endRead || resetRead != null;
  }

  /**
   * Reads once.
   *
   * @param sink is lent each payload; null when nobody looks at them
   * @return the whole frames that came, in the bytes that they came in, maybe none: send or release
   *     them
   */
  public Frames read(Payloads sink) {
    // An owner that failed may have left frames, which must not go to the next one.
    loop.frames.release();
    if ((readable || ahead) && ending == null && !closed && !finishing) {
      if (partialBytes() > 0
          && needsMemory()
          && loop.memory.isShort()
          && !loop.memory.isLetThrough(this)) {
        starve();
      } else if (large != null) {
        readLarge(sink);
      } else {
        readFrames(sink);
      }
      account();
    }
    return loop.frames;
  }

  private void readFrames(Payloads sink) {
    ahead = false;
    ByteBuffer in = loop.buffers.takeToRead(partial == null ? 0 : partial.remaining());
    movePartialTo(in);
    readInto(in);
    in.flip();
    try {
      decode(in, sink);
      keepRest(in);
    } catch (FrameException e) {
      ending = new Ending(Ending.Kind.TOO_LONG, e.getMessage());
    }
    if (in.position() > 0) {
      received += in.position();
      keptSince = loop.now();
      loop.memory.done(this);
      loop.frames.parts.add(in.flip());
    } else {
      loop.buffers.give(in);
    }
  }

  private void decode(ByteBuffer in, Payloads sink) throws FrameException {
    try {
      if (sink == null) {
        decoder.pass(in);
      } else {
        decoder.decode(in, sink);
      }
    } catch (FrameException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the sink throws none
    }
  }

  /** Copies the partial frame behind the position of {@code in}, and leaves that where it is. */
  private void keepRest(ByteBuffer in) throws FrameException {
    if (endRead || resetRead != null) {
      endWith(in.slice(), in.remaining());
      return;
    }
    if (!in.hasRemaining()) {
      return;
    }
    ByteBuffer rest = in.slice();
    if (rest.remaining() > MOST_MOVED) {
      large = new LargeFrame(loop.buffers, rest, decoder.missing(rest));
    } else {
      partial = loop.buffers.take(rest.remaining()).put(rest).flip();
    }
  }

  private void readLarge(Payloads sink) {
    readInto(null);
    if (large.isWhole()) {
      takeLarge(sink);
    } else if (endRead || resetRead != null) {
      endWith(large.beginning(), large.arrived());
    }
  }

  private void takeLarge(Payloads sink) {
    loop.memory.done(this);
    decoder.skip(large.arrived());
    received += large.arrived();
    keptSince = loop.now();
    ArrayDeque<ByteBuffer> parts = large.take();
    large = null;
    loop.frames.parts.addAll(parts);
    if (sink != null) {
      ByteBuffer[] payload = parts.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
      payload[0].position(format.headerLength());
      sink.largePayload(payload);
    }
  }

  /** Whether what comes next may need another buffer to be kept in. */
  private boolean needsMemory() {
    return large == null || large.isFull();
  }

  /** Memory is short: somebody has to give it back first. */
  private void starve() {
    starved = true;
    resting = true;
    loop.memory.relieve();
    loop.after(SHORT_OF_MEMORY_NANOS, () -> {
      resting = false;
      updateInterest();
      if (ahead && !closed) {
        tellOwner(); // it may have nothing else to wait for
      }
    });
    updateInterest();
  }

  private void movePartialTo(ByteBuffer in) {
    if (partial != null) {
      in.put(partial);
      loop.buffers.give(partial);
      partial = null;
    }
  }

  /** Asks the kernel once for what it has, for a buffer or, where that is null, the large frame. */
  private void readInto(ByteBuffer in) {
    if (!readable) {
      return;
    }
    readable = false;
    try {
      int n = in == null ? large.read(channel) : channel.read(in);
      if (n == END) {
        endRead = true;
      } else if (n > 0) {
        came();
      }
    } catch (IOException e) {
      resetRead = e;
    }
  }

  private void came() {
    starved = false;
    lastActive = loop.now();
    lastCame = lastActive;
  }

  /** Nothing more will come behind what is kept of a partial frame. */
  private void endWith(ByteBuffer rest, long arrived) {
    if (resetRead != null) {
      ending = new Ending(Ending.Kind.RESET, resetRead.getMessage());
      return;
    }
    try {
      decoder.end(rest, arrived);
      ending = new Ending(Ending.Kind.ENDED, "it ended its sending");
    } catch (FrameException e) {
      ending = new Ending(Ending.Kind.CUT, e.getMessage());
    }
  }

  /**
   * Whether both directions go on: frames may come, and be sent.
   *
   * @return false once there is an {@link #ending} or a {@link #sendFailure}
   */
  public boolean goesOn() {
    return ending == null && sendFailure == null;
  }

  /**
   * Why no more frames come.
   *
   * @return null while more may come. All whole frames before the ending have been given out
   */
  public Ending ending() {
    return ending;
  }

  /**
   * Bytes of the whole frames that came.
   *
   * @return headers included
   */
  public long received() {
    return received;
  }

  /**
   * Whole frames that came.
   *
   * @return their count
   */
  public long frames() {
    return decoder.frames();
  }

  /**
   * Bytes of a partial frame that have come.
   *
   * @return 0 between frames
   */
  public long partialBytes() {
    return large != null ? large.arrived() : partial == null ? 0 : partial.remaining();
  }

  /**
   * The length of the frame of which a part has come, its header included.
   *
   * @return 0 while its header is not whole
   */
  public long partialOf() {
    try {
      ByteBuffer beginning = large != null ? large.beginning() : partial;
      return beginning == null || beginning.remaining() < format.headerLength()
          ? 0
          : partialBytes() + (large != null ? large.missing() : decoder.missing(beginning));
    } catch (FrameException e) {
      return 0; // read ahead, and to be refused when it is read
    }
  }

  /**
   * Says once that a part of a frame waits for its rest: a header of another length than we think
   * announces more bytes than will ever come.
   *
   * @return a clause with the byte offset; null unless so, and after the first time
   */
  public String stuckFrame() {
    if (stuckTold || partialBytes() == 0 || starved || loop.now() - lastCame < STUCK_NANOS) {
      return null;
    }
    stuckTold = true;
    String of = partialOf() == 0
        ? format.headerLength() + " header bytes"
        : partialOf() + " bytes of a frame";
    return "byte " + received + ": " + partialBytes() + " of " + of + " have come, and no more for "
        + STUCK_NANOS / SECOND
        + " s; if the sender waits for an answer, its header has another length, or its length "
        + "counts the header, too";
  }

  // Sending.

  /**
   * Sends frames as they came: writes what the socket takes, and keeps the rest.
   *
   * @param run the frames, the socket's from now on
   */
  public void send(Frames run) {
    if (run.isEmpty()) {
      return;
    }
    if (canSend()) {
      unsent.add(run);
      flush();
    } else {
      run.release();
    }
  }

  /**
   * Adds a frame to what is to be sent; {@link #flush} sends it.
   *
   * @param payload the frame's payload, at most as long as the format allows. One that is not in
   *     direct memory is borrowed until it was sent: leave its bytes as they are
   */
  public void send(ByteBuffer payload) {
    if (canSend()) {
      unsent.add(payload);
    }
  }

  private boolean canSend() {
    return sendFailure == null && !closed && !ended;
  }

  /** Writes what the socket takes now; the rest goes as it takes more. */
  public void flush() {
    if (channel != null && !closed && sendFailure == null) {
      try {
        long taken = unsent.flush(channel);
        if (taken > 0) {
          sent += taken;
          lastActive = loop.now();
          keptSince = lastActive;
        }
        backlog.written(taken, !unsent.isEmpty(), loop.now());
        sendEnd();
      } catch (IOException e) {
        sendFailure = e;
        unsent.clear();
      }
      updateInterest();
    }
    account();
  }

  /** Sends the FIN when its time has come. */
  private void sendEnd() throws IOException {
    if (ended && !endSent && unsent.isEmpty()) {
      endSent = true;
      channel.shutdownOutput();
    }
  }

  /**
   * Bytes that are to be sent and that the kernel has not taken.
   *
   * @return 0 when all has been taken
   */
  public long unsent() {
    return unsent.unsentBytes();
  }

  /**
   * Why nothing more can be sent. What the peer sent before may still be there to be read.
   *
   * @return the reason; null while sending works
   */
  public String sendFailure() {
    return sendFailure == null ? null : sendFailure.getMessage();
  }

  /** Ends our sending, behind all that was sent; reading goes on. */
  public void end() {
    if (!ended) {
      ended = true;
      flush();
    }
  }

  /**
   * Whether our end has been sent, or can never be.
   *
   * @return true when nothing is on its way to the peer any more
   */
  public boolean isEndSent() {
    return endSent || sendFailure != null || closed;
  }

  // Closing.

  /**
   * Closes gently: sends what is to be sent, ends, and throws away what comes, since closing at
   * once would reset what is under way to a peer that goes on sending. It is closed when the peer
   * has ended, too, or nothing has passed for a second; for a minute, while frames are owed. A peer
   * that goes on sending is cut off ten seconds after it was sent all.
   */
  public void finish() {
    if (finishing || closed) {
      return;
    }
    finishing = true;
    if (channel == null || resetRead != null) {
      close();
      return;
    }
    freePartial();
    end();
    updateInterest();
    account();
    closeWhenDone();
    linger(0, 0, sent, lastCame);
  }

  private void linger(int idleSeconds, int discarding, long sentBefore, long cameBefore) {
    if (closed) {
      return;
    }
    loop.after(SECOND, () -> {
      boolean idle = sent == sentBefore && lastCame == cameBefore;
      boolean isOver = unsent.isEmpty()
          ? idle || discarding == MOST_DISCARDING_SECONDS
          : idle && idleSeconds == MOST_IDLE_SECONDS;
      if (isOver && !closed) {
        close();
        tellOwner();
      } else {
        linger(idle ? idleSeconds + 1 : 0, unsent.isEmpty() ? discarding + 1 : 0, sent, lastCame);
      }
    });
  }

  private void discard() {
    if (readable && !endRead) {
      ByteBuffer in = loop.buffers.takeToRead(0);
      readInto(in);
      loop.buffers.give(in);
    }
    updateInterest();
    closeWhenDone();
    if (closed) {
      owner.ready(this);
    }
  }

  private void closeWhenDone() {
    if (resetRead != null || endRead && isEndSent()) {
      close();
    }
  }

  /** Closes at once. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (dial != null) {
      dial.cancel();
      dial = null;
    }
    freePartial();
    unsent.clear();
    account();
    loop.remove(this);
    if (channel != null) {
      Channels.close(channel);
    }
  }

  /** Takes away what it keeps: others need the memory. */
  void breakOff(long bound) {
    if (closed) {
      return;
    }
    String seconds = (loop.now() - keptSince) / SECOND + " s";
    String text = unsent.isEmpty()
        ? "byte " + received + ": " + partialBytes() + " of " + partialOf()
            + " bytes of a frame have come, and wait for the rest for " + seconds
        : unsent.unsentBytes() + " bytes wait for their receiver for " + seconds;
    ending = new Ending(
        Ending.Kind.HOARDED,
        text + ", and memory is short: all connections together may keep " + bound + " bytes");
    if (!unsent.isEmpty()) {
      sendFailure = new IOException(ending.text());
      unsent.clear();
    }
    freePartial();
    account();
    tellOwner();
  }

  /** Bytes of memory that it keeps. */
  long kept() {
    return kept;
  }

  /** Whether it has kept memory for a second though it could have gone on. */
  boolean isHoarding() {
    return kept > 0 && !starved && loop.now() - lastActive > SECOND;
  }

  /** Whether it waits for memory. */
  boolean isStarved() {
    return starved && !closed;
  }

  /** How much memory it keeps, and for how long: what others miss. Little comes last. */
  double hoarding() {
    double hoarding = (double) kept * (loop.now() - keptSince);
    return kept > SMALL ? hoarding : hoarding / 1e6;
  }

  private void freePartial() {
    loop.memory.done(this);
    if (partial != null) {
      loop.buffers.give(partial);
      partial = null;
    }
    if (large != null) {
      large.take().forEach(loop.buffers::give);
      large = null;
    }
  }

  /** Keeps the engine's sum of what is kept. */
  private void account() {
    long now = (partial == null ? 0 : partial.capacity())
        + (large == null ? 0 : large.capacity())
        + unsent.capacity();
    if (now != kept) {
      keptSince = kept == 0 ? loop.now() : keptSince;
      loop.memory.change(now - kept);
      kept = now;
    }
  }

  private void updateInterest() {
    boolean reads = wantsFrames && ending == null && !resting
        || watched && (partial == null || partial.remaining() < MOST_AHEAD)
        || finishing;
    int wanted = (reads && !endRead && resetRead == null ? SelectionKey.OP_READ : 0)
        | (unsent.isEmpty() || sendFailure != null ? 0 : SelectionKey.OP_WRITE);
    if (wanted != interest && channel != null && !closed && key.isValid()) {
      interest = wanted;
      key.interestOps(wanted);
    }
  }

  /**
   * Whether it is connected.
   *
   * @return false while it is being dialled
   */
  public boolean isConnected() {
    return channel != null;
  }

  /**
   * Whether it is closed.
   *
   * @return true from then on
   */
  public boolean isClosed() {
    return closed;
  }

  /**
   * When something last passed, in either direction.
   *
   * @return a time of {@link System#nanoTime}
   */
  public long lastActive() {
    return lastActive;
  }

  /**
   * Until when the peer is busy: something passed just then, or it still had to read what the
   * kernel holds, at the speed at which it has been reading.
   *
   * @return a time of {@link System#nanoTime}, which may be in the future
   */
  public long busyUntil() {
    return sent > 0 && unsent.isEmpty() ? Math.max(lastActive, backlog.readUntil()) : lastActive;
  }

  /**
   * Where the peer is.
   *
   * @return its address; null when that is not known, as it is not connected
   */
  public InetSocketAddress peer() {
    try {
      return channel == null ? null : (InetSocketAddress) channel.getRemoteAddress();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Where this end is.
   *
   * @return its address; null when it is not connected
   */
  public InetSocketAddress local() {
    try {
      return channel == null ? null : (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public String toString() {
    return owner.toString();
  }
}
