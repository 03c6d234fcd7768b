package io.tracestream.engine;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Frames that wait to be sent: runs in the buffers that they came in, and frames made here. Small
 * frames are gathered in one buffer; a large payload is borrowed until it has been sent.
 */
class Outbox {
  private static final int GATHERED = 64 * 1024;
  private static final int MOST_COPIED = 16 * 1024;
  /** For each write, the JVM copies the whole buffer if it is not in direct memory. */
  private static final int PIECE = 128 * 1024;

  private final BufferPool buffers;
  private final FrameFormat format;
  /** Buffers that the socket has not taken yet, each from its position to its limit. */
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>(2);
  /** The last buffer, from 0 to its position, while there is room in it; or null. */
  private @Nullable ByteBuffer gathering;

  /** Bytes of all frames that were made here. */
  private long framed;

  private long unsentBytes;
  /** Capacity of all buffers that are ours. */
  private long capacity;

  Outbox(BufferPool buffers, FrameFormat format) {
    this.buffers = buffers;
    this.format = format;
  }

  boolean isEmpty() {
    return unsentBytes == 0;
  }

  long unsentBytes() {
    return unsentBytes;
  }

  /** Whether there is something that the socket could take now. */
  boolean isWritable() {
    return !isEmpty();
  }

  /** Whether the owner should go on reading what is to be sent here. */
  boolean takesMore() {
    return isEmpty();
  }

  /**
   * Decides what to do with frames that are about to be read and added; none of them is touched
   * here.
   *
   * @param from the socket that they are read from
   * @param next who else takes their payloads; or null
   * @return who takes the payloads; null if nobody needs them
   */
  @Nullable
  Payloads deciding(FrameSocket from, @Nullable Payloads next) {
    return next;
  }

  /** Whether a fault holds frames back for now. */
  boolean isHolding() {
    return false;
  }

  /** The last frame has been added. */
  void end() {}

  /** How a fault has ended the sending; null if none has. */
  Fault.@Nullable Kind ended() {
    return null;
  }

  /** Bytes of memory in use. */
  long capacity() {
    return capacity;
  }

  /** Takes over the run's buffers. */
  void add(FrameRun run) {
    closeGathering();
    for (ByteBuffer part = run.parts.pollFirst(); part != null; part = run.parts.pollFirst()) {
      unsentBytes += part.remaining();
      capacity += part.capacity();
      unsent.addLast(part);
    }
  }

  /**
   * Adds a frame with that payload; a large one stays borrowed until it has been sent.
   *
   * @throws FrameException if no frame has that payload; nothing is added then
   */
  void add(ByteBuffer payload) throws FrameException {
    int length = payload.remaining();
    boolean copied = length <= MOST_COPIED;
    int needed = format.mostHeaderLength() + (copied ? length : 0);
    if (gathering == null || gathering.remaining() < needed) {
      closeGathering();
      gathering = buffers.take(GATHERED);
      capacity += gathering.capacity();
    }
    ByteBuffer rest = payload.duplicate();
    int start = gathering.position();
    format.putHeader(gathering, rest, framed);
    long frame = gathering.position() - start + (long) rest.remaining();
    if (copied) {
      gathering.put(rest);
    } else {
      closeGathering();
      unsent.addLast(rest);
    }
    framed += frame;
    unsentBytes += frame;
  }

  /** Adds bytes as they are; many of them stay borrowed until they have been sent. */
  final void addBytes(ByteBuffer bytes) {
    int length = bytes.remaining();
    unsentBytes += length;
    if (length > MOST_COPIED) {
      closeGathering();
      unsent.addLast(bytes);
      return;
    }
    if (gathering == null || gathering.remaining() < length) {
      closeGathering();
      gathering = buffers.take(GATHERED);
      capacity += gathering.capacity();
    }
    gathering.put(bytes);
  }

  private void closeGathering() {
    if (gathering != null) {
      unsent.addLast(gathering.flip());
      gathering = null;
    }
  }

  /** Writes as much as the socket takes; returns how many bytes. */
  long flush(WritableByteChannel socket) throws IOException {
    closeGathering();
    long before = unsentBytes;
    ByteBuffer first = unsent.peekFirst();
    while (first != null && write(socket, first)) {
      unsent.removeFirst();
      release(first);
      first = unsent.peekFirst();
    }
    if (first != null) {
      shrink();
    }
    return before - unsentBytes;
  }

  /** Whether the socket took all of the buffer. */
  private boolean write(WritableByteChannel socket, ByteBuffer frames) throws IOException {
    if (frames.isDirect()) {
      unsentBytes -= socket.write(frames);
    } else {
      writeInPieces(socket, frames);
    }
    return !frames.hasRemaining();
  }

  private void writeInPieces(WritableByteChannel socket, ByteBuffer frames) throws IOException {
    int end = frames.limit();
    int taken;
    int asked;
    do {
      asked = Math.min(frames.remaining(), PIECE);
      taken = socket.write(frames.limit(frames.position() + asked));
      frames.limit(end);
      unsentBytes -= taken;
    } while (taken == asked && frames.hasRemaining());
  }

  /** Moves a small rest of a large buffer to a smaller one. */
  private void shrink() {
    if (unsent.peekFirst().isDirect()) {
      ByteBuffer rest = unsent.pollFirst();
      capacity -= rest.capacity();
      rest = buffers.shrink(rest);
      capacity += rest.capacity();
      unsent.addFirst(rest);
    }
  }

  private void release(ByteBuffer buffer) {
    if (buffer.isDirect()) { // else it is borrowed
      capacity -= buffer.capacity();
      buffers.give(buffer);
    }
  }

  /** Discards everything. */
  void clear() {
    closeGathering();
    unsent.forEach(this::release);
    unsent.clear();
    unsentBytes = 0;
  }
}
