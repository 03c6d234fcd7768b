package io.tracestream.recording;

import io.tracestream.recording.RecordingException.Kind;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.zip.ZipException;

/**
 * Reads a recording, entry by entry: bytes in, entries out, through a buffer of its own. Memory
 * grows with the longest payload, not with the file.
 *
 * <p>{@link #next} gives each entry as an object. Who has many to read takes {@link #advance} and
 * the parts of each entry instead: that allocates nothing, and a payload that is not asked for is
 * checked but not decoded.
 *
 * <p>What is appended to a file while it is read is read as well, until {@link #advance} has
 * returned false: an end that was reported stays the end.
 *
 * <p>For one thread at a time. After an exception it reads no further, and each later call throws
 * the same one, unless {@link #skipDamagedLine} has it go on.
 */
public final class RecordingReader implements Closeable {
  /** What the version line begins with, whatever the version. */
  private static final String ANY_HEADER =
      RecordingWriter.HEADER.substring(0, RecordingWriter.HEADER.length() - 1);

  /** A session may hold many readers of short recordings: so a buffer begins small. */
  private static final int FIRST_BUFFER = 4 * 1024;

  private static final int BUFFER = 64 * 1024;
  private static final int FIRST_PAYLOAD = 256;

  /** Digits of {@link Long#MAX_VALUE}. */
  private static final int LONGEST_NUMBER = 19;
  /** More than a number, a tab and a field: with so much at hand, no field is cut by chance. */
  private static final int LONGEST_PREFIX = 64;
  /** As much of a comment as may have a meaning. */
  private static final int LONGEST_COMMENT = 200;
  /** As much of a damaged field as an error shows. */
  private static final int LONGEST_FIELD = 32;

  private static final String ELAPSED = "a number of microseconds and a tab";
  private static final String CORRECT_IT = "; correct the line or record again";

  /** The texts that make the recording, mostly one. */
  private final List<TextPart> parts;

  private final int maxPayloadLength;
  private OutputStream comments = OutputStream.nullOutputStream();

  /** The part at hand, by its index. */
  private int part;
  /** Its text, unpacked; null until it is first read. */
  private InputStream in;
  /** The bytes from {@code position} to {@code limit} are unread. */
  private byte[] buffer = new byte[FIRST_BUFFER];

  private int position;
  private int limit;
  /** How many bytes of the part stood before those in the buffer. */
  private long passed;
  /** Whether the part's text was found to end; it may have grown by the next line. */
  private boolean atEnd;
  /** What is wrong with the end of the part, which is told after the text before it; or null. */
  private IOException badEnd;

  private boolean badEndTold;

  /** The number of the line at hand, from 1; 0 before the first. */
  private long line;
  /** Where in the part the line at hand begins. */
  private long lineStart;
  /** Whether the line at hand was read up to its {@code \n}. */
  private boolean lineEnded = true;
  /** Whether the line at hand goes on, after damage in it, as if it were a new one. */
  private boolean lineGoesOn;

  private boolean versionLineSeen;
  private boolean entrySeen;
  /** Whether there is an entry at hand. */
  private boolean atEntry;
  /** Whether its payload was read. */
  private boolean payloadRead;

  private long elapsedMicros;
  private Direction direction;
  private long startMicros;
  private boolean clientEnded;
  private boolean targetEnded;
  /** How the conversation ended; null before a line says so. */
  private RecordedEnd end;
  /** Begins with the payload that was read last; grows with the digits that have come. */
  private ByteBuffer payload = ByteBuffer.allocate(0);

  private int payloadLength;

  /** What ended the reading before the recording's end; null while all is well. */
  private IOException failure;
  /** Whether the recording's end was reported. */
  private boolean ended;

  private boolean closed;

  /**
   * Where an entry stands in a recording: a reader can begin there. Immutable.
   *
   * @see RecordingReader#position()
   */
  public static final class Position {
    private final int part;
    private final long offset;
    private final long line;
    private final long startMicros;
    private final boolean clientEnded;
    private final boolean targetEnded;

