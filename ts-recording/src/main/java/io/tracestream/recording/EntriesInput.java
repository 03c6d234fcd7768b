package io.tracestream.recording;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/** Entries as the text of a recording, made line by line; a line has the number of its entry. */
final class EntriesInput extends InputStream {
  private final Iterator<Entry> entries;
  private InputStream line = InputStream.nullInputStream();

  EntriesInput(List<Entry> entries) {
    this.entries = entries.iterator();
  }

  @Override
  public int read(byte[] to, int at, int count) throws IOException {
    int n = line.read(to, at, count);
    while (n < 0 && entries.hasNext()) {
      line = new ByteArrayInputStream(text(entries.next()));
      n = line.read(to, at, count);
    }
    return n;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  private static byte[] text(Entry entry) {
    String line = entry.elapsedMicros() + "\t" + entry.direction() + "\t"
        + HexFormat.of().formatHex(entry.payload()) + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }
}
