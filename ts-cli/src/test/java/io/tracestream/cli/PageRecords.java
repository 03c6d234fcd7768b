package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;

/** Reads what is embedded in a page, and gives each record as a line. */
final class PageRecords {
  private static final Pattern DATA = Pattern.compile(
      "<script type=\"text/plain\" id=\"data\" data-size=\"(\\d+)\">\n([A-Za-z0-9+/=\n]*)</script>");

  private final byte[] data;
  private int at;

  private PageRecords(byte[] data) {
    this.data = data;
  }

  static List<String> of(Path page) throws IOException {
    Matcher script = DATA.matcher(Files.readString(page));
    assertEquals(1, script.results().count());
    script.reset().find();
    byte[] data = new InflaterInputStream(
            new ByteArrayInputStream(Base64.getMimeDecoder().decode(script.group(2))))
        .readAllBytes();
    assertEquals(Integer.parseInt(script.group(1)), data.length);
    return new PageRecords(data).all();
  }

  private List<String> all() {
    List<String> records = new ArrayList<>();
    while (at < data.length) {
      char kind = (char) data[at++];
      records.add(kind + " "
          + switch (kind) {
            case 'C' -> text();
            case 'E' -> entry();
            case 'S' -> number() + " " + text() + ", " + text() + ", " + text();
            case 'M' -> mark();
            default -> throw new AssertionError("record " + kind + " at " + at);
          });
    }
    return records;
  }

  private String entry() {
    int flags = data[at++];
    return number() + ":" + number() + " " + number() + " " + direction(flags)
        + ((flags & 2) == 0 ? "" : " only in B") + " " + payload()
        + ((flags & 4) == 0 ? "" : " decoded " + text());
  }

  private String mark() {
    int flags = data[at++];
    return "row " + number() + ", entry " + number() + ":" + number() + " " + direction(flags) + " "
        + text() + "; " + text() + "; " + text().lines().findFirst().orElse("")
        + decoded(text())
        + ((flags & 2) == 0 ? "" : "; expected " + payload())
        + ((flags & 4) == 0 ? "" : "; found " + payload())
        + "; differing" + ranges() + "; open" + ranges();
  }

  private static String decoded(String text) {
    return text.isEmpty() ? "" : "; " + text.replaceAll("\\s+", " ").strip();
  }

  private static String direction(int flags) {
    return (flags & 1) == 0 ? "c2s" : "s2c";
  }

  private String ranges() {
    StringBuilder ranges = new StringBuilder();
    for (long count = number(); count > 0; count--) {
      ranges.append(' ').append(number()).append('+').append(number());
    }
    return ranges.toString();
  }

  private String payload() {
    long length = number();
    long from = number();
    int kept = (int) number();
    at += kept;
    String hex = HexFormat.of().formatHex(Arrays.copyOfRange(data, at - kept, at));
    return kept == length ? hex : kept + " of " + length + " from " + from;
  }

  private String text() {
    int length = (int) number();
    at += length;
    return new String(data, at - length, length, StandardCharsets.UTF_8);
  }

  private long number() {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = data[at++];
      number |= (long) (b & 127) << shift;
      if (b >= 0) {
        return number;
      }
    }
  }
}