    private Position(RecordingReader reader) {
      this.part = reader.part;
      this.offset = reader.lineStart;
      this.line = reader.line;
      this.startMicros = reader.startMicros;
      this.clientEnded = reader.clientEnded;
      this.targetEnded = reader.targetEnded;
    }
  }

  /**
   * A reader at the top of a recording.
   *
   * @param in the recording's text, also compressed with gzip; no need to buffer it. Closed with
   *     this reader
   * @param name what errors call it: the file's name
   * @param maxPayloadLength the longest payload to take, in bytes
   */
  public RecordingReader(InputStream in, String name, int maxPayloadLength) {
    this(List.of(new TextPart(name, () -> in)), maxPayloadLength);
    this.in = new UnpackedInput(in);
  }

  /** Of one part or more, from the top. */
  RecordingReader(List<TextPart> parts, int maxPayloadLength) {
    this.parts = parts;
    this.maxPayloadLength = maxPayloadLength;
  }

  /** Of one part or more, from an entry on that another reader has found there. */
  RecordingReader(List<TextPart> parts, int maxPayloadLength, Position from) {
    this(parts, maxPayloadLength);
    part = from.part;
    passed = from.offset;
    line = from.line - 1;
    startMicros = from.startMicros;
    clientEnded = from.clientEnded;
    targetEnded = from.targetEnded;
    versionLineSeen = true; // or it does without
  }

  /**
   * Reads the next entry, past comments and blank lines.
   *
   * @return the entry, the caller's own; or null at the end of the recording
   * @throws RecordingException when a line is damaged: {@code FILE:LINE: } and what is wrong
   * @throws IOException what the stream threw
   */
  public Entry next() throws IOException {
    return advance() ? entry() : null;
  }

