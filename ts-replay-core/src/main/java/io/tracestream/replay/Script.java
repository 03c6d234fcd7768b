package io.tracestream.replay;

import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.RuleUse;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one conversation, for all sessions that play it; without those that may come at
 * any time, as rules allow. They are decoded page by page, once for all of them in the usual case;
 * a page that was dropped from memory is read again from where it begins in the file. A session
 * holds a {@link Cursor}, which is a page's number and an index. For any number of threads.
 */
final class Script {
  private static final int PAGE_BYTES = 256 * 1024;
  /** Where single entries are wanted, a page that was dropped is read again with one call. */
  private static final int SMALL_PAGE_BYTES = 2 * 1024;

  /** What to make room for in the first page of a reader: bytes, and entries. */
  private static final int FIRST_BYTES = 1024;

  private static final int FIRST_ENTRIES = 64;

  private static final int MOST_ENTRIES = 8192;
  /**
   * A longer payload goes to a socket without being copied, and keeps its page in memory until it
   * is gone; so it has a page of its own.
   */
  private static final int LARGE = 16 * 1024;
  /** What an entry takes beside its payload, in bytes. */
  private static final int OVERHEAD = 24;
  /** The entry before which a side ends its sending that never does. */
  private static final int NEVER = Integer.MAX_VALUE;
  /** Sessions that are far apart in a long recording need readers in several places. */
  private static final int MOST_READERS = 4;

  private static final RuleUse SKIPS_NOTHING = new RuleUse(Rules.NONE, Direction.C2S);

  private final Conversation conversation;
  private final int maxPayloadLength;
  private final PageCache cache;
  /** Which entries are left out. */
  private final RuleUse skipped;

  /** Whether entries are read in any order: pages are small then. */
  private final boolean inAnyOrder;

  private final int pageBytes;
  /** The first ones are those that are known; replaced by a longer array when it is full. */
  private volatile Page[] pages;
  /** How many pages are known: one from the beginning. Written after the page itself. */
  private volatile int known = 1;

  /** Readers that go on where a page ended. Guarded by this, as are those below. */
  private final Deque<Source> sources = new ArrayDeque<>();
  /** The reader that goes to any page that was read before; null until it is needed. */
  private @Nullable Source anywhere;
  /** Null until it is needed. */
  private @Nullable Recording recording;

  private int users;

  /** Whether each request has one reply. */
  private volatile boolean answersEach;

  private long requests;
  private double pauses;

  /** To be read from the top, without the entries that rules allow at any time. */
  Script(Conversation conversation, int maxPayloadLength, PageCache cache, RuleUse skipped) {
    this(conversation, maxPayloadLength, cache, skipped, false);
  }

  /** To be read from the top, or in any order once it was read from the top. */
  Script(Conversation conversation, int maxPayloadLength, PageCache cache, boolean inAnyOrder) {
    this(conversation, maxPayloadLength, cache, SKIPS_NOTHING, inAnyOrder);
  }

  private Script(
      Conversation conversation,
      int maxPayloadLength,
      PageCache cache,
      RuleUse skipped,
      boolean inAnyOrder) {
    this.skipped = skipped;
    this.conversation = conversation;
    this.maxPayloadLength = maxPayloadLength;
    this.cache = cache;
    this.inAnyOrder = inAnyOrder;
    this.pageBytes = inAnyOrder ? SMALL_PAGE_BYTES : PAGE_BYTES;
    this.pages = new Page[] {new Page(0, 0, 0, 0, null)};
  }

  /** A run of entries: where it begins, and its content while that is in memory. */
  static final class Page {
    private final int number;
    /** How many entries stand before it. */
    private final long entriesBefore;
    /** How many entries before it were left out. */
    private final long skippedBefore;
    /** When the last of those before it came. */
    private final long elapsedBefore;
    /** Where in the recording it begins; null for the first one. */
    private final RecordingReader.@Nullable Position position;

    /** Set under the cache's lock. */
    volatile @Nullable Content content;
    /** Whether it was used since the cache last looked; a hint, so no lock. */
    boolean used;
    /** Whether the cache has had its content before; under the cache's lock. */
    boolean keptBefore;

    private Page(
        int number,
        long entriesBefore,
        long skippedBefore,
        long elapsedBefore,
        RecordingReader.@Nullable Position position) {
      this.number = number;
      this.entriesBefore = entriesBefore;
      this.skippedBefore = skippedBefore;
      this.elapsedBefore = elapsedBefore;
      this.position = position;
    }
  }

