package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * One TCP connection: puts the bytes of its segments in order.
 *
 * <p>A segment waits until the bytes before it have come, and also those that its sender had
 * acknowledged. Bytes that were acknowledged but do not come within a second of the capture are
 * lost. Of bytes that were sent twice, those that came first count.
 */
final class TcpConnection {
  /** How long bytes may come after their acknowledgement, in microseconds: captures mix packets. */
  private static final long PATIENCE = 1_000_000;
  /** No window is larger. */
  private static final long WINDOW = 1L << 30;
  /** What a waiting segment costs besides its bytes. */
  private static final int OVERHEAD = 128;

  private final TcpSink sink;
  private final Half c2s = new Half(Direction.C2S);
  private final Half s2c = new Half(Direction.S2C);
  /** The time of what was last handed on. */
  private long micros;

  private long waiting;
  private boolean over;

  TcpConnection(TcpSink sink) {
    this.sink = sink;
  }

  /** A segment that waits. */
  private record Piece(ByteBuffer data, long micros, long acked) {}

  /** One direction. Positions are bytes of the stream, from 0. */
  private static final class Half {
    private final Direction direction;
    /** Whether it is known which number the first byte has. */
    private boolean isKnown;
    /** Whether that is really the first byte. */
    private boolean sawStart;

    private boolean hasOpened;
    private int base;
    /** Everything before it was handed on. */
    private long next;

    private long endAt = -1;
    /** What the sender had acknowledged when it ended its sending. */
    private long endAcked;

    private boolean ended;
    /** Everything before it was acknowledged. */
    private long acked;
    /** Where bytes are missing that were acknowledged, and since when that is known. */
    private long missingAt = -1;

    private long missingSince;
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();

    private Half(Direction direction) {
      this.direction = direction;
    }

    private void start(int number, boolean isFirst) {
      isKnown = true;
      base = number;
      sawStart = isFirst;
    }

    private long position(int number) {
      return next + (number - (base + (int) next));
    }

    /** The other side has acknowledged up to that number. */
    private void acknowledge(int number, boolean isFirst) {
      if (!isKnown) {
        start(number, isFirst);
      }
      long at = position(number);
      if (at > acked && at - next < WINDOW) {
        acked = at;
      }
    }

    /** Bytes that have to be there before anything that was sent with this acknowledgement. */
    private long required(int number) {
      long at = position(number);
      return at - next < WINDOW ? at : 0;
    }

    private boolean isReached(long at) {
      return ended || next >= Math.min(at, end());
    }

    /** The position up to which there can be bytes. */
    private long end() {
      return endAt < 0 ? Long.MAX_VALUE : endAt;
    }

    /** Whether bytes are missing though they were acknowledged, sent before others, or an end. */
    private boolean isMissing(boolean atEnd) {
      boolean isNext = !pieces.isEmpty() && pieces.firstKey() <= next;
      boolean isBefore = atEnd && (!pieces.isEmpty() || endAt > next);
      return !isNext && !ended && (isBefore || Math.min(acked, end()) > next);
    }
  }

  /** Whether nothing more is expected. */
  boolean isOver() {
    return over;
  }

  /** Bytes of memory that the connection holds. */
  long held() {
    return waiting + (over ? 0 : sink.held());
  }

  /** Whether a connection request is for another connection than this. */
  boolean isOther(Segment request) {
    return c2s.isKnown ? request.seq() + 1 != c2s.base : over;
  }

  /** Takes the next segment of the capture. */
  void take(Segment segment, Direction direction, long time) throws IOException {
    if (over) {
      return;
    }
    Half half = direction == Direction.C2S ? c2s : s2c;
    Half other = half == c2s ? s2c : c2s;
    int seq = segment.seq() + (segment.has(Segment.SYN) ? 1 : 0);
    if (segment.has(Segment.SYN) && !half.hasOpened) {
      half.hasOpened = true;
      if (!half.isKnown) {
        half.start(seq, true);
      } else if (half.position(seq) == 0) {
        half.sawStart = true;
      }
    }
    if (segment.has(Segment.RST)) {
      finish(time);
      if (!over) {
        over = true;
        sink.reset(direction, Math.max(micros, time));
      }
      return;
    }
    long acked = 0;
    if (segment.has(Segment.ACK)) {
      other.acknowledge(segment.ack(), segment.has(Segment.SYN));
      acked = other.required(segment.ack());
    }
    if (!half.isKnown) {
      half.start(seq, false);
    }
    long at = half.position(seq);
    if (Math.abs(at - half.next) < WINDOW) {
      if (segment.has(Segment.FIN) && half.endAt < 0) {
        half.endAt = at + segment.dataLength();
        half.endAcked = acked;
      }
      if (segment.dataLength() > 0) {
        add(half, at, segment.data(), time, acked);
      }
    }
    handOn(time);
    giveUpOld(c2s, time);
    giveUpOld(s2c, time);
  }