  /**
   * Goes to the next entry, past comments and blank lines.
   *
   * @return false at the end of the recording, from then on always
   * @throws RecordingException as in {@link #next}, up to the payload of the entry; and when the
   *     payload before it is damaged, which nobody asked for
   * @throws IOException what the stream threw
   */
  public boolean advance() throws IOException {
    requireNoFailure();
    try {
      if (atEntry && !payloadRead) {
        passPayload();
      }
      atEntry = false;
      payloadRead = false;
      atEntry = nextEntry();
      entrySeen |= atEntry;
      return atEntry;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * When the frame of the entry at hand came.
   *
   * @return microseconds since the recording began
   * @throws IllegalStateException when there is no entry at hand, as in all that ask for a part of
   *     it
   */
  public long elapsedMicros() {
    requireEntry();
    return elapsedMicros;
  }

  /**
   * Which way the frame of the entry at hand went.
   *
   * @return its direction
   */
  public Direction direction() {
    requireEntry();
    return direction;
  }

  /**
   * The payload of the entry at hand.
   *
   * @return a view of it, position to limit, backed by an array; lent until this is called again,
   *     and then whole again, or the reader goes on
   * @throws RecordingException when it is damaged or too long, or there is no memory for it
   * @throws IOException what the stream threw
   */
  public ByteBuffer payload() throws IOException {
    requireNoFailure();
    requireEntry();
    try {
      if (!payloadRead) {
        readPayload();
        payloadRead = true;
      }
      return payload.clear().limit(payloadLength);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Makes room for the payload of the entry at hand: who knows how long it is saves the memory that
   * growing takes.
   *
   * @param length bytes, as {@link #skipPayload} gave them
   */
  public void makeRoom(int length) {
    payload = ByteBuffer.allocate(length);
  }

  /**
   * Takes the payload of the entry at hand, as {@link #payload} gives it, without a copy: the
   * reader forgets it, and no entry is at hand then.
   *
   * @return the array, the caller's own; longer than the payload, maybe, which is at its beginning
   * @throws RecordingException as in {@link #payload}
   * @throws IOException what the stream threw
   */
  public byte[] takePayload() throws IOException {
    byte[] taken = payload().array();
    payload = ByteBuffer.allocate(0);
    atEntry = false;
    return taken;
  }

  /**
   * Passes the payload of the entry at hand, which is checked but not decoded; no entry is at hand
   * then.
   *
   * @return how long the payload is, in bytes
   * @throws RecordingException as in {@link #payload}
   * @throws IOException what the stream threw
   */
  public int skipPayload() throws IOException {
    requireNoFailure();
    requireEntry();
    try {
      int length = payloadRead ? payloadLength : passPayload();
      atEntry = false;
      return length;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * The entry at hand.
   *
   * @return the entry, the caller's own
   * @throws IOException as in {@link #payload}
   */
  public Entry entry() throws IOException {
    ByteBuffer lent = payload();
    byte[] copy = new byte[lent.remaining()];
    lent.get(copy);
    return new Entry(elapsedMicros, direction, copy);
  }

  private void requireNoFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void requireEntry() {
    if (!atEntry) {
      throw new IllegalStateException("there is no entry at hand: call advance() first");
    }
  }

  /**
   * When the conversation itself began: a proxy that records many connections counts the time of
   * all of them from the first one, and says in a comment when each was accepted.
   *
   * @return microseconds since the recording began, the same for all entries; 0 where no comment
   *     before the first entry says more. To be asked once there is an entry at hand
   */
  public long startMicros() {
    return startMicros;
  }

  /**
   * Whether the client had ended its sending before the frame of the entry at hand came. Only files
   * of a folder say so.
   *
   * @return true from the place on where the recording has a comment on it; at the recording's end,
   *     whether there was such a place
   */
  public boolean clientEnded() {
    return clientEnded;
  }

  /**
   * As {@link #clientEnded}, of the target.
   *
   * @return true when the target had ended its sending
   */
  public boolean targetEnded() {
    return targetEnded;
  }

  /**
   * How the conversation ended. To be asked when {@link #advance} has returned false.
   *
   * @return what the recording's last line says; null when it does not say, as in a recording of
   *     one file, or after the recorder was killed
   */
  public RecordedEnd end() {
    return end;
  }

  /**
   * Where the entry that was read last stands.
   *
   * @return its line number, from 1
   */
  public long line() {
    return line;
  }

  /**
   * The name of the file in which the entry that was read last stands.
   *
   * @return the recording's name; of a recording in several files, that of one of them
   */
  public String fileName() {
    return parts.get(part).name();
  }

  /**
   * Where the entry at hand stands, for {@link Recording#reader(Position)}.
   *
   * @return its position, to be used with the recording that this reader is of
   */
  public Position position() {
    requireEntry();
    return new Position(this);
  }

  /**
   * Whether the last line has no line end. It was taken, as it is well formed: but it may have been
   * cut off between two bytes of its payload. To be asked when {@link #advance} has returned false,
   * or when the payload of the last entry was read.
   *
   * @return true for such a line
   * @see Recording#mayBeCutShort()
   */
  public boolean mayBeCutShort() {
    return line > 0 && !lineEnded;
  }

  /**
   * Whether a line said that this is a recording, and of which version.
   *
   * @return true once such a line was read; a recording may do without
   */
  public boolean hasVersionLine() {
    return versionLineSeen;
  }

  /**
   * Copies comments as they are read, but not version lines.
   *
   * @param copy takes each comment, ended with {@code \n}; what it throws, {@link #advance} throws
   */
  public void copyCommentsTo(OutputStream copy) {
    comments = copy;
  }

  /**
   * After a {@link RecordingException}: passes the damaged line, so that {@link #advance} goes on.
   * Where NUL bytes stand in the line, it goes on after these: such a hole is left when somebody
   * cuts a file that is being recorded, and the entry that follows may be whole.
   *
   * @throws IOException what the stream threw, also if that was before
   */
  public void skipDamagedLine() throws IOException {
    if (failure != null && !(failure instanceof RecordingException e && !e.isNotRead())) {
      throw failure;
    }
    failure = null;
    atEntry = false;
    while (!lineEnded && peek() > 0) {
      lineEnded = buffer[position++] == '\n';
    }
    while (!lineEnded && peek() == 0) {
      position++;
      lineGoesOn = true;
    }
  }

  /** Closes the stream. */
  @Override
  public void close() throws IOException {
    closed = true;
    if (in != null) {
      in.close();
    }
  }

  /** True when it has the first line of a recording, or an entry; comments could be any file's. */
  boolean startsAsRecording() throws IOException {
    try {
      return next() != null || versionLineSeen;
    } catch (RecordingException e) {
      return versionLineSeen;
    }
  }

  // Lines

  /** Reads up to the payload of the next entry; false at the recording's end. */
  private boolean nextEntry() throws IOException {
    while (beginLine()) {
      byte first = buffer[position];
      if (first == '#') {
        readComment();
      } else if (first == '\n' || first == '\r') {
        readBlankLine();
      } else {
        readPrefix();
        if (end != null) { // recordings were joined: another conversation begins
          end = null;
          clientEnded = false;
          targetEnded = false;
        }
        return true;
      }
    }
    return false;
  }

  /** Goes to the beginning of the next line, of which a byte is at hand; false at the end. */
  private boolean beginLine() throws IOException {
    atEnd &= !lineEnded; // a file may have grown, but not a line that was taken for its last one
    do {
      while (position == limit && !fill()) {
        if (!nextPart()) {
          return false;
        }
      }
    } while (skipByteOrderMark());
    if (!lineGoesOn) {
      line++;
    }
    lineGoesOn = false;
    lineEnded = false;
    lineStart = passed + position;
    return true;
  }

  /** At the end of a part: goes on to the next one; false when there is none. */
  private boolean nextPart() throws IOException {
    if (ended) {
      return false;
    }
    requireWhole();
    if (part + 1 == parts.size()) {
      ended = true;
      if (part > 0) {
        in.close(); // it was opened for this reader alone, and holds a descriptor
      }
      return false;
    }
    in.close();
    in = null;
    part++;
    passed = 0;
    position = 0;
    limit = 0;
    atEnd = false;
    line = 0;
    lineGoesOn = false;
    lineEnded = true;
    return true;
  }

  /** As some editors write it at the beginning of a file; true when it was there. */
  private boolean skipByteOrderMark() throws IOException {
    if (passed + position > 0 || buffer[position] != (byte) 0xef) {
      return false;
    }
    ensure(3);
    boolean found = limit - position >= 3
        && buffer[position + 1] == (byte) 0xbb
        && buffer[position + 2] == (byte) 0xbf;
    position += found ? 3 : 0;
    return found;
  }

  private void readBlankLine() throws IOException {
    ensure(2);
    int end = lineEnd(position);
    if (end == 0) {
      throw damaged("elapsed_us", quoted("\r"), ELAPSED);
    }
    takeLineEnd(end);
  }

  /** Reads a comment, also one that is longer than the buffer, and understands some. */
  private void readComment() throws IOException {
    ensure(ANY_HEADER.length());
    boolean version = text(position, ANY_HEADER.length()).equals(ANY_HEADER);
    OutputStream copy = version ? OutputStream.nullOutputStream() : comments;
    StringBuilder head = new StringBuilder();
    do {
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      lineEnded = end < limit;
      int next = lineEnded ? end + 1 : end;
      if (end > position && buffer[end - 1] == '\r') { // of a CRLF perhaps
        end--;
        next = lineEnded ? next : end;
      }
      copy.write(buffer, position, end - position);
      head.append(text(position, Math.min(end - position, LONGEST_COMMENT - head.length())));
      position = next;
    } while (!lineEnded && fill());
    copy.write('\n');
    if (!lineEnded) {
      position = limit; // past a CR at the end of the file
      requireWhole(); // else it may be a version line that says more
    }
    understand(head.toString().stripTrailing(), version);
  }

  private void understand(String comment, boolean version) throws RecordingException {
    Matcher accepted = ConversationComments.CONNECTION.matcher(comment);
    if (accepted.matches()) {
      startMicros = Long.parseLong(accepted.group(1));
    }
    clientEnded |= comment.equals(ConversationComments.CLIENT_ENDED);
    targetEnded |= comment.equals(ConversationComments.TARGET_ENDED);
    RecordedEnd said = ConversationComments.end(comment);
    end = said != null ? said : end;
    if (comment.equals(RecordingWriter.HEADER)) {
      versionLineSeen = true;
    } else if (version) {
      String found = quoted(comment.substring(ANY_HEADER.length() - 1));
      throw error(Kind.OTHER_VERSION, "version: found " + found + ", expected v1" + CORRECT_IT);
    }
  }

  // An entry's line up to its payload

  private void readPrefix() throws IOException {
    ensure(LONGEST_PREFIX);
    try {
      elapsedMicros = elapsed();
      direction = nextDirection();
    } catch (RecordingException e) {
      throw isStrange() ? noRecording() : e;
    }
  }

  private long elapsed() throws RecordingException {
    long value = 0;
    int most = Math.min(limit, position + LONGEST_NUMBER);
    int at = position;
    for (; at < most && isFigure(buffer[at]); at++) {
      value = 10 * value + buffer[at] - '0';
    }
    if (value < 0 || at < limit && isFigure(buffer[at])) {
      throw longNumber(value);
    }
    if (at == limit) {
      throw cutOff();
    }
    if (at == position && buffer[at] == 0) {
      throw error(
          "found NUL bytes: the file was truncated while it was recorded; save what is whole"
              + " or record again");
    }
    if (at == position || buffer[at] != '\t') {
      throw damaged("elapsed_us", quoted(field()), ELAPSED);
    }
    position = at + 1;
    return value;
  }

  /** So many digits overflow once at most, and the value is then below 0. */
  private RecordingException longNumber(long value) {
    String most = value < 0 || value > Long.MAX_VALUE / 10
        ? "at most " + Long.MAX_VALUE
        : "at most " + LONGEST_NUMBER + " digits";
    return damaged("elapsed_us", quoted(field()), most);
  }

  private static boolean isFigure(byte c) {
    return c >= '0' && c <= '9';
  }

  private Direction nextDirection() throws RecordingException {
    if (limit - position >= 4) {
      Direction found = buffer[position] == 'c' ? Direction.C2S : Direction.S2C;
      if (isAtHand(found)) {
        position += 4;
        return found;
      }
    }
    String found = field();
    boolean atLimit = position + found.length() == limit;
    if (atLimit && ("c2s".startsWith(found) || "s2c".startsWith(found))) {
      throw cutOff();
    }
    throw damaged("direction", quoted(found), "c2s or s2c and a tab");
  }

  /** True when the next four bytes are that direction and a tab. */
  private boolean isAtHand(Direction expected) {
    boolean c2s = expected == Direction.C2S;
    return buffer[position] == (c2s ? 'c' : 's')
        && buffer[position + 1] == '2'
        && buffer[position + 2] == (c2s ? 's' : 'c')
        && buffer[position + 3] == '\t';
  }

  /**
   * Whether the damaged line at hand is the first one of a file of another kind: nothing before it
   * is a recording's, it holds bytes that no text has, or nothing that an entry begins with.
   */
  private boolean isStrange() {
    if (versionLineSeen || entrySeen) {
      return false;
    }
    int start = (int) (lineStart - passed);
    int end = start;
    boolean nulsOnly = true;
    for (; end < Math.min(limit, start + LONGEST_PREFIX) && buffer[end] != '\n'; end++) {
      byte c = buffer[end];
      nulsOnly &= c == 0;
      if ((c < ' ' || c > '~') && c != '\t' && c != '\r' && !nulsOnly) {
        return true;
      }
    }
    String text = text(start, end - start);
    return !nulsOnly
        && !isFigure(buffer[start])
        && buffer[start] != 0
        && !text.contains("c2s")
        && !text.contains("s2c");
  }

  private RecordingException noRecording() {
    position = (int) (lineStart - passed);
    return error(
        Kind.NO_RECORDING,
        "is not a recording: found " + quoted(field()) + ", expected an entry or the line \""
            + RecordingWriter.HEADER + "\"");
  }

  // Payloads: hex digits up to the line's end

  private void readPayload() throws IOException {
    payloadLength = 0;
    do {
      int pairs = pairsAtHand(payloadLength);
      if (payload.capacity() - payloadLength < pairs) {
        growPayload(payloadLength + pairs);
      }
      int count = HexDecoder.decode(buffer, position, pairs, payload.array(), payloadLength);
      position += 2 * count;
      payloadLength += count;
    } while (limit - position < 2 && fill());
    readPayloadEnd(payloadLength);
  }

  /** Refuses what {@link #readPayload} refuses, but keeps nothing; gives the payload's length. */
  private int passPayload() throws IOException {
    int length = 0;
    do {
      int count = HexDecoder.count(buffer, position, pairsAtHand(length));
      position += 2 * count;
      length += count;
    } while (limit - position < 2 && fill());
    readPayloadEnd(length);
    return length;
  }

  /** How many bytes the text at hand can hold, after {@code length} of them: up to the cap. */
  private int pairsAtHand(int length) {
    return Math.min((limit - position) / 2, maxPayloadLength - length);
  }

  private void growPayload(int needed) throws IOException {
    long wanted = Math.max(needed, Math.max(FIRST_PAYLOAD, 2L * payload.capacity()));
    int capacity = (int) Math.min(wanted, maxPayloadLength);
    try {
      payload = ByteBuffer.wrap(Arrays.copyOf(payload.array(), capacity));
    } catch (OutOfMemoryError e) {
      throw new RecordingException(
          place() + ": no memory for a payload of " + needed + " bytes or more; give Java more",
          line,
          Kind.NOT_READ,
          e);
    }
  }

  /** After so many bytes the digits ended, or there may be no more of them. */
  private void readPayloadEnd(int length) throws IOException {
    if (position < limit && buffer[position] == '\n') {
      takeLineEnd(1);
      return;
    }
    ensure(3); // a digit and CRLF
    if (position == limit) {
      requireWhole(); // else there may have been more digits
      return;
    }
    int end = lineEnd(position);
    if (end > 0) {
      takeLineEnd(end);
      return;
    }
    if (!HexDecoder.isDigit(buffer[position])) {
      throw badDigit(2L * length, buffer[position]);
    }
    if (position + 1 == limit) {
      throw cutOff();
    }
    byte after = buffer[position + 1];
    if (HexDecoder.isDigit(after)) {
      throw tooLong();
    }
    if (lineEnd(position + 1) == 0) {
      throw badDigit(2L * length + 1, after);
    }
    throw damaged("payload", 2L * length + 1 + " hex digits", "an even number");
  }

  private RecordingException tooLong() {
    return error("payload: found more than " + maxPayloadLength + " bytes, expected at most "
        + maxPayloadLength + "; raise the largest payload or correct the line");
  }

  private RecordingException badDigit(long index, int found) {
    String digit = quoted("" + (char) (found & 0xff));
    return damaged("payload", digit + " as digit " + (index + 1), "0-9 and a-f");
  }

  // Bytes

  /** The length of the line end there: LF, CRLF, or CR at the end of the file; 0 when none is. */
  private int lineEnd(int at) {
    if (buffer[at] == '\n') {
      return 1;
    }
    if (buffer[at] != '\r') {
      return 0;
    }
    return at + 1 == limit ? 1 : buffer[at + 1] == '\n' ? 2 : 0;
  }

  private void takeLineEnd(int length) {
    position += length;
    lineEnded = buffer[position - 1] == '\n';
  }

  /** The next byte, left unread; -1 at the part's end. */
  private int peek() throws IOException {
    return position < limit || fill() ? buffer[position] & 0xff : -1;
  }

  /** Has so many bytes at hand, or all that there are. */
  private void ensure(int count) throws IOException {
    while (limit - position < count && fill()) {}
  }

  /** Moves what is unread to the front and waits for more behind it; false at the part's end. */
  private boolean fill() throws IOException {
    if (atEnd || ended) {
      return false;
    }
    boolean grows = limit > 0 && buffer.length < BUFFER;
    byte[] next = grows ? new byte[4 * buffer.length] : buffer;
    System.arraycopy(buffer, position, next, 0, limit - position);
    buffer = next;
    limit -= position;
    passed += position;
    position = 0;
    int count = readMore();
    limit += Math.max(count, 0);
    atEnd = count <= 0;
    return !atEnd;
  }

  private int readMore() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    try {
      if (in == null) {
        in = new UnpackedInput(parts.get(part).open());
        if (in.skip(passed) < passed) {
          throw error("was cut while it was read; record again");
        }
      }
      return badEnd == null ? in.read(buffer, limit, buffer.length - limit) : -1;
    } catch (EOFException | ZipException e) {
      badEnd = e;
      return -1;
    } catch (RecordingException | ClosedChannelException e) {
      throw e;
    } catch (IOException e) { // of the disk, which does not know the file's name
      throw new RecordingException(
          fileName() + ": cannot be read: " + RecordingException.reason(e), 0, Kind.NOT_READ, e);
    }
  }

  // What is wrong, and where

  /** At the end of a part: throws when there ought to be more. */
  private void requireWhole() throws RecordingException {
    if (badEnd != null && !badEndTold) {
      throw badEnd();
    }
  }

  private RecordingException badEnd() {
    badEndTold = true;
    if (badEnd instanceof ZipException) {
      return error("gzip data: found damage (" + badEnd.getMessage()
          + "), expected more of the recording; copy the file anew or record again");
    }
    return error(
        Kind.CUT_OFF,
        "gzip data: found that it was cut off, expected its end; save what is whole or record again");
  }

  private RecordingException cutOff() {
    if (badEnd instanceof ZipException) {
      return badEnd();
    }
    badEndTold = badEnd != null;
    return error(
        Kind.CUT_OFF,
        "found a line that was cut off, expected its end; the recorder was stopped inside it:"
            + " delete the line or record again");
  }

  private RecordingException damaged(String subject, String found, String expected) {
    return error(subject + ": found " + found + ", expected " + expected + CORRECT_IT);
  }

  private RecordingException error(String message) {
    return error(Kind.DAMAGE, message);
  }

  private RecordingException error(Kind kind, String message) {
    return new RecordingException(place() + ": " + message, line, kind);
  }

  private String place() {
    return line == 0 ? fileName() : fileName() + ":" + line;
  }

  /** The text up to the next tab or line end, or as much of it as an error should show; unread. */
  private String field() {
    int end = position;
    int most = Math.min(limit, position + LONGEST_FIELD);
    while (end < most && buffer[end] != '\t' && buffer[end] != '\n') {
      end++;
    }
    return text(position, end - position);
  }

  private String text(int at, int count) {
    return new String(buffer, at, Math.min(count, limit - at), StandardCharsets.ISO_8859_1);
  }

  private static String quoted(String text) {
    StringBuilder shown = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~') {
        shown.append(c);
      } else {
        shown.append("\\x").append(Character.forDigit(c >> 4, 16));
        shown.append(Character.forDigit(c & 15, 16));
      }
    }
    return shown.append('"').toString();
  }
}