  /** What the entries of a page are. Immutable. */
  static final class Content {
    /** The payloads, one after the other. */
    private final byte[] bytes;
    /** Where each payload ends. */
    private final int[] ends;

    private final long[] elapsedMicros;
    private final boolean[] fromClient;
    private final long[] lines;
    private final String fileName;
    /** The time of the entry before the first; of the recording's first one, its beginning. */
    private final long elapsedBefore;
    /**
     * How many entries of the recording were left out before each entry, and before the end; empty
     * if none are.
     */
    private final long[] skippedBefore;
    /** The first entry after the client's end, and after the target's; {@link #NEVER} if none. */
    private final int clientEnd;

    private final int targetEnd;
    /** Whether the recording ends after it. */
    private final boolean isLast;
    /** How the conversation ended; null where the recording does not say so here. */
    private final @Nullable RecordedEnd end;
    /** Whether the recording ends with a line that has no line end. */
    private final boolean mayBeCutShort;
    /** What stands after it; null when that is no damage. */
    private final @Nullable RecordingException damage;

    private Content(Decoder from, boolean isLast, @Nullable RecordingException damage) {
      // A copy takes time, and there may be no memory for a large payload twice.
      boolean fits = from.large || from.length > from.bytes.length / 4 * 3;
      this.bytes = fits ? from.bytes : Arrays.copyOf(from.bytes, from.length);
      this.ends = Arrays.copyOf(from.ends, from.count);
      this.elapsedMicros = Arrays.copyOf(from.elapsedMicros, from.count);
      this.fromClient = Arrays.copyOf(from.fromClient, from.count);
      this.lines = Arrays.copyOf(from.lines, from.count);
      this.fileName = from.fileName;
      this.elapsedBefore = from.elapsedBefore;
      this.skippedBefore = from.skippedBefore.length == 0
          ? from.skippedBefore
          : Arrays.copyOf(from.skippedBefore, from.count + 1);
      this.clientEnd = from.clientEnd;
      this.targetEnd = from.targetEnd;
      this.isLast = isLast;
      this.end = isLast ? from.end : null;
      this.mayBeCutShort = isLast && from.mayBeCutShort;
      this.damage = damage;
    }

    int count() {
      return ends.length;
    }

    /** Whether a page follows. */
    boolean goesOn() {
      return !isLast && damage == null;
    }

    @Nullable
    RecordingException damage() {
      return damage;
    }

    /** A view of its own of the payload of an entry; leave the bytes as they are. */
    ByteBuffer payload(int entry) {
      int start = entry == 0 ? 0 : ends[entry - 1];
      return ByteBuffer.wrap(bytes, start, ends[entry] - start);
    }

    Direction direction(int entry) {
      return fromClient[entry] ? Direction.C2S : Direction.S2C;
    }

    long elapsedMicros(int entry) {
      return elapsedMicros[entry];
    }

    /** The time of the entry before. */
    long elapsedBefore(int entry) {
      return entry == 0 ? elapsedBefore : elapsedMicros[entry - 1];
    }

    long line(int entry) {
      return lines[entry];
    }

    String fileName() {
      return fileName;
    }

    /** How many entries of the recording were left out before an entry, or before the end. */
    long skippedBefore(int entry) {
      return skippedBefore.length == 0 ? 0 : skippedBefore[entry];
    }

    /** Whether a side had ended its sending before that entry, or before the end. */
    boolean hasEnded(Direction side, int entry) {
      return entry >= (side == Direction.C2S ? clientEnd : targetEnd);
    }

    /** How the conversation ended; null where the recording does not say so. */
    @Nullable
    RecordedEnd end() {
      return end;
    }

    boolean mayBeCutShort() {
      return mayBeCutShort;
    }

    long memory() {
      return bytes.length
          + (long) (OVERHEAD + (skippedBefore.length == 0 ? 0 : Long.BYTES)) * ends.length
          + 200;
    }
  }

  /** A reader at the first entry of a page, or at the recording's end. */
  private static final class Source {
    private final RecordingReader reader;
    /** What to make room for: a page is much like the one before. */
    private int bytes = FIRST_BYTES;

    private int entries = FIRST_ENTRIES;

    private int page;
    private boolean atEntry;
    private long elapsedBefore;
    private long skippedBefore;
    /** What stands in the place of the entry; null when all is well. */
    private @Nullable RecordingException damage;