  private void add(Half half, long at, ByteBuffer data, long time, long acked) throws IOException {
    long had = half.next - at;
    if (had >= data.remaining()) {
      return; // sent again
    }
    Half other = half == c2s ? s2c : c2s;
    if (had >= 0 && half.pieces.isEmpty() && other.isReached(acked)) {
      handOn(half, data.position((int) had), time);
      return;
    }
    if (had > 0) {
      data.position((int) had);
    }
    long place = Math.max(at, half.next);
    Piece before = half.pieces.get(place);
    if (before != null && before.data.remaining() >= data.remaining()) {
      return;
    }
    ByteBuffer kept = ByteBuffer.allocate(data.remaining()).put(data).flip();
    Piece replaced = half.pieces.put(place, new Piece(kept, time, acked));
    waiting += cost(kept) - (replaced == null ? 0 : cost(replaced.data));
  }

  private static long cost(ByteBuffer data) {
    return data.remaining() + OVERHEAD;
  }

  private void handOn(Half half, ByteBuffer data, long time) throws IOException {
    micros = Math.max(micros, time);
    if (half.next == 0 && !half.sawStart) {
      sink.withoutStart(half.direction);
    }
    half.next += data.remaining();
    sink.bytes(half.direction, micros, data);
  }

  /** Hands on what need not wait any longer. */
  private void handOn(long time) throws IOException {
    boolean again = true;
    while (again && !over) {
      boolean isTargetFirst = firstTime(s2c) < firstTime(c2s);
      again = isTargetFirst
          ? handOnPiece(s2c, c2s) || handOnPiece(c2s, s2c)
          : handOnPiece(c2s, s2c) || handOnPiece(s2c, c2s);
      again |= end(c2s, s2c, time) || end(s2c, c2s, time);
    }
    if (!over && c2s.ended && s2c.ended) {
      over = true;
      sink.closed();
    }
  }

  private static long firstTime(Half half) {
    return half.pieces.isEmpty() ? Long.MAX_VALUE : half.pieces.firstEntry().getValue().micros;
  }

  private boolean handOnPiece(Half half, Half other) throws IOException {
    Map.Entry<Long, Piece> first = half.pieces.firstEntry();
    if (first == null || first.getKey() > half.next || !other.isReached(first.getValue().acked)) {
      return false;
    }
    half.pieces.pollFirstEntry();
    ByteBuffer data = first.getValue().data;
    waiting -= cost(data);
    long had = half.next - first.getKey();
    if (had < data.remaining()) {
      handOn(half, data.position((int) had), first.getValue().micros);
    }
    return true;
  }

  private boolean end(Half half, Half other, long time) throws IOException {
    if (over || half.ended || half.next < half.end() || !other.isReached(half.endAcked)) {
      return false;
    }
    half.ended = true;
    dropPieces(half); // nothing can come after the end
    micros = Math.max(micros, time);
    sink.ended(half.direction, micros);
    return true;
  }

  private void dropPieces(Half half) {
    half.pieces.values().forEach(piece -> waiting -= cost(piece.data));
    half.pieces.clear();
  }

  private void giveUpOld(Half half, long time) throws IOException {
    if (over || !half.isMissing(false)) {
      half.missingAt = -1;
    } else if (half.missingAt != half.next) {
      half.missingAt = half.next;
      half.missingSince = time;
    } else if (time - half.missingSince > PATIENCE) {
      giveUp(half);
    }
  }

  /** The bytes that come next are lost. */
  private void giveUp(Half half) throws IOException {
    long until = !half.pieces.isEmpty()
        ? half.pieces.firstKey()
        : half.endAt > half.next ? half.endAt : half.acked;
    stop();
    sink.lost(half.direction, half.next, until - half.next);
  }

  private void stop() {
    over = true;
    dropPieces(c2s);
    dropPieces(s2c);
  }

  /** Nothing more will come: hands on what waits, up to where bytes are lost. */
  private void finish(long time) throws IOException {
    handOn(time);
    for (Half half : new Half[] {c2s, s2c}) {
      if (!over && half.isMissing(true)) {
        giveUp(half);
      }
    }
  }

  /** The capture ends, or the connection is not followed any longer. */
  void finish(String why) throws IOException {
    finish(micros);
    if (!over) {
      stop();
      sink.open(why);
    }
  }

  /** Does not follow the connection any longer, so that others have its memory. */
  void drop(String why) throws IOException {
    if (!over) {
      stop();
      sink.dropped(why);
    }
  }
}
