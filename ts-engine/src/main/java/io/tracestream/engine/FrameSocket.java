package io.tracestream.engine;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that carries frames.
 *
 * <p>Thread: lives on one event loop; all methods are for that loop's thread. None of them calls
 * the owner: they return what they find, or it shows in the state of the socket.
 *
 * <p>Buffers: frames are sent on in the buffers that they were read into. Frames that the peer does
 * not take wait here, and so does a partial frame, in buffers of their size.
 *
 * <p>Ends: the two directions of a socket end separately. {@link #ending} says why nothing more
 * comes; {@link #end} ends our sending, after everything that was sent.
 *
 * <p>TLS: what is sent and read passes through a {@link Tls} if there is one. Then the socket
 * counts as connected when the handshake is done.
 */
public final class FrameSocket implements EventLoop.Handler, EventLoop.Resident {
  private static final int END = -1;
  private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
  /** Partial frames up to this size are moved with each read; moving larger ones costs too much. */
  private static final int MOST_MOVED = 64 * 1024;
  /** How much is read from a peer whose frames cannot be sent on yet. */
  private static final int MOST_AHEAD = 64 * 1024;
  /** Less than this counts as hoarding only if nobody holds more. */
  private static final int SMALL = 64 * 1024;

  /** How much of a frame that was refused is kept, in bytes. */
  private static final int MOST_REFUSED = 2048;

  private static final long SECOND = 1_000_000_000;
  private static final long STUCK_NANOS = 5 * SECOND;
  private static final long SHORT_OF_MEMORY_NANOS = 5_000_000;
  /** For how long a finishing peer may take none of the frames that are to be sent to it. */
  private static final int MOST_IDLE_SECONDS = 60;
  /** For how long a client may take for the handshake of TLS. */
  private static final long HANDSHAKE_NANOS = 10 * SECOND;

  /** The socket's owner. Called on the loop's thread, never from inside a call that it makes. */
  public interface Owner {
    /**
     * Something has changed: the socket is connected, can be read, has sent everything, has ended,
     * broke or is closed.
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
     * Close everything: the loop stops, or an error in the owner's code was caught.
     *
     * @param cause that error; null if the loop stops
     */
    void stop(@Nullable Throwable cause);
  }

  private final EventLoop loop;
  /** The frames that come. */
  private final FrameFormat format;

  private final FrameDecoder decoder;
  private final Owner owner;
  /** The frames that are sent. */
  private final FrameFormat ours;

  private Outbox unsent;
  private final Backlog backlog = new Backlog();
  /** Null until it is connected. */
  private @Nullable SocketChannel channel;

  /** Null for a plain connection, and until it is connected. */
  private @Nullable Tls tls;

  private @Nullable SelectionKey key;
  /** Null unless it is being connected. */
  private Dialer.@Nullable Dial dial;

  /** Makes the connection to a target; null for a client's socket. */
  private @Nullable Dialer dialer;

  /** A client's handshake waits for the owner to choose an application protocol. */
  private boolean asksForProtocol;
  /** The application protocols to choose from, or to ask a target for. */
  private List<String> protocols = List.of();
  /** The protocol that the owner has chosen for a client; null to take the client's favourite. */
  private @Nullable String protocol;
  /** Another thread works on the handshake. */
  private boolean computing;

  private long handshakeSince;
  /** A task that reads what TLS still has is on its way. */
  private boolean waking;

  private boolean closed;

  /** The interest that the key has; asking the key itself costs more. */
  private int interest;

  private boolean wantsFrames;
  private boolean watched;
  /** The kernel has something for us that was not read yet. */
  private boolean readable;
  /** What was read ahead has not been decoded. */
  private boolean ahead;
  /** The peer's end was read; it counts after what was read before it. */
  private boolean endRead;

  /** Why nothing more can be read; null while reading works. */
  private @Nullable String resetRead;
  /** The beginning of a frame, or bytes read ahead, from position to limit; or null. */
  private @Nullable ByteBuffer partial;
  /** A large frame, while it arrives; or null. */
  private @Nullable LargeFrame large;
  /** It had something but was not read, as memory was short. */
  private boolean starved;

  private boolean resting;

  private boolean stuckReported;

  private @Nullable Ending ending;
  /** The first bytes of the frame that the ending is about; else empty. */
  private byte[] refused = {};

  private long received;

  private boolean ended;
  private boolean endSent;
  private @Nullable String sendFailure;
  private boolean finishing;
  private long sent;

  private long kept;
  private long keptSince;
  private long lastActive;
  private long lastCame;

  private FrameSocket(EventLoop loop, FrameFormat format, FrameFormat ours, Owner owner) {
    this.loop = loop;
    this.format = format;
    this.owner = owner;
    this.decoder = new FrameDecoder(format);
    this.ours = ours;
    this.unsent = new Outbox(loop.buffers, ours);
    this.lastActive = loop.now();
    this.lastCame = lastActive;
    loop.add(this);
  }

  /**
   * A client's socket.
   *
   * @param loop the loop that it lives on
   * @param channel the accepted connection, which belongs to the socket from now on
   * @param format the frames of both directions
   * @param tls how to speak TLS with the client; null for a plain connection
   * @param asks whether the owner chooses the application protocol when {@linkplain #offered some
   *     are offered}; else it is the client's favourite
   * @param owner its owner
   * @return the socket, connected if it is plain
   * @throws IOException if the client is gone already; close the channel then
   */
  public static FrameSocket accepted(
      EventLoop loop,
      SocketChannel channel,
      FrameFormat format,
      @Nullable ServerTls tls,
      boolean asks,
      Owner owner)
      throws IOException {
    configure(channel);
    FrameSocket socket = new FrameSocket(loop, format.ofClient(), format.ofServer(), owner);
    socket.channel = channel;
    try {
      socket.key = loop.register(channel, 0, socket);
      if (tls != null) {
        socket.tls = new Tls(() -> socket.engine(tls), channel, loop.buffers);
        socket.asksForProtocol = asks;
        socket.handshakeSince = loop.now();
        socket.updateInterest();
      }
    } catch (IOException | RuntimeException e) {
      loop.remove(socket);
      throw e;
    }
    return socket;
  }

  private SSLEngine engine(ServerTls its) {
    return its.engine(
        offered -> protocol != null ? protocol : offered.isEmpty() ? "" : offered.get(0));
  }

  /**
   * A socket for a target, which {@link #connect} connects. Frames that are sent before that wait.
   *
   * @param loop the loop that it lives on
   * @param dialer connects it
   * @param spare an open channel to use, which belongs to the socket from now on; or null
   * @param format the frames of both directions
   * @param owner its owner
   * @return the socket
   */
  public static FrameSocket dial(
      EventLoop loop,
      Dialer dialer,
      @Nullable SocketChannel spare,
      FrameFormat format,
      Owner owner) {
    FrameSocket socket = new FrameSocket(loop, format.ofServer(), format.ofClient(), owner);
    socket.dialer = dialer;
    socket.dial = dialer.dial(socket, spare);
    return socket;
  }

  /**
   * Has faults done to what is sent. To be called before anything is sent.
   *
   * @param faults what is done; they may change at any time
   * @param sent the direction of the frames that are sent
   * @param connection the number of the connection, which random decisions depend on
   * @param listener hears of each fault
   */
  public void injectFaults(Faults faults, Direction sent, long connection, FaultListener listener) {
    unsent = new FaultyOutbox(loop, ours, faults, sent, connection, listener, () -> {
      if (!closed) {
        flush();
        tellOwner();
      }
    });
  }

  /**
   * Begins to connect to the target; see {@link #isConnected}.
   *
   * @param offered the application protocols to offer if the target speaks TLS; empty for those
   *     that it is set up with
   */
  public void connect(List<String> offered) {
    if (dial != null) {
      protocols = offered;
      dial.start();
    }
  }

  static void configure(SocketChannel channel) throws IOException {
    // A frame must not wait for an acknowledgement.
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    // Notices in the end that a peer has vanished.
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  EventLoop loop() {
    return loop;
  }

  /** Calls the owner from a task, where the loop could not say whose error it caught. */
  void tellOwner() {
    try {
      owner.ready(this);
    } catch (Throwable e) { // as when the socket is ready
      loop.failed(this, e);
    }
  }

  /** The dialer has connected it. */
  void connected(SocketChannel connected, SelectionKey itsKey) {
    dial = null;
    channel = connected;
    key = itsKey;
    itsKey.attach(this);
    itsKey.interestOps(0);
    interest = 0;
    lastActive = loop.now();
    Supplier<SSLEngine> maker = dialer == null ? null : dialer.tlsFor(protocols);
    if (maker == null) {
      flush();
    } else {
      tls = new Tls(maker, connected, loop.buffers);
      handshakeSince = loop.now();
      shakeHands(tls);
    }
  }

  /** The dialer gave up. */
  void unreachable(String why) {
    dial = null;
    unreachable(
        new Ending(Ending.Kind.UNREACHABLE, why, "start the target or correct its address"));
  }

  private void unreachable(Ending why) {
    ending = why;
    sendFailure = why.text();
    unsent.clear();
    account();
  }

  // The handshake of TLS.

  /**
   * The application protocols that a client offers, one of which has to be chosen before its
   * handshake goes on.
   *
   * @return their names, the client's favourite first; empty if there is nothing to choose
   */
  public List<String> offered() {
    return asksForProtocol ? protocols : List.of();
  }

  /**
   * Chooses the application protocol for a client.
   *
   * @param chosen one of those {@linkplain #offered offered}; empty for none
   */
  public void choose(String chosen) {
    if (asksForProtocol && tls != null) {
      asksForProtocol = false;
      protocol = chosen;
      handshakeSince = loop.now();
      shakeHands(tls);
    }
  }

  /**
   * The application protocol that was agreed on.
   *
   * @return its name; empty for none, and for a plain connection
   */
  public String protocol() {
    return tls == null ? "" : tls.protocol();
  }

  /**
   * The version of TLS and the cipher suite.
   *
   * @return both, for people; empty for a plain connection
   */
  public String security() {
    return tls == null || !tls.isOpen() ? "" : tls.version();
  }

  /** Takes the handshake as far as it goes now. */
  private void shakeHands(Tls its) {
    if (computing || ending != null || closed || finishing) {
      return;
    }
    try {
      if (mayAnswer(its)) {
        Runnable task = its.handshake();
        if (task != null) {
          computing = true;
          loop.compute(task, () -> computed(its));
        } else if (its.isOpen()) {
          lastActive = loop.now();
          flush();
        }
      }
    } catch (IOException e) {
      refuse(its, e);
    }
    updateInterest();
    account();
  }

  /** Whether the handshake may go on: for that, it must be clear which protocols to choose from. */
  private boolean mayAnswer(Tls its) throws IOException {
    if (!asksForProtocol) {
      return true;
    }
    if (protocols.isEmpty()) {
      List<String> found = its.hello();
      if (found != null) {
        protocols = found;
        asksForProtocol = !found.isEmpty();
      }
    }
    return !asksForProtocol;
  }

  private void computed(Tls its) {
    computing = false;
    if (!closed) {
      shakeHands(its);
      tellOwner();
    }
  }

  private void refuse(Tls its, IOException e) {
    if (dialer != null) {
      unreachable(TlsFailure.ending(
          Ending.Kind.UNREACHABLE,
          "the TLS handshake with target " + dialer.targetName() + " failed: ",
          e,
          false));
    } else if (!its.hasBegun() && !(e instanceof SocketTimeoutException)) {
      resetRead = Channels.problem(e);
      ending = new Ending(Ending.Kind.RESET, resetRead);
    } else {
      ending = TlsFailure.ending(Ending.Kind.HANDSHAKE, "the TLS handshake failed: ", e, true);
    }
    endHandshake(its);
  }

  /** Nothing more will be sent, but the reason why. */
  private void endHandshake(Tls its) {
    its.fail();
    ended = true;
    endSent = true;
    try {
      if (channel != null) {
        channel.shutdownOutput();
      }
    } catch (IOException e) {
      // It is gone.
    }
  }

  private void lookAtHandshake(Tls its) {
    long nanos = dialer == null ? HANDSHAKE_NANOS : dialer.timeout().toNanos();
    boolean waitsForUs = computing || asksForProtocol && !protocols.isEmpty();
    if (ending == null && !finishing && !waitsForUs && loop.now() - handshakeSince > nanos) {
      refuse(its, new SocketTimeoutException("it was not done after " + nanos / 1_000_000 + " ms"));
      updateInterest();
      tellOwner();
    }
  }

  @Override
  public void ready(SelectionKey ready) {
    int ops = ready.readyOps();
    if ((ops & SelectionKey.OP_WRITE) != 0) {
      flush();
    }
    serve((ops & SelectionKey.OP_READ) != 0);
  }

  private void serve(boolean canRead) {
    readable = canRead;
    if (tls != null && !tls.isOpen() && !finishing) {
      shakeHands(tls);
      owner.ready(this);
    } else if (finishing) {
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
    if (tls != null && !tls.isOpen()) {
      lookAtHandshake(tls);
    }
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
   * Asks for frames, or stops asking, which makes the peer wait.
   *
   * @param wanted whether the owner will call {@link #read} when something comes
   */
  public void wantFrames(boolean wanted) {
    wantsFrames = wanted;
    watched = false;
    updateInterest();
  }

  /**
   * Watches the peer while its frames cannot be sent on yet: they are kept, up to 64 KiB, until
   * they are read. An end or a broken connection is noticed at once.
   */
  public void watch() {
    watched = true;
    updateInterest();
  }

  private void readAhead() {
    ByteBuffer in = loop.buffers.take(MOST_AHEAD);
    movePartialTo(in);
    int before;
    do { // the end may come right after the last bytes
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
   * Whether a peer that is {@linkplain #watch watched} is gone: the connection broke, or it ended
   * without having sent anything.
   *
   * @return true if there is nothing more to do for it
   */
  public boolean isGone() {
    return resetRead != null || endRead && partial == null;
  }

  /**
   * Whether the peer has ended, even if not everything that it sent was read yet.
   *
   * @return true after an end of any kind
   */
  public boolean hasEnded() {
    return ending != null || endRead || resetRead != null;
  }

  /**
   * Reads once.
   *
   * @param sink takes each payload; null if nobody needs them
   * @return the whole frames that came, in the buffers that they came in, possibly none: send or
   *     release them
   */
  public FrameRun read(@Nullable Payloads sink) {
    // An owner that failed may have left frames, which the next one must not get.
    loop.frames.release();
    if ((readable || ahead) && ending == null && !closed && !finishing) {
      if (partialBytes() > 0
          && needsMemory()
          && loop.memory.isShort()
          && !loop.memory.isLetThrough(this)) {
        starve();
      } else if (large != null) {
        readLarge(large, sink);
      } else {
        readFrames(sink);
      }
      account();
    }
    return loop.frames;
  }

  private void readFrames(@Nullable Payloads sink) {
    ahead = false;
    ByteBuffer in = loop.buffers.takeToRead(partial == null ? 0 : partial.remaining());
    movePartialTo(in);
    readInto(in);
    in.flip();
    try {
      decode(in, sink);
      keepRest(in);
    } catch (FrameException e) {
      ending = Ending.badFrame(Ending.Kind.BAD_LENGTH, e);
      refused = firstBytes(in, MOST_REFUSED);
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

  private void decode(ByteBuffer in, @Nullable Payloads sink) throws FrameException {
    try {
      if (sink == null) {
        decoder.pass(in);
      } else {
        decoder.decode(in, sink);
      }
    } catch (FrameException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // does not happen: see Payloads
    }
  }

  /** Copies the partial frame at the position of {@code in}, and does not move the position. */
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

  private void readLarge(LargeFrame frame, @Nullable Payloads sink) {
    ByteBuffer in = frame.room();
    int before = in.position();
    readInto(in);
    frame.came(in.position() - before);
    if (frame.isWhole()) {
      takeLarge(frame, sink);
      if (endRead || resetRead != null) {
        endWith(NO_BYTES, 0);
      }
    } else if (endRead || resetRead != null) {
      endWith(frame.beginning(), frame.arrived());
    }
  }

  private void takeLarge(LargeFrame frame, @Nullable Payloads sink) {
    loop.memory.done(this);
    long length = frame.arrived();
    ArrayDeque<ByteBuffer> parts = frame.take();
    large = null;
    if (sink != null) {
      try {
        sink.largePayload(
            decoder.payload(parts.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new)));
      } catch (FrameException e) {
        throw new UncheckedIOException(e); // does not happen: its header was read before
      }
    }
    decoder.skip(length);
    received += length;
    keptSince = loop.now();
    loop.frames.parts.addAll(parts);
  }

  /** Whether what comes next may need another buffer. */
  private boolean needsMemory() {
    return large == null || large.isFull();
  }

  /** Waits until others have given memory back. */
  private void starve() {
    starved = true;
    resting = true;
    loop.memory.relieve();
    loop.after(SHORT_OF_MEMORY_NANOS, () -> {
      resting = false;
      updateInterest();
      if (ahead && !closed) {
        tellOwner(); // nothing else might wake it up
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

  /** Reads once. */
  private void readInto(ByteBuffer in) {
    if (!readable || channel == null) {
      return;
    }
    if (tls != null) {
      readInto(tls, in);
      return;
    }
    readable = false;
    try {
      int n = channel.read(in);
      if (n == END) {
        endRead = true;
      } else if (n > 0) {
        came();
      }
    } catch (IOException e) {
      resetRead = Channels.problem(e);
    }
  }

  /** Reads once, decrypted. Then there may be more, which no selector knows of. */
  private void readInto(Tls its, ByteBuffer in) {
    readable = false;
    int before = in.position();
    try {
      its.read(in);
      endRead = its.hasPeerEnded();
    } catch (SSLException e) {
      resetRead = TlsFailure.ending(Ending.Kind.RESET, "TLS failed: ", e, dialer == null)
          .toString();
      sendFailure = resetRead;
      unsent.clear();
      its.fail();
    } catch (IOException e) {
      resetRead = Channels.problem(e);
    }
    if (in.position() > before) {
      came();
    }
    updateInterest();
  }

  private void wakeSoon() {
    if (!waking) {
      waking = true;
      loop.execute(() -> {
        waking = false;
        if (!closed && (interest & SelectionKey.OP_READ) != 0) {
          try {
            serve(true);
          } catch (Throwable e) { // as when the socket is ready
            loop.failed(this, e);
          }
        }
      });
    }
  }

  private void came() {
    starved = false;
    lastActive = loop.now();
    lastCame = lastActive;
  }

  /** Nothing more will come after the partial frame that is kept. */
  private void endWith(ByteBuffer rest, long arrived) {
    // The kernel reports a reset once, to whichever call comes first; after that, a read finds an
    // end.
    String reset = resetRead != null ? resetRead : sendFailure;
    if (reset != null) {
      ending = new Ending(Ending.Kind.RESET, reset);
      return;
    }
    try {
      decoder.end(rest, arrived);
      ending = new Ending(Ending.Kind.ENDED, "it ended its sending");
    } catch (FrameException e) {
      ending = Ending.badFrame(Ending.Kind.CUT, e);
      refused = firstBytes(rest, MOST_REFUSED);
    }
  }

  private static byte[] firstBytes(ByteBuffer frame, int most) {
    byte[] bytes = new byte[Math.min(most, frame.remaining())];
    frame.duplicate().get(bytes);
    return bytes;
  }

  /**
   * The first bytes of a frame that has not come whole, or that was refused: they show what the
   * other side really sends.
   *
   * @param most bytes to copy, up to 2048
   * @return a copy, the header included; empty between frames
   */
  public byte[] beginning(int most) {
    ByteBuffer bytes = large != null ? large.beginning() : partial;
    return firstBytes(bytes == null ? ByteBuffer.wrap(refused) : bytes, most);
  }

  /**
   * Whether frames can still come and be sent.
   *
   * @return false once there is an {@link #ending} or a {@link #sendFailure}
   */
  public boolean goesOn() {
    return ending == null && sendFailure == null;
  }

  /**
   * Why no more frames come.
   *
   * @return the reason; null while more may come. All whole frames before the ending have been read
   */
  public @Nullable Ending ending() {
    return ending;
  }

  /**
   * Bytes of the whole frames that came.
   *
   * @return the sum, with headers
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
   * The length of the frame of which a part has come, with its header.
   *
   * @return 0 while its header is incomplete
   */
  long partialOf() {
    try {
      ByteBuffer beginning = large != null ? large.beginning() : partial;
      return beginning == null ? 0 : decoder.frameLength(beginning);
    } catch (FrameException e) {
      return 0; // was read ahead, and will be refused when it is decoded
    }
  }

  /**
   * How much of a frame has come.
   *
   * @return such as {@code 3 of 8 header bytes} or {@code 9 of 24 bytes of a frame}
   */
  public String partial() {
    long of = partialOf();
    return partialBytes() + " of "
        + (of == 0 ? format.headerLength() + " header bytes" : of + " bytes of a frame");
  }

  /**
   * Describes a partial frame whose rest has not come for some time, once: if the header has
   * another length than configured, it seems to announce more bytes than will ever come.
   *
   * @return a clause with the byte offset; null if there is no such frame, and after the first time
   */
  public @Nullable String stuckFrame() {
    if (stuckReported || partialBytes() == 0 || starved || loop.now() - lastCame < STUCK_NANOS) {
      return null;
    }
    stuckReported = true;
    return "byte " + received + ": " + partial() + " have come, and no more for "
        + STUCK_NANOS / SECOND
        + " s; if the sender is waiting for a reply, its header has another length, or its length "
        + "also counts the header";
  }

  // Sending.

  /**
   * What to read frames with that are to be {@linkplain #forward forwarded} here.
   *
   * @param from the socket to read
   * @param sink takes each payload; null if nobody needs them
   * @return the sink; if faults may be done to the frames, one that decides on them first
   */
  public @Nullable Payloads deciding(FrameSocket from, @Nullable Payloads sink) {
    return canSend() ? unsent.deciding(from, sink) : sink;
  }

  /**
   * Whether to go on reading what is to be sent here: frames that a fault delays do not count, up
   * to 256 KiB.
   *
   * @return true if everything else has been taken
   */
  public boolean takesMore() {
    return unsent.takesMore();
  }

  /**
   * Sends frames as they came: writes what the socket takes, and keeps the rest.
   *
   * @param run the frames, which belong to the socket from now on
   */
  public void forward(FrameRun run) {
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
   * Adds a frame to those that wait to be sent; {@link #flush} sends it.
   *
   * @param payload the frame's payload. If it is not in direct memory, it is borrowed until it has
   *     been sent: do not change its bytes
   * @throws FrameException if no frame has that payload, as it is too long or does not fit the
   *     framing; nothing is sent then
   */
  public void queue(ByteBuffer payload) throws FrameException {
    if (canSend()) {
      unsent.add(payload);
    }
  }

  private boolean canSend() {
    return sendFailure == null && !closed && !ended;
  }

  /** Writes what the socket takes now; the rest follows when it takes more. */
  public void flush() {
    if (channel != null && !closed && sendFailure == null && (tls == null || tls.isOpen())) {
      try {
        long taken = unsent.flush(tls == null ? channel : tls);
        if (taken > 0) {
          sent += taken;
          lastActive = loop.now();
          keptSince = lastActive;
        }
        backlog.written(taken, unsent.isWritable(), loop.now());
        if (unsent.ended() != null) {
          endByFault(channel, unsent.ended());
        }
        sendEnd(channel);
      } catch (IOException e) {
        sendFailure = Channels.problem(e);
        unsent.clear();
        if (tls != null) {
          tls.discardOutput();
        }
      }
      updateInterest();
    }
    account();
  }

  private void endByFault(SocketChannel channel, Fault.Kind how) throws IOException {
    if (how == Fault.Kind.END) {
      ended = true;
    } else if (how == Fault.Kind.RESET && !closed) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      ending = new Ending(Ending.Kind.FAULT, "a fault reset the connection");
      sendFailure = ending.text();
      close();
    }
  }

  /**
   * Whether a fault has us send nothing any more, not even our end.
   *
   * @return true from then on
   */
  public boolean isHanging() {
    return unsent.ended() == Fault.Kind.HANG;
  }

  /** Sends the FIN, if everything before it has been sent. */
  private void sendEnd(SocketChannel channel) throws IOException {
    if (tls != null && !tls.flushOutput()) {
      return;
    }
    if (!closed
        && ended
        && !endSent
        && unsent.isEmpty()
        && !isHanging()
        && (tls == null || tls.end())) {
      endSent = true;
      channel.shutdownOutput();
    }
  }

  /**
   * Bytes that wait to be sent, as the kernel has not taken them yet.
   *
   * @return 0 if it has taken everything
   */
  public long unsent() {
    return unsent.unsentBytes();
  }

  /**
   * Why nothing more can be sent. There may still be something to read.
   *
   * @return the reason; null while sending works
   */
  public @Nullable String sendFailure() {
    return sendFailure;
  }

  /** Ends our sending, after everything that was sent; reading goes on. */
  public void end() {
    if (!ended) {
      ended = true;
      unsent.end();
      flush();
    }
  }

  /**
   * Whether our end has been sent, or can never be.
   *
   * @return true if nothing more will be sent to the peer
   */
  public boolean isEndSent() {
    return endSent || sendFailure != null || closed || ended && isHanging();
  }

  // Closing.

  /**
   * Closes gently: sends what waits to be sent, ends our sending, and discards what comes. (Closing
   * at once would lose what is on its way to a peer that is still sending.) The socket is closed
   * when the peer has ended as well, or when nothing has passed for a second, or for a minute while
   * frames still wait to be sent. A peer that goes on sending is cut off ten seconds after
   * everything was sent to it.
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
    if (tls != null && !tls.isOpen() && !endSent) {
      endHandshake(tls);
    }
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
          ? idle || discarding == loop.mostDiscardingSeconds
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
    if (tls != null) {
      closeTls(tls);
    }
    unsent.clear();
    account();
    loop.remove(this);
    if (channel != null) {
      Channels.close(channel);
    }
  }

  /** Tells the peer that it has got everything, if that is so. */
  private void closeTls(Tls its) {
    try {
      if (its.isOpen() && unsent.isEmpty() && sendFailure == null) {
        its.end();
      }
    } catch (IOException e) {
      // It is gone.
    }
    its.close();
  }

  /** Breaks the connection because others need the memory that it holds. */
  void breakOff(long bound) {
    if (closed) {
      return;
    }
    String seconds = (loop.now() - keptSince) / SECOND + " s";
    String text = unsent.isEmpty()
        ? "byte " + received + ": " + partialBytes() + " of " + partialOf()
            + " bytes of a frame have been waiting for the rest for " + seconds
        : unsent.unsentBytes() + " bytes have been waiting for their receiver for " + seconds;
    ending = new Ending(
        Ending.Kind.HOARDED,
        text + ", and memory is short: all connections together may hold " + bound + " bytes");
    if (!unsent.isEmpty()) {
      sendFailure = ending.text();
      unsent.clear();
      if (tls != null) {
        tls.discardOutput();
      }
    }
    freePartial();
    account();
    tellOwner();
  }

  /** Bytes of memory that it holds. */
  long kept() {
    return kept;
  }

  /** Whether it has held memory for a second without progress, and not because memory is short. */
  boolean isHoarding() {
    return kept > 0 && !starved && loop.now() - lastActive > SECOND;
  }

  /** Whether it is waiting for memory. */
  boolean isStarved() {
    return starved && !closed;
  }

  /** Weighs how much memory it holds, and for how long. Small amounts come last. */
  double hoarding() {
    double hoarding = (double) kept * (loop.now() - keptSince);
    return kept > SMALL ? hoarding : hoarding / 1e6;
  }

  private void freePartial() {
    loop.memory.done(this);
    starved = false;
    if (partial != null) {
      loop.buffers.give(partial);
      partial = null;
    }
    if (large != null) {
      large.take().forEach(loop.buffers::give);
      large = null;
    }
  }

  /** Updates the engine's sum of the memory in use. */
  private void account() {
    long now = (partial == null ? 0 : partial.capacity())
        + (large == null ? 0 : large.capacity())
        + unsent.capacity()
        + (tls == null ? 0 : tls.capacity());
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
        | (!unsent.isWritable() || sendFailure != null ? 0 : SelectionKey.OP_WRITE);
    if (tls != null) {
      wanted = interestOf(tls, wanted);
    }
    if (wanted != interest && key != null && !closed && key.isValid()) {
      interest = wanted;
      key.interestOps(wanted);
    }
  }

  private int interestOf(Tls its, int wanted) {
    if (!its.isOpen() && !finishing) {
      boolean waitsForUs = ending != null || computing || asksForProtocol && !protocols.isEmpty();
      return waitsForUs ? 0 : its.hasOutput() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    }
    if ((wanted & SelectionKey.OP_READ) != 0 && its.hasMore()) {
      wakeSoon();
    }
    return its.hasOutput() ? wanted | SelectionKey.OP_WRITE : wanted;
  }

  /**
   * Whether it is connected, and with TLS, whether the handshake is done.
   *
   * @return false while it is being connected
   */
  public boolean isConnected() {
    return channel != null && (tls == null || tls.isOpen());
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
   * kernel holds, at the speed at which it has been reading. While a fault holds frames back, it is
   * busy.
   *
   * @return a time of {@link System#nanoTime}, which may be in the future
   */
  public long busyUntil() {
    if (unsent.isHolding()) {
      return loop.now();
    }
    return sent > 0 && unsent.isEmpty() ? Math.max(lastActive, backlog.readUntil()) : lastActive;
  }

  /**
   * The address of the peer.
   *
   * @return the address; null if the socket is not connected
   */
  public @Nullable InetSocketAddress peer() {
    try {
      return channel == null ? null : (InetSocketAddress) channel.getRemoteAddress();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * The address of this end.
   *
   * @return the address; null if the socket is not connected
   */
  public @Nullable InetSocketAddress local() {
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