    private Source(RecordingReader reader) {
      this.reader = reader;
    }

    /** Takes a page for a sign of how large the next one will be. */
    private void expectAnother(Decoder content) {
      if (!content.large) {
        bytes = Math.min(content.length + content.length / 8 + 1, content.pageBytes);
        entries = content.count + content.count / 8 + 1;
      }
    }

    /** Damage is kept until a session comes to it; that something was not read is none. */
    private void tell(RecordingException e) throws RecordingException {
      if (e.isNotRead()) {
        throw e;
      }
      damage = e;
    }
  }

  /** Gathers what a page will be. */
  private static final class Decoder {
    private byte[] bytes;
    private int length;
    private int[] ends;
    private long[] elapsedMicros;
    private boolean[] fromClient;
    private long[] lines;
    private int count;
    private boolean large;
    private final int pageBytes;
    private final long elapsedBefore;
    private String fileName;
    /** How many entries were left out so far; empty if none are. */
    private long[] skippedBefore = {};

    private int clientEnd = NEVER;
    private int targetEnd = NEVER;
    private @Nullable RecordedEnd end;
    private boolean mayBeCutShort;

    private Decoder(Source source, int pageBytes, int most, boolean skips) {
      int entries = Math.min(most, source.entries);
      bytes = new byte[source.bytes];
      ends = new int[entries];
      elapsedMicros = new long[entries];
      fromClient = new boolean[entries];
      lines = new long[entries];
      this.pageBytes = pageBytes;
      fileName = source.reader.fileName();
      elapsedBefore = source.elapsedBefore;
      if (skips) {
        skippedBefore = new long[entries + 1];
        skippedBefore[0] = source.skippedBefore;
      }
    }

    private boolean hasRoomFor(int payload, String file) {
      return count == 0
          || payload <= LARGE
              && length + payload + OVERHEAD * (count + 1) <= pageBytes
              && count < MOST_ENTRIES
              && file.equals(fileName);
    }

    /** Adds the reader's entry, whose payload is of that size. */
    private void add(RecordingReader reader, ByteBuffer payload) throws IOException {
      int size = payload.remaining();
      large = size > LARGE;
      if (!large && length + size > bytes.length) {
        int grown = (int) Math.min(2L * bytes.length, pageBytes);
        bytes = Arrays.copyOf(bytes, Math.max(length + size, grown));
      }
      if (count == 0) {
        fileName = reader.fileName();
      }
      lookAtEnds(reader);
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
        elapsedMicros = Arrays.copyOf(elapsedMicros, 2 * count);
        fromClient = Arrays.copyOf(fromClient, 2 * count);
        lines = Arrays.copyOf(lines, 2 * count);
        if (skippedBefore.length > 0) {
          skippedBefore = Arrays.copyOf(skippedBefore, 2 * count + 1);
        }
      }
      elapsedMicros[count] = reader.elapsedMicros();
      fromClient[count] = reader.direction() == Direction.C2S;
      lines[count] = reader.line();
      if (large) {
        bytes = reader.takePayload();
      } else {
        payload.get(bytes, length, size);
      }
      length += size;
      ends[count] = length;
      count++;
      if (skippedBefore.length > 0) {
        skippedBefore[count] = skippedBefore[count - 1];
      }
    }

    /** Notes who had ended its sending before what comes next. */
    private void lookAtEnds(RecordingReader reader) {
      if (clientEnd == NEVER && reader.clientEnded()) {
        clientEnd = count;
      }
      if (targetEnd == NEVER && reader.targetEnded()) {
        targetEnd = count;
      }
    }

