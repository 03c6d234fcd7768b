package io.tracestream.cli;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say which entries to list, and how. Each of them asks for a list. */
final class EntryOptions {
  @Option(
      names = "--entries",
      description =
          "List the entries, a line each: number, line in FILE, time, direction, length and the"
              + " first bytes. The options below do so, too.")
  private boolean entries;

  @Option(names = "--full", description = "Show payloads whole, as hex and as text.")
  private boolean full;

  @Option(
      names = "--grep",
      paramLabel = "TEXT|0xHEX",
      converter = ToBytes.class,
      description =
          "List only entries with this text, or with these bytes, in their payload. To find"
              + " text that begins with 0x, give it in hex.")
  private Searched searched;

  /** Some bytes. An option that is an array would have several values. */
  private record Searched(byte[] bytes) {}

  @Option(
      names = "--entry",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "List only entry N; the first one is 1.")
  private Integer entry;

  @Option(
      names = "--direction",
      paramLabel = "c2s|s2c",
      converter = ExportCommand.ToDirection.class,
      description = "List only entries of this direction.")
  private Direction direction;

  @Option(
      names = "--json",
      description = "Write a line of JSON for each entry, with its whole payload.")
  private boolean json;

  /** Whether a list is asked for, instead of a summary. */
  boolean areGiven() {
    return entries || full || json || isLimited();
  }

  /** Whether not all entries are listed. */
  boolean isLimited() {
    return searches() || entry != null || direction != null;
  }

  boolean full() {
    return full;
  }

  boolean json() {
    return json;
  }

  /** Whether payloads are searched. */
  boolean searches() {
    return searched != null;
  }

  /** Whether no entry after this one is wanted. */
  boolean isLast(long number) {
    return entry != null && number >= entry;
  }

  /** Whether an entry is wanted, if its payload is. */
  boolean wants(long number, Direction its) {
    return (entry == null || entry == number) && (direction == null || direction == its);
  }

  /**
   * Where a payload has what is searched for, from 0; 0 if nothing is, -1 if it does not have it.
   */
  int find(ByteBuffer payload) {
    if (searched == null) {
      return 0;
    }
    byte[] bytes = searched.bytes;
    int last = payload.limit() - bytes.length;
    for (int at = payload.position(); at <= last; at++) {
      int same = 0;
      while (same < bytes.length && payload.get(at + same) == bytes[same]) {
        same++;
      }
      if (same == bytes.length) {
        return at - payload.position();
      }
    }
    return -1;
  }

  private static final class ToBytes implements ITypeConverter<Searched> {
    @Override
    public Searched convert(String value) {
      if (value.isEmpty()) {
        throw new TypeConversionException("found nothing, expected text or 0x and hex digits");
      }
      if (!value.startsWith("0x")) {
        return new Searched(value.getBytes(StandardCharsets.UTF_8));
      }
      try {
        if (value.length() > 2) {
          return new Searched(HexFormat.of().parseHex(value, 2, value.length()));
        }
      } catch (IllegalArgumentException e) {
        // refused below
      }
      throw new TypeConversionException("found \"" + value
          + "\", expected 0x and two hex digits for each byte; text that begins with 0x has to be"
          + " given in hex: 0x3078");
    }
  }
}
