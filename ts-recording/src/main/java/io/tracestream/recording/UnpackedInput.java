package io.tracestream.recording;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a stream, which is decompressed if it begins with the two bytes of gzip data (RFC
 * 1952). Reads any number of gzip members in a row, as our own files have them.
 *
 * <p>If the gzip data ends inside a member, all that came before it is returned first, and then
 * {@link EOFException} is thrown; if it is damaged, {@link ZipException}. (The JDK's own stream
 * takes a damaged member after a whole one for a normal end.)
 *
 * <p>Zeros between two members are a hole: somebody truncated the file while it was recorded. They
 * become one NUL byte in the text, so that the hole is reported, and what follows it can be saved,
 * as in plain text.
 */
final class UnpackedInput extends InputStream {
  private static final int FIRST = 0x1f;
  private static final int SECOND = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HAS_CHECKSUM = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  private final InputStream in;
  /** What was read from the stream; all of it is used before more is read. */
  private byte[] packed = new byte[2];

  private int position;
  private int limit;
  private boolean begun;
  private boolean gzip;
  /** Has native memory, so it lives only as long as there are members to read. */
  private @Nullable Inflater inflater;

  private final CRC32 sum = new CRC32();
  private boolean insideMember;
  private boolean membersRead;
  /** There were zeros before the current member. */
  private boolean afterHole;

  UnpackedInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] to, int at, int count) throws IOException {
    if (!begun) {
      begin();
    }
    if (gzip) {
      return count == 0 ? 0 : unpack(to, at, count);
    }
    if (position == limit) {
      return in.read(to, at, count);
    }
    int n = Math.min(count, limit - position);
    System.arraycopy(packed, position, to, at, n);
    position += n;
    return n;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Skips bytes of the text; plain text is not read for that. */
  @Override
  public long skip(long count) throws IOException {
    if (!begun) {
      begin();
    }
    long passed = 0;
    if (!gzip) {
      passed = Math.min(count, limit - position);
      position += (int) passed;
      return passed + in.skip(count - passed);
    }
    byte[] thrownAway = new byte[8192];
    while (passed < count) {
      int n = read(thrownAway, 0, (int) Math.min(count - passed, thrownAway.length));
      if (n < 0) {
        break;
      }
      passed += n;
    }
    return passed;
  }

  /** Goes to an offset in a plain file; false if this is not one. */
  boolean moveTo(long offset) {
    if (!begun || gzip || !(in instanceof RecordingFiles.FromTop file)) {
      return false;
    }
    file.moveTo(offset);
    position = 0;
    limit = 0;
    return true;
  }

  /** Whether a file that begins with those two bytes, or is shorter, is gzip data. */
  static boolean isGzip(byte[] firstTwo) {
    return (firstTwo[0] & 0xff) == FIRST && (firstTwo[1] & 0xff) == SECOND;
  }

  private void begin() throws IOException {
    limit = in.readNBytes(packed, 0, 2);
    if (isGzip(packed)) {
      packed = new byte[8192];
      packed[0] = (byte) FIRST;
      packed[1] = (byte) SECOND;
      gzip = true;
    }
    begun = true;
  }

  private int unpack(byte[] to, int at, int count) throws IOException {
    while (insideMember || nextMember()) {
      if (afterHole) {
        afterHole = false;
        to[at] = 0;
        return 1;
      }
      int n = inflate(to, at, count);
      if (n > 0) {
        sum.update(to, at, n);
        return n;
      }
      if (open().finished()) {
        endMember();
      } else {
        fill();
        open().setInput(packed, position, limit - position);
      }
    }
    endInflater(); // it is made anew if the file grows
    return -1;
  }

  private int inflate(byte[] to, int at, int count) throws IOException {
    try {
      Inflater member = open();
      int n = member.inflate(to, at, count);
      position = limit - member.getRemaining();
      if (member.needsDictionary()) {
        throw damaged("a dictionary");
      }
      return n;
    } catch (DataFormatException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  /** Reads the next member's header; false at the end of the stream. */
  private boolean nextMember() throws IOException {
    if (position == limit && !mayFill()) {
      return false;
    }
    if (membersRead && packed[position] == 0) {
      afterHole = skipZeros();
      if (!afterHole) {
        return false; // padding, as tapes and block devices leave it
      }
    }
    if (next() != FIRST || next() != SECOND || next() != DEFLATE) {
      throw damaged("no gzip header");
    }
    int flags = next();
    skip(6); // time, level, system
    if ((flags & HAS_EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    skip((flags & HAS_CHECKSUM) != 0 ? 2 : 0);
    beginMember();
    return true;
  }

  /** Skips zeros; false if nothing follows them. */
  private boolean skipZeros() throws IOException {
    do {
      while (position < limit) {
        if (packed[position] != 0) {
          return true;
        }
        position++;
      }
    } while (mayFill());
    return false;
  }

  private void beginMember() {
    insideMember = true;
    sum.reset();
    Inflater member = open();
    member.reset();
    member.setInput(packed, position, limit - position);
  }

  private Inflater open() {
    if (inflater == null) {
      inflater = new Inflater(true);
    }
    return inflater;
  }

  private void endMember() throws IOException {
    long expectedSum = nextInt();
    long expectedLength = nextInt();
    if (expectedSum != sum.getValue()
        || expectedLength != (open().getBytesWritten() & 0xffff_ffffL)) {
      throw damaged("a wrong checksum");
    }
    insideMember = false;
    membersRead = true;
  }

  private long nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {}
  }

  private int next() throws IOException {
    if (position == limit) {
      fill();
    }
    return packed[position++] & 0xff;
  }

  private void fill() throws IOException {
    if (!mayFill()) {
      throw new EOFException();
    }
  }

  private boolean mayFill() throws IOException {
    limit = Math.max(0, in.read(packed, 0, packed.length));
    position = 0;
    return limit > 0;
  }

  private static ZipException damaged(String found) {
    return new ZipException(found);
  }

  private void endInflater() {
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }

  @Override
  public void close() throws IOException {
    endInflater();
    insideMember = false;
    in.close();
  }
}