    /** Nothing follows. */
    private void end(RecordingReader reader) {
      lookAtEnds(reader);
      end = reader.end();
      mayBeCutShort = reader.mayBeCutShort();
      if (count == 0) {
        fileName = reader.fileName();
      }
    }
  }

  /**
   * Whether its last line has no line end, as far as the last byte of a file that is not compressed
   * tells. Acquire it first.
   */
  synchronized void requireFraming(Framing used) throws IOException {
    if (recording != null) {
      recording.requireFraming(used);
    }
  }

  synchronized boolean mayBeCutShort() throws IOException {
    return recording != null && recording.mayBeCutShort();
  }

  /** Somebody is about to use it; files are opened when they are needed. */
  synchronized void acquire() {
    users++;
  }

  /** One less uses it: without users no files are open. */
  synchronized void release() {
    users--;
    if (users == 0) {
      closeFiles();
    }
  }

  /** Closes what is open; whoever uses it next opens it again. */
  synchronized void closeFiles() {
    sources.forEach(source -> close(source.reader));
    sources.clear();
    if (anywhere != null) {
      discard(anywhere);
    }
    if (recording != null) {
      close(recording);
      recording = null;
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It was only read.
    }
  }

  /**
   * Reads all of it, to find out how many requests it has, how long they wait for their time, and
   * whether it has as many replies. What the server says before the first request is no reply.
   */
  void countRequests(Role role) throws IOException {
    acquire();
    try {
      long replies = 0;
      for (Cursor at = cursor(); at.isAtEntry(); at.next()) {
        if (at.direction() == Direction.C2S) {
          requests++;
          pauses += role.pauseNanos(at);
        } else if (requests > 0) {
          replies++;
        }
      }
      answersEach = requests == replies;
    } finally {
      release();
    }
  }

  /** How many requests there are, once {@link #countRequests} has looked. */
  long requests() {
    return requests;
  }

  /** The sum of the pauses before requests, in nanoseconds, as above. */
  double pauses() {
    return pauses;
  }

  /** Whether the nth reply answers the nth request, as above. */
  boolean answersEach() {
    return answersEach;
  }

  /** A cursor at the first entry. */
  Cursor cursor() throws IOException {
    return cursor(0);
  }

  /** A cursor after so many entries, or at the end. */
  Cursor cursor(long entriesBefore) throws IOException {
    Cursor cursor = new Cursor(this);
    cursor.moveTo(this, entriesBefore);
    return cursor;
  }

  /** The number of the last known page that has no more than so many entries before it. */
  int pageAt(long entriesBefore) {
    int low = 0;
    int high = known - 1;
    Page[] all = pages;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (all[middle].entriesBefore <= entriesBefore) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** How many entries stand before a known page. */
  long entriesBefore(int page) {
    return pages[page].entriesBefore;
  }

  /**
   * What is in a page: the first one, or one that follows another one whose content was asked for.
   *
   * @throws IOException when it cannot be read now; damage in the recording is content
   */
  Content content(int number) throws IOException {
    Page page = pages[number];
    Content content = page.content;
    if (content == null) {
      content = load(page);
    }
    if (!page.used) { // a write would take the page from the caches of all other processors
      page.used = true;
    }
    return content;
  }

  private synchronized Content load(Page page) throws IOException {
    Content content = page.content;
    if (content != null) {
      return content; // another thread was quicker
    }
    try {
      content = read(page, 0);
    } catch (OutOfMemoryError e) {
      content = readWithAllMemory(page);
    } catch (RecordingException e) {
      if (!e.isNotRead()) {
        throw e;
      }
      content = readWithAllMemory(page);
    }
    cache.keep(page, content);
    return content;
  }

  /**
   * Memory has run out, or descriptors: what others keep of it can be read again, and a payload
   * whose length is known needs no more memory than that.
   */
  private Content readWithAllMemory(Page page) throws IOException {
    cache.clear();
    sources.forEach(source -> close(source.reader));
    sources.clear();
    try {
      return read(page, lengthOfFirst(page));
    } catch (OutOfMemoryError e) {
      throw new IOException(
          this + ": not enough memory to decode its entries; give the program more", e);
    }
  }

  /** How long the first payload of a page is; 0 when that cannot be told. */
  private int lengthOfFirst(Page page) throws IOException {
    Source source = sourceAt(page);
    try {
      return source.atEntry ? source.reader.skipPayload() : 0;
    } catch (RecordingException e) {
      return 0; // to be met again
    } finally {
      discard(source);
    }
  }

  private Content read(Page page, int room) throws IOException {
    Source source = null;
    try {
      source = sourceAt(page);
      if (room > 0) {
        source.reader.makeRoom(room);
      }
      boolean isAgain = inAnyOrder && page.number + 1 < known;
      if (isAgain) {
        return decodeAgain(source, page);
      }
      Content content = decode(source, Integer.MAX_VALUE);
      if (content.goesOn()) {
        addPageAfter(page, content, source);
        keep(source);
      } else {
        close(source.reader);
      }
      return content;
    } catch (IOException | RuntimeException | Error e) {
      if (source != null) {
        discard(source);
      }
      throw e;
    }
  }

  private void discard(Source source) {
    close(source.reader);
    if (source == anywhere) {
      anywhere = null;
    }
  }

  /** Takes the reader that stands there, or opens one. */
  private Source sourceAt(Page page) throws IOException {
    for (Iterator<Source> all = sources.iterator(); all.hasNext(); ) {
      Source source = all.next();
      if (source.page == page.number) {
        all.remove();
        return source;
      }
    }
    if (recording == null) {
      recording = conversation.open(maxPayloadLength);
    }
    Source source = open(recording, page);
    try {
      source.atEntry = source.reader.advance();
      if (page.number == 0) {
        source.elapsedBefore = source.atEntry ? source.reader.startMicros() : 0;
      }
    } catch (RecordingException e) {
      if (e.isNotRead()) {
        discard(source);
      }
      source.tell(e);
    } catch (IOException | RuntimeException | Error e) {
      discard(source);
      throw e;
    }
    return source;
  }

  private Source open(Recording opened, Page page) throws IOException {
    Source source;
    if (inAnyOrder && page.number + 1 < known && page.position != null) {
      if (anywhere == null) {
        anywhere = new Source(opened.reader(page.position));
      } else {
        anywhere.reader.moveTo(page.position);
      }
      source = anywhere;
      source.damage = null;
    } else {
      source = new Source(page.position == null ? opened.reader() : opened.reader(page.position));
    }
    source.page = page.number;
    source.elapsedBefore = page.elapsedBefore;
    source.skippedBefore = page.skippedBefore;
    return source;
  }

  /** As many entries as the page had before; what follows it is not looked at. */
  private Content decodeAgain(Source source, Page page) throws IOException {
    int count = (int) (pages[page.number + 1].entriesBefore - page.entriesBefore);
    Content content = decode(source, count);
    if (content.count() != count) {
      throw new IOException(this + ": has changed since it was opened; record again");
    }
    if (source != anywhere) {
      close(source.reader);
    }
    return content;
  }

  /** Decodes up to {@code most} entries; what follows so many is not looked at. */
  private Content decode(Source source, int most) throws IOException {
    Decoder content = new Decoder(source, pageBytes, most, skipped.allowsAny());
    try {
      while (source.damage == null
          && source.atEntry
          && !content.large // else the next one need not be decoded to know
          && decodeOne(source, content)
          && content.count < most) {
        source.atEntry = source.reader.advance();
      }
    } catch (RecordingException e) {
      source.tell(e);
    }
    boolean isLast = source.damage == null && !source.atEntry;
    if (isLast) {
      content.end(source.reader);
    }
    source.expectAnother(content);
    return new Content(content, isLast, source.damage);
  }

  /** Adds the entry to the page, or leaves it out; false if it belongs to the next page. */
  private boolean decodeOne(Source source, Decoder content) throws IOException {
    ByteBuffer payload = source.reader.payload();
    requireFrame(source.reader, payload.remaining());
    if (skipped.allowsAny()
        && source.reader.direction() == skipped.direction()
        && skipped.allows(payload)) {
      content.skippedBefore[content.count] = ++source.skippedBefore;
      return true;
    }
    if (!content.hasRoomFor(payload.remaining(), source.reader.fileName())) {
      return false;
    }
    source.elapsedBefore = source.reader.elapsedMicros();
    content.add(source.reader, payload);
    return true;
  }

  /** A recording in memory may hold what its frames cannot. */
  private void requireFrame(RecordingReader reader, int length) throws IOException {
    if (length > maxPayloadLength) {
      throw new IOException(reader.fileName() + ":" + reader.line() + ": a payload of " + length
          + " bytes is longer than a frame may be, which is " + maxPayloadLength);
    }
  }

  private void addPageAfter(Page page, Content content, Source source) {
    int number = page.number + 1;
    if (number < known) {
      return;
    }
    if (number == pages.length) {
      pages = Arrays.copyOf(pages, 2 * number);
    }
    pages[number] = new Page(
        number,
        page.entriesBefore + content.count(),
        source.skippedBefore,
        source.elapsedBefore,
        source.reader.position());
    known = number + 1;
  }

  private void keep(Source source) {
    source.page++;
    sources.addFirst(source);
    if (sources.size() > MOST_READERS) {
      close(sources.removeLast().reader);
    }
  }

  /** The recording's name. */
  @Override
  public String toString() {
    return conversation.toString();
  }
}
