package io.tracestream.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS between a {@link FrameSocket} and its channel: what is written here goes out encrypted, and
 * what comes in is read decrypted. The handshake and all cryptography are the JDK's
 * {@link SSLEngine}; this moves bytes between it and the channel.
 *
 * <p>Writing: bytes count as taken only when the kernel has taken what they were encrypted to.
 * Until then the caller offers the same bytes again. So whoever has nothing left to write has
 * nothing left here, except for {@linkplain #hasOutput what TLS itself has to say}.
 *
 * <p>Reading: one call reads once from the channel, and decrypts as much as there is room for. What
 * is left decodes without the channel, which {@link #hasMore} says, as no selector would.
 *
 * <p>Ends: a peer ends its sending with TLS's close_notify. A FIN without one is an error, as
 * anybody on the way could have sent it. With TLS 1.3 the other direction lives on; with TLS 1.2
 * the peer takes nothing more after its end (RFC 5246, section 7.2.1).
 *
 * <p>Thread: that of its loop, except for the tasks that {@link #handshake} hands out.
 */
final class Tls implements WritableByteChannel {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  /** Room for one record of any kind. */
  private static final int RECORD = 32 * 1024;
  /** The most that is read or written in one go; several records, as each call costs. */
  private static final int MOST_AT_ONCE = 128 * 1024;

  /** Bytes before the content of a record, the last two of which are its length. */
  private static final int RECORD_HEADER = 5;

  private static final int END = -1;
  private static final int HANDSHAKE_RECORD = 22;
  private static final int ALERT_RECORD = 21;
  /** Bytes of an alert: its level and what it is. */
  private static final int ALERT = 2;

  private static final int FATAL = 2;
  private static final int SHOWN = 8;

  /** Makes the engine, once the handshake may begin. */
  private final Supplier<SSLEngine> maker;

  private final SocketChannel channel;
  private final BufferPool buffers;
  private @Nullable SSLEngine engine;
  /** Came and was not decrypted, from position to limit; or null. */
  private @Nullable ByteBuffer came;
  /** Was decrypted and not taken, from position to limit; or null. */
  private @Nullable ByteBuffer decrypted;
  /** Is encrypted, and was not taken by the kernel, from position to limit; or null. */
  private @Nullable ByteBuffer output;
  /** How many of the bytes that were offered last are part of the output. */
  private int offered;
  /** There may be a whole record in what came. */
  private boolean more;

  /** Bytes of the longest record that is taken. */
  private int longestRecord;

  private boolean open;
  private boolean begun;
  private boolean peerEnded;
  private boolean ended;
  private boolean failed;

  Tls(Supplier<SSLEngine> maker, SocketChannel channel, BufferPool buffers) {
    this.maker = maker;
    this.channel = channel;
    this.buffers = buffers;
  }

  private SSLEngine engine() {
    if (engine == null) {
      SSLEngine made = maker.get();
      try {
        made.beginHandshake();
      } catch (SSLException e) {
        throw new IllegalStateException("TLS cannot begin: " + e.getMessage(), e);
      }
      engine = made;
      longestRecord = made.getSession().getPacketBufferSize();
    }
    return engine;
  }

  // The handshake.

  /** Whether frames can pass: the handshake is done. */
  @Override
  public boolean isOpen() {
    return open;
  }

  /** Whether the peer has sent anything. */
  boolean hasBegun() {
    return begun;
  }

  /**
   * Reads the first message of a client, and keeps it for the handshake.
   *
   * @return the application protocols that it offers; null if it has not come yet
   * @throws IOException if it is something else, or the client has left
   */
  @Nullable
  List<String> hello() throws IOException {
    receive();
    return came == null ? null : ClientHello.protocols(came);
  }

  /**
   * Takes the handshake as far as it goes now.
   *
   * @return work for another thread, after which this is to be called again; null if the peer has
   *     to do something first, or the handshake is done, see {@link #isOpen}
   * @throws IOException if it failed; see {@link #fail}
   */
  @Nullable
  Runnable handshake() throws IOException {
    SSLEngine its = engine();
    while (flushOutput()) {
      switch (its.getHandshakeStatus()) {
        case NEED_TASK -> {
          return () -> runTasks(its);
        }
        case NEED_WRAP -> encrypt(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!decryptHandshake(its)) {
            return null;
          }
        }
        default -> {
          open = true;
          more = came != null;
          return null;
        }
      }
    }
    return null;
  }

  private static void runTasks(SSLEngine its) {
    for (Runnable task = its.getDelegatedTask(); task != null; task = its.getDelegatedTask()) {
      task.run();
    }
  }

  /** Whether it got on. */
  private boolean decryptHandshake(SSLEngine its) throws IOException {
    if (came == null || !more) {
      receive();
    }
    if (came == null) {
      return false;
    }
    ByteBuffer in = came;
    requireShort(in);
    requireNoPlainAlert(in);
    Status status = its.unwrap(in, NOTHING).getStatus();
    more = status == Status.OK && in.hasRemaining();
    if (status == Status.CLOSED) {
      throw new SSLException("it gave up the handshake");
    }
    if (!in.hasRemaining()) {
      freeCame();
    }
    return status != Status.BUFFER_UNDERFLOW;
  }

  /** Reads once during the handshake. */
  private void receive() throws IOException {
    ByteBuffer in = buffers.take(RECORD);
    if (came != null) {
      in.put(came);
      freeCame();
    }
    if (!in.hasRemaining()) {
      buffers.give(in);
      throw new SSLException("its first message is longer than any client's");
    }
    int n = channel.read(in);
    in.flip();
    if (in.hasRemaining()) {
      came = buffers.shrink(in);
      if (!begun) {
        begun = true;
        requireTls(came);
      }
    } else {
      buffers.give(in);
    }
    if (n == END) {
      throw new SSLException(
          begun ? "it ended the connection during the handshake" : "it left before the handshake");
    }
  }

  private static void requireTls(ByteBuffer in) throws SSLException {
    int type = in.get(in.position());
    if (type != HANDSHAKE_RECORD && type != ALERT_RECORD) {
      throw new SSLException("it does not speak TLS: it began with " + shown(in));
    }
  }

  /**
   * Refuses a record that TLS does not allow. The engine would take it, and from then on need more
   * room for each record.
   */
  private void requireShort(ByteBuffer in) throws SSLException {
    if (in.remaining() >= RECORD_HEADER) {
      int length = in.getShort(in.position() + RECORD_HEADER - 2) & 0xffff;
      if (RECORD_HEADER + length > longestRecord) {
        throw new SSLException("it sent a record of " + length + " bytes, more than TLS allows");
      }
    }
  }

  /**
   * Looks for an alert that is not encrypted. A client that cannot accept our certificate may send
   * one, as it has no keys of its own yet; the engine would take it for a broken record.
   */
  private static void requireNoPlainAlert(ByteBuffer in) throws SSLException {
    int start = in.position();
    if (in.remaining() >= RECORD_HEADER + ALERT
        && in.get(start) == ALERT_RECORD
        && in.getShort(start + RECORD_HEADER - 2) == ALERT
        && in.get(start + RECORD_HEADER) == FATAL) {
      throw TlsFailure.ofAlert(in.get(start + RECORD_HEADER + 1) & 0xff);
    }
  }

  /** The first bytes, as hex and as text. */
  private static String shown(ByteBuffer in) {
    StringBuilder hex = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < SHOWN && i < in.remaining(); i++) {
      int octet = in.get(in.position() + i) & 0xff;
      hex.append(Character.forDigit(octet >> 4, 16))
          .append(Character.forDigit(octet & 15, 16))
          .append(' ');
      text.append(octet >= ' ' && octet < 127 ? (char) octet : '.');
    }
    return hex + "(" + text + ")";
  }

  /** The protocol that both sides have agreed on (ALPN); empty for none. */
  String protocol() {
    String agreed = engine == null ? null : engine.getApplicationProtocol();
    return agreed == null ? "" : agreed;
  }

  /** The version of TLS and the cipher suite. */
  String version() {
    return engine().getSession().getProtocol() + " with "
        + engine().getSession().getCipherSuite();
  }

  /** After an error: tells the peer why, as far as possible, and sends and decrypts no more. */
  void fail() {
    if (failed) {
      return;
    }
    failed = true;
    try {
      if (engine != null && offered == 0) {
        engine.closeOutbound();
        wrapAll();
        flushOutput();
      }
    } catch (IOException e) {
      // The peer sees an end without a reason.
    }
    close();
  }

  // Reading.

  /** Whether something can be read although the channel may have nothing. */
  boolean hasMore() {
    return more || decrypted != null;
  }

  /** Whether the peer has ended its sending, after everything that was read. */
  boolean hasPeerEnded() {
    return peerEnded && decrypted == null;
  }

  /**
   * Reads once.
   *
   * @return how many bytes, decrypted
   * @throws IOException if the connection broke or was cut off; what came before is in the buffer
   */
  int read(ByteBuffer to) throws IOException {
    if (failed) { // what comes is discarded
      int n = channel.read(to);
      peerEnded = n == END;
      return Math.max(n, 0);
    }
    int before = to.position();
    if (decrypted != null) { // alone: what the channel says counts after these bytes
      takeDecrypted(decrypted, to);
    } else if (!peerEnded) {
      boolean isCut = !more && receiveAhead();
      decrypt(to);
      if (isCut && !peerEnded && !more && decrypted == null) {
        throw new IOException(
            "it ended the connection without TLS's close_notify, so something may be missing");
      }
    }
    return to.position() - before;
  }

  /** Reads once, as much as makes a few records; whether the connection has ended. */
  private boolean receiveAhead() throws IOException {
    ByteBuffer in = buffers.take(Math.max(RECORD, Math.min(buffers.readSize(), MOST_AT_ONCE)));
    if (came != null) {
      in.put(came);
      freeCame();
    }
    came = in;
    try {
      int n = channel.read(in);
      return n == END;
    } finally {
      in.flip();
    }
  }

  private void decrypt(ByteBuffer to) throws IOException {
    ByteBuffer in = came;
    if (in == null) {
      more = false;
      return;
    }
    try {
      more = decryptRecords(in, to);
    } finally {
      if (in.hasRemaining()) {
        came = buffers.shrink(in);
      } else {
        freeCame();
      }
    }
    more &= came != null;
  }

  /** Whether there may be another whole record. */
  private boolean decryptRecords(ByteBuffer in, ByteBuffer to) throws IOException {
    SSLEngine its = engine();
    while (in.hasRemaining()) {
      requireShort(in);
      SSLEngineResult result = its.unwrap(in, to);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        if (!to.hasRemaining()) {
          return true;
        }
        // The record may be longer than what is left, and may not have come whole.
        decrypted = buffers.take(RECORD); // is given back even if this fails
        result = its.unwrap(in, decrypted);
        takeDecrypted(decrypted.flip(), to);
      }
      switch (result.getStatus()) {
        case BUFFER_UNDERFLOW -> {
          return false;
        }
        case BUFFER_OVERFLOW -> throw new SSLException("a record does not fit");
        case CLOSED -> {
          peerEnded = true;
          return false;
        }
        default -> serveHandshake(its, result.getHandshakeStatus());
      }
      if (decrypted != null) {
        return in.hasRemaining();
      }
    }
    return false;
  }

  /** After the handshake: new keys (TLS 1.3), or another handshake (TLS 1.2). */
  private void serveHandshake(SSLEngine its, HandshakeStatus wanted) throws IOException {
    HandshakeStatus status = wanted;
    while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks(its); // rare
      } else if (encrypt(NOTHING) == Status.CLOSED) {
        return;
      }
      status = its.getHandshakeStatus();
    }
  }

  private void takeDecrypted(ByteBuffer from, ByteBuffer to) {
    int end = from.limit();
    from.limit(Math.min(end, from.position() + to.remaining()));
    to.put(from);
    from.limit(end);
    if (from.hasRemaining()) {
      decrypted = from;
    } else {
      buffers.give(from);
      decrypted = null;
    }
  }

  // Writing.

  /** Whether TLS itself has something to send, which the kernel has not taken yet. */
  boolean hasOutput() {
    return output != null;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int taken = 0;
    while (flushOutput()) {
      from.position(from.position() + offered);
      taken += offered;
      offered = 0;
      if (!from.hasRemaining()) {
        break;
      }
      offer(from);
      if (output == null) {
        throw new SSLException("TLS does not go on");
      }
    }
    return taken;
  }

  /** Encrypts the next bytes, and leaves the position before them until they are sent. */
  private void offer(ByteBuffer from) throws IOException {
    int start = from.position();
    try {
      Status status = Status.OK;
      int had = -1;
      while (from.hasRemaining() && status == Status.OK && hasRoom() && outputBytes() > had) {
        had = outputBytes();
        status = encrypt(from);
      }
      if (status == Status.CLOSED) {
        throw new IOException(
            "it ended the connection: TLS 1.2 cannot end one direction and leave the other open");
      }
      offered = from.position() - start;
    } finally {
      from.position(start);
    }
  }

  private int outputBytes() {
    return output == null ? 0 : output.remaining();
  }

  /** Whether the output has room for another record, without growing. */
  private boolean hasRoom() {
    return output == null || output.capacity() - output.limit() >= RECORD / 2 + 1024;
  }

  /** Encrypts one record, and adds it to the output. */
  private Status encrypt(ByteBuffer from) throws IOException {
    ByteBuffer out = roomFor(from.remaining());
    int start = out.position();
    int end = out.limit();
    out.limit(out.capacity()).position(end);
    try {
      Status status = engine().wrap(from, out).getStatus();
      if (status == Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record to be sent does not fit");
      }
      return status;
    } finally {
      out.limit(out.position()).position(start);
      if (out.hasRemaining()) {
        output = out;
      } else {
        output = null;
        buffers.give(out);
      }
    }
  }

  private ByteBuffer roomFor(int plain) throws SSLException {
    if (output != null && hasRoom()) {
      return output;
    }
    ByteBuffer old = output;
    int most = plain > MOST_AT_ONCE ? MOST_AT_ONCE : plain + plain / 64 + RECORD / 2;
    int size = old == null ? Math.min(most, MOST_AT_ONCE) : old.remaining() + 2 * RECORD;
    if (size > BufferPool.LARGEST) {
      throw new SSLException("it asks for new keys again and again, and does not read them");
    }
    ByteBuffer larger = buffers.take(Math.max(RECORD, size));
    if (old != null) {
      larger.put(old);
      buffers.give(old);
    }
    return larger.flip();
  }

  /** Whether the kernel has taken all the output. */
  boolean flushOutput() throws IOException {
    if (output != null) {
      channel.write(output);
      if (output.hasRemaining()) {
        output = buffers.shrink(output);
        return false;
      }
      buffers.give(output);
      output = null;
    }
    return true;
  }

  /** Ends our sending, after everything that was written; whether the kernel has taken it all. */
  boolean end() throws IOException {
    if (failed) {
      return true;
    }
    if (!ended) {
      ended = true;
      engine().closeOutbound();
      wrapAll();
    }
    return flushOutput();
  }

  /** Encrypts what TLS has to say last. */
  private void wrapAll() throws IOException {
    SSLEngine its = engine();
    int had = -1;
    while (!its.isOutboundDone() && outputBytes() > had) {
      had = outputBytes();
      encrypt(NOTHING);
    }
  }

  // Memory.

  /** Bytes of memory that it holds. */
  long capacity() {
    return (came == null ? 0 : came.capacity())
        + (decrypted == null ? 0 : decrypted.capacity())
        + (output == null ? 0L : output.capacity());
  }

  private void freeCame() {
    if (came != null) {
      buffers.give(came);
      came = null;
    }
  }

  /** Nothing more can be sent. */
  void discardOutput() {
    if (output != null) {
      buffers.give(output);
      output = null;
    }
  }

  /** Gives all buffers back; the channel is closed by its socket. */
  @Override
  public void close() {
    freeCame();
    more = false;
    if (decrypted != null) {
      buffers.give(decrypted);
      decrypted = null;
    }
    discardOutput();
  }
}
