package io.tracestream.recording;

import io.tracestream.codec.Framing;
import io.tracestream.recording.RecordingException.Kind;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a recording, entry by entry, through a buffer of its own. Memory grows with the longest
 * payload, not with the file.
 *
 * <p>{@link #next} returns each entry as an object. To read many entries, call {@link #advance} and
 * ask for the parts of each entry: that allocates nothing, and a payload that is not asked for is
 * checked but not decoded.
 *
 * <p>What is appended to a file while it is being read is read as well, until {@link #advance} has
 * returned false: an end that was reported remains the end.
 *
 * <p>For one thread at a time. After an exception, each later call throws the same exception,
 * unless {@link #skipDamagedLine} is called to go on.
 */
public final class RecordingReader implements Closeable {
  /** The beginning of the version line, whatever the version. */
  private static final String ANY_HEADER =
      RecordingWriter.HEADER.substring(0, RecordingWriter.HEADER.length() - 1);

  /** Buffers start small, as there may be many readers of short recordings. */
  private static final int FIRST_BUFFER = 4 * 1024;

  private static final int BUFFER = 64 * 1024;
  private static final int FIRST_PAYLOAD = 256;

  /** Digits of {@link Long#MAX_VALUE}. */
  private static final int LONGEST_NUMBER = 19;
  /** More than a number, a tab and a direction: that many bytes in the buffer hold all of them. */
  private static final int LONGEST_PREFIX = 64;
  /** The longest comment that can have a meaning. */
  private static final int LONGEST_COMMENT =
      RecordingWriter.REDACTED.length() + Redaction.LONGEST_FIELD;
  /** How much of a damaged field an error shows. */
  private static final int LONGEST_FIELD = 32;

  private static final String ELAPSED = "a number of microseconds and a tab";
  private static final String CORRECT_IT = "; correct the line or record again";

  /** The texts that make up the recording, usually one. */
  private final List<TextPart> parts;

  private final int maxPayloadLength;
  private OutputStream comments = OutputStream.nullOutputStream();

  /** The index of the current part. */
  private int part;
  /** Its text, decompressed; null until it is first read. */
  private @Nullable UnpackedInput in;
  /** The bytes from {@code position} to {@code limit} are unread. */
  private byte[] buffer = new byte[FIRST_BUFFER];

  private int position;
  private int limit;
  /** How many bytes of the part came before those in the buffer. */
  private long passed;
  /** Whether the end of the part's text was seen; it may have grown by the next line. */
  private boolean atEnd;
  /** What is wrong with the end of the part, reported after the text before it; or null. */
  private @Nullable IOException badEnd;

  private boolean badEndReported;

  /** The number of the current line, from 1; 0 before the first. */
  private long line;
  /** Where in the part the current line begins. */
  private long lineStart;
  /** Whether the current line was read up to its {@code \n}. */
  private boolean lineEnded = true;
  /** Whether the rest of a damaged line is read as if it were a new line. */
  private boolean lineGoesOn;

  private boolean versionLineSeen;
  private boolean entrySeen;
  /** Whether there is a current entry. */
  private boolean atEntry;
  /** Whether its payload was read. */
  private boolean payloadRead;

  private long elapsedMicros;
  private Direction direction = Direction.C2S;
  private long startMicros;
  /** Null if no line names it. */
  private @Nullable Framing framing;
  /** The text of each field that a line names. */
  private List<String> redacted = List.of();
  /** Null if no line names it. */
  private @Nullable Instant epoch;
  /** Null if no line names it. */
  private @Nullable String client;

  private boolean clientEnded;
  private boolean targetEnded;
  /** How the conversation ended; null until a line says so. */
  private @Nullable RecordedEnd end;
  /** Begins with the last payload that was read; grows with the digits that have been read. */
  private ByteBuffer payload = ByteBuffer.allocate(0);

  private int payloadLength;

  /** What went wrong; null while all is well. */
  private @Nullable IOException failure;
  /** Whether the recording's end was reported. */
  private boolean ended;

  private boolean closed;

  /**
   * The place of an entry in a recording, where a new reader can begin. Immutable.
   *
   * @see RecordingReader#position()
   */
  public static final class Position {
    private final int part;
    private final long offset;
    private final long line;
    private final long startMicros;
    private final @Nullable Framing framing;
    private final List<String> redacted;
    private final @Nullable Instant epoch;
    private final @Nullable String client;
    private final boolean clientEnded;
    private final boolean targetEnded;

    private Position(RecordingReader reader) {
      this.part = reader.part;
      this.offset = reader.lineStart;
      this.line = reader.line;
      this.startMicros = reader.startMicros;
      this.framing = reader.framing;
      this.redacted = reader.redacted;
      this.epoch = reader.epoch;
      this.client = reader.client;
      this.clientEnded = reader.clientEnded;
      this.targetEnded = reader.targetEnded;
    }
  }

  /**
   * A reader at the top of a recording.
   *
   * @param in the recording's text, which may be compressed with gzip and need not be buffered.
   *     Closed with this reader
   * @param name the file's name, for errors
   * @param maxPayloadLength the longest payload to accept, in bytes
   */
  public RecordingReader(InputStream in, String name, int maxPayloadLength) {
    this(List.of(new TextPart(name, () -> in)), maxPayloadLength);
    this.in = new UnpackedInput(in);
  }

  /** Reads one part or more, from the top. */
  RecordingReader(List<TextPart> parts, int maxPayloadLength) {
    this.parts = parts;
    this.maxPayloadLength = maxPayloadLength;
  }

  /** Reads one part or more, from an entry on that another reader has found. */
  RecordingReader(List<TextPart> parts, int maxPayloadLength, Position from) {
    this(parts, maxPayloadLength);
    goTo(from);
  }

  private void goTo(Position place) {
    part = place.part;
    passed = place.offset;
    line = place.line - 1;
    startMicros = place.startMicros;
    framing = place.framing;
    redacted = place.redacted;
    epoch = place.epoch;
    client = place.client;
    clientEnded = place.clientEnded;
    targetEnded = place.targetEnded;
    versionLineSeen = true; // or there is none
  }

  /**
   * Goes to an entry, which {@link #advance} then finds. In a plain file that costs less than a new
   * reader does. Only for readers that a {@link Recording} gave out.
   *
   * @param place where a reader of the same recording has found that entry
   * @throws IOException if the recording was closed
   */
  public void moveTo(Position place) throws IOException {
    if (in != null && (ended || place.part != part || !in.moveTo(place.offset))) {
      in.close();
      in = null;
    }
    goTo(place);
    position = 0;
    limit = 0;
    buffer = buffer.length == FIRST_BUFFER ? buffer : new byte[FIRST_BUFFER];
    atEnd = false;
    badEnd = null;
    badEndReported = false;
    lineEnded = true;
    lineGoesOn = false;
    atEntry = false;
    payloadRead = false;
    end = null;
    failure = null;
    ended = false;
  }

  /**
   * Reads the next entry, skipping comments and blank lines.
   *
   * @return the entry, which belongs to the caller; or null at the end of the recording
   * @throws RecordingException if a line is damaged: {@code FILE:LINE: } and what is wrong; also if
   *     reading fails
   * @throws IOException if the stream was closed
   */
  public @Nullable Entry next() throws IOException {
    return advance() ? entry() : null;
  }

  /**
   * Goes to the next entry, skipping comments and blank lines.
   *
   * @return false at the end of the recording, and from then on
   * @throws RecordingException as in {@link #next}, for everything up to the payload of the entry;
   *     also if the payload of the entry before was not asked for and is damaged
   * @throws IOException as in {@link #next}
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
   * When the frame of the current entry came.
   *
   * @return microseconds since the recording began
   * @throws IllegalStateException if there is no current entry, as in all methods that return a
   *     part of it
   */
  public long elapsedMicros() {
    requireEntry();
    return elapsedMicros;
  }

  /**
   * Which way the frame of the current entry went.
   *
   * @return its direction
   */
  public Direction direction() {
    requireEntry();
    return direction;
  }

  /**
   * The payload of the current entry.
   *
   * @return a view of it, position to limit, backed by an array; lent until the reader goes on.
   *     Each call sets its position and limit anew
   * @throws RecordingException if it is damaged or too long, there is no memory for it, or reading
   *     fails
   * @throws IOException as in {@link #next}
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
   * Makes room for the payload of the current entry. If its length is known, this saves the memory
   * that growing takes.
   *
   * @param length bytes, as returned by {@link #skipPayload}
   */
  public void makeRoom(int length) {
    payload = ByteBuffer.allocate(length);
  }

  /**
   * Takes the payload of the current entry away from the reader, without a copy. There is no
   * current entry afterwards.
   *
   * @return an array that begins with the payload, and may be longer; it belongs to the caller
   * @throws RecordingException as in {@link #payload}
   * @throws IOException as in {@link #next}
   */
  public byte[] takePayload() throws IOException {
    byte[] taken = payload().array();
    payload = ByteBuffer.allocate(0);
    atEntry = false;
    return taken;
  }

  /**
   * Skips the payload of the current entry, which is checked but not decoded. There is no current
   * entry afterwards.
   *
   * @return the length of the payload, in bytes
   * @throws RecordingException as in {@link #payload}
   * @throws IOException as in {@link #next}
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
   * The current entry.
   *
   * @return the entry, which belongs to the caller
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
      throw new IllegalStateException("there is no current entry: call advance() first");
    }
  }

  /**
   * The framing of the recorded frames. To be called at an entry.
   *
   * @return what the line {@code # framing} before the first entry says; null without such a line
   */
  public @Nullable Framing framing() {
    return framing;
  }

  /**
   * What a {@link Redaction} has replaced in the payloads. To be called at an entry.
   *
   * @return the text of each field that a line {@code # redact} before the first entry names
   */
  public List<String> redacted() {
    return redacted;
  }

  /**
   * When the conversation itself began: a proxy that records many connections counts time from the
   * first one, and writes in a comment when each was accepted. To be called at an entry.
   *
   * @return microseconds since the recording began, the same for all entries; 0 if no comment
   *     before the first entry says when
   */
  public long startMicros() {
    return startMicros;
  }

  /**
   * The moment that all times count from: when the first of many recorded connections was accepted.
   * To be called at an entry.
   *
   * @return null if no comment before the first entry says when
   */
  public @Nullable Instant epoch() {
    return epoch;
  }

  /**
   * The client of the conversation, where a proxy records many. To be called at an entry.
   *
   * @return address and port, such as {@code 127.0.0.1:51234} or {@code [::1]:51234}; null if no
   *     comment before the first entry names them
   */
  public @Nullable String client() {
    return client;
  }

  /**
   * Whether the client had ended its sending before the frame of the current entry came. Only files
   * in a folder of recordings say so.
   *
   * @return true after the comment that says so; at the end of the recording, whether there was one
   */
  public boolean clientEnded() {
    return clientEnded;
  }

  /**
   * As {@link #clientEnded}, for the target.
   *
   * @return true after the comment that says so
   */
  public boolean targetEnded() {
    return targetEnded;
  }

  /**
   * How the conversation ended. To be called when {@link #advance} has returned false.
   *
   * @return what the last line says; null if it says nothing about it, as in a recording that is
   *     not in a folder, or if the recorder was killed
   */
  public @Nullable RecordedEnd end() {
    return end;
  }

  /**
   * The line of the last entry that was read.
   *
   * @return its number, from 1
   */
  public long line() {
    return line;
  }

  /**
   * The file of the last entry that was read.
   *
   * @return the recording's name; if it is in several files, the name of one of them
   */
  public String fileName() {
    return parts.get(part).name();
  }

  /**
   * The place of the current entry, for {@link Recording#reader(Position)}.
   *
   * @return its position in the recording that this is a reader of
   */
  public Position position() {
    requireEntry();
    return new Position(this);
  }

  /**
   * Whether the last line has no line end. It was well formed and so it was accepted, but it may
   * have been cut off between two bytes of its payload. To be called when {@link #advance} has
   * returned false, or when the payload of the last entry was read.
   *
   * @return true if the line end is missing
   * @see Recording#mayBeCutShort()
   */
  public boolean mayBeCutShort() {
    return line > 0 && !lineEnded;
  }

  /**
   * Whether there was a line that says that this is a recording, and its version.
   *
   * @return true once that line was read; a recording need not have one
   */
  public boolean hasVersionLine() {
    return versionLineSeen;
  }

  /**
   * Copies comments as they are read, but not version lines.
   *
   * @param copy takes each comment and a {@code \n}; what it throws, {@link #advance} throws
   */
  void copyCommentsTo(OutputStream copy) {
    comments = copy;
  }

  /**
   * After a {@link RecordingException}: skips the damaged line, so that {@link #advance} can go on.
   * If there are NUL bytes in the line, only the text up to these is skipped: somebody has
   * truncated the file while it was recorded, and the entry after that hole may be whole.
   *
   * @throws IOException if reading fails or has failed before
   */
  void skipDamagedLine() throws IOException {
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
    closePart();
  }

  private void closePart() throws IOException {
    if (in != null) {
      in.close();
    }
  }

  /** Whether it begins with the version line or has an entry; comments could be in any file. */
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
        if (end != null) { // files were joined: another conversation begins
          end = null;
          clientEnded = false;
          targetEnded = false;
        }
        return true;
      }
    }
    return false;
  }

  /** Goes to the next line, and has at least one byte of it in the buffer; false at the end. */
  private boolean beginLine() throws IOException {
    atEnd &= !lineEnded; // a file may grow, but not a line that was taken for its last
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

  /** At the end of a part: goes on to the next one; false if there is none. */
  private boolean nextPart() throws IOException {
    if (ended) {
      return false;
    }
    requireWhole();
    if (part + 1 == parts.size()) {
      ended = true;
      if (part > 0) {
        closePart(); // opened only for this reader, and holds a file descriptor
      }
      return false;
    }
    closePart();
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

  /** Some editors write one at the beginning of a file; true if there was one. */
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

  /** Reads a comment, which may be longer than the buffer, and interprets it. */
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
      if (end > position && buffer[end - 1] == '\r') { // perhaps of a CRLF
        end--;
        next = lineEnded ? next : end;
      }
      copy.write(buffer, position, end - position);
      head.append(text(position, Math.min(end - position, LONGEST_COMMENT - head.length())));
      position = next;
    } while (!lineEnded && fill());
    copy.write('\n');
    if (!lineEnded) {
      position = limit; // after a CR at the end of the file
      requireWhole(); // else it may be the beginning of a longer version line
    }
    interpret(head.toString().stripTrailing(), version);
  }

  private void interpret(String comment, boolean version) throws RecordingException {
    if (comment.startsWith(RecordingWriter.FRAMING) && !entrySeen) {
      try {
        framing = Framing.parse(comment.substring(RecordingWriter.FRAMING.length()));
      } catch (IllegalArgumentException e) {
        throw error(String.valueOf(e.getMessage()).replaceAll("[^ -~]", "?") + CORRECT_IT);
      }
    }
    if (comment.startsWith(RecordingWriter.REDACTED) && !entrySeen) {
      List<String> more = new ArrayList<>(redacted);
      more.add(comment.substring(RecordingWriter.REDACTED.length()));
      redacted = List.copyOf(more);
    }
    Matcher accepted = ConversationComments.CONNECTION.matcher(comment);
    if (accepted.matches()) {
      client = accepted.group(1);
      startMicros = Long.parseLong(accepted.group(2));
    }
    Instant began = ConversationComments.epoch(comment);
    epoch = began != null ? began : epoch;
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

  /** That many digits overflow at most once, and the value is then below 0. */
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
      if (isNext(found)) {
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

  /** Whether the next four bytes are that direction and a tab. */
  private boolean isNext(Direction expected) {
    boolean c2s = expected == Direction.C2S;
    return buffer[position] == (c2s ? 'c' : 's')
        && buffer[position + 1] == '2'
        && buffer[position + 2] == (c2s ? 's' : 'c')
        && buffer[position + 3] == '\t';
  }

  /**
   * Whether the current, damaged line shows that this is a file of another kind: nothing before it
   * was an entry or a version line, and it contains bytes that are not text, or nothing that looks
   * like the beginning of an entry.
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
      int pairs = pairsInBuffer(payloadLength);
      if (payload.capacity() - payloadLength < pairs) {
        growPayload(payloadLength + pairs);
      }
      int count = HexDecoder.decode(buffer, position, pairs, payload.array(), payloadLength);
      position += 2 * count;
      payloadLength += count;
    } while (limit - position < 2 && fill());
    readPayloadEnd(payloadLength);
  }

  /** Refuses what {@link #readPayload} refuses, but keeps nothing; returns the payload's length. */
  private int passPayload() throws IOException {
    int length = 0;
    do {
      int count = HexDecoder.count(buffer, position, pairsInBuffer(length));
      position += 2 * count;
      length += count;
    } while (limit - position < 2 && fill());
    readPayloadEnd(length);
    return length;
  }

  /** How many more bytes the buffer can hold the digits of, up to the cap, after {@code length}. */
  private int pairsInBuffer(int length) {
    return Math.min((limit - position) / 2, maxPayloadLength - length);
  }

  private void growPayload(int needed) throws IOException {
    long wanted = Math.max(needed, Math.max(FIRST_PAYLOAD, 2L * payload.capacity()));
    int capacity = (int) Math.min(wanted, maxPayloadLength);
    try {
      payload = ByteBuffer.wrap(Arrays.copyOf(payload.array(), capacity));
    } catch (OutOfMemoryError e) {
      throw new RecordingException(
          place() + ": not enough memory for a payload of " + needed
              + " bytes or more; give Java more",
          line,
          Kind.NOT_READ,
          e);
    }
  }

  /** Reads the line end after a payload of that length; refuses anything else. */
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

  /**
   * The length of the line end there: LF, CRLF, or CR at the end of the file; 0 if there is none.
   */
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

  /** Reads until there are that many bytes in the buffer, or all that there are. */
  private void ensure(int count) throws IOException {
    while (limit - position < count && fill()) {}
  }

  /** Moves the unread bytes to the front and reads more; false at the part's end. */
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
          throw error("was truncated while it was read; record again");
        }
      }
      return badEnd == null ? in.read(buffer, limit, buffer.length - limit) : -1;
    } catch (EOFException | ZipException e) {
      badEnd = e;
      return -1;
    } catch (RecordingException | ClosedChannelException e) {
      throw e;
    } catch (IOException e) { // the operating system's error does not name the file
      throw new RecordingException(
          fileName() + ": cannot be read: " + RecordingException.reason(e), 0, Kind.NOT_READ, e);
    }
  }

  // What is wrong, and where

  /** At the end of a part: throws if the part is incomplete. */
  private void requireWhole() throws RecordingException {
    if (badEnd != null && !badEndReported) {
      throw badEnd();
    }
  }

  private RecordingException badEnd() {
    badEndReported = true;
    if (badEnd instanceof ZipException) {
      return error("the gzip data is damaged (" + badEnd.getMessage()
          + "); copy the file again or record again");
    }
    return error(Kind.CUT_OFF, "the gzip data is cut off; save what is whole or record again");
  }

  private RecordingException cutOff() {
    if (badEnd instanceof ZipException) {
      return badEnd();
    }
    badEndReported = badEnd != null;
    return error(
        Kind.CUT_OFF,
        "this line is cut off: the recorder was stopped inside it; delete the line or record again");
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

  /** The text up to the next tab or line end, as far as an error shows it; it is left unread. */
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
