package io.tracestream.codec;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a frame says how long it is, and in what form. Immutable, so share it between threads.
 *
 * <pre>
 *   | before: offset bytes | length field | what follows |
 *   | payload ...                         ... payload    |
 * </pre>
 *
 * <p>The payload of a frame is the frame without its length field. With a {@code mask}, the length
 * field stays in the payload, with its length bits cleared, as its other bits are data.
 *
 * <p>As text it is the name of a {@linkplain #presets preset}, or keys with commas between them,
 * each at most once but for {@code preamble}:
 *
 * <table>
 *   <caption>Keys</caption>
 *   <tr><th>key</th><th>meaning</th><th>default</th></tr>
 *   <tr><td>{@code length=N}</td><td>the length field is N bytes, 1 to 16</td><td>8</td></tr>
 *   <tr><td>{@code ascii:N}</td><td>it is N decimal digits, 1 to 10</td><td></td></tr>
 *   <tr><td>{@code bcd:N}</td><td>it is N bytes with two decimal digits each, 1 to 5</td><td></td></tr>
 *   <tr><td>{@code varint}</td><td>it is a base-128 number, the low bits first</td><td></td></tr>
 *   <tr><td>{@code offset=N}</td><td>N bytes of the frame stand before it, 0 to 255</td><td>0</td></tr>
 *   <tr><td>{@code order=big|little}</td><td>the byte order of N bytes</td><td>big</td></tr>
 *   <tr><td>{@code counts=payload|frame}</td><td>whether it counts what follows it, or the whole
 *       frame</td><td>payload</td></tr>
 *   <tr><td>{@code adjust=N}</td><td>N is added to what it says, -65535 to 65535</td><td>0</td></tr>
 *   <tr><td>{@code mask=HEX}</td><td>only these bits of N bytes are the length</td><td>all</td></tr>
 *   <tr><td>{@code preamble=c2s:N|s2c:N}</td><td>the first N bytes of that direction, 1 to 65535, have
 *       no length: they are its first frame</td><td>none</td></tr>
 * </table>
 */
public final class Framing {
  /** More than any frame is long, and far from an overflow. */
  static final long LARGEST = 1L << 48;

  private static final int MOST_BEFORE = 255;
  private static final int MOST_ADJUSTED = 65_535;
  private static final int MOST_PREAMBLE = 65_535;

  /** The forms of a length field. */
  enum Form {
    BINARY("length", 16),
    ASCII("ascii", 10),
    BCD("bcd", 5),
    VARINT("varint", 5);

    private final String key;
    private final int mostBytes;

    Form(String key, int mostBytes) {
      this.key = key;
      this.mostBytes = mostBytes;
    }
  }

  private static final Pattern ITEM = Pattern.compile("([a-z]+)(?:[=:](.*))?");
  private static final List<Preset> PRESETS = List.of(
      preset("kafka", "length=4", "Apache Kafka"),
      preset("zookeeper", "length=4", "Apache ZooKeeper"),
      preset("thrift", "length=4", "Apache Thrift, framed transport"),
      preset("dns", "length=2", "DNS over TCP"),
      preset("erlang1", "length=1", "Erlang, {packet, 1}"),
      preset("erlang2", "length=2", "Erlang, {packet, 2}"),
      preset("erlang4", "length=4", "Erlang, {packet, 4}"),
      preset("iso8583-2", "length=2", "ISO 8583, 2-byte length"),
      preset("iso8583-2-inclusive", "length=2,counts=frame", "ISO 8583, length that counts itself"),
      preset("iso8583-ascii4", "ascii:4", "ISO 8583, 4 digits"),
      preset(
          "iso8583-ascii4-inclusive",
          "ascii:4,counts=frame",
          "ISO 8583, digits that count themselves"),
      preset("iso8583-bcd2", "bcd:2", "ISO 8583, 4 packed digits"),
      preset(
          "iso8583-bcd2-inclusive",
          "bcd:2,counts=frame",
          "ISO 8583, packed digits that count themselves"),
      preset("netbios", "length=3,offset=1", "SMB over TCP, NetBIOS sessions"),
      preset("tpkt", "length=2,offset=2,counts=frame", "TPKT: RDP, S7, H.323"),
      preset("onc-rpc", "length=4,mask=7fffffff", "ONC RPC over TCP: NFS, portmapper"),
      preset("protobuf", "varint", "length-delimited Protocol Buffers"),
      preset("mysql", "length=3,order=little,adjust=1", "MySQL, MariaDB, without compression"),
      preset("mongodb", "length=4,order=little,counts=frame", "MongoDB"),
      preset(
          "amqp",
          "length=4,offset=3,adjust=1,preamble=c2s:8",
          "AMQP 0-9-1, RabbitMQ's first protocol"),
      preset("bgp", "length=2,offset=16,counts=frame", "BGP"),
      preset("cassandra", "length=4,offset=5", "Cassandra's native protocol, versions 3 and 4"),
      preset("mqtt", "varint,offset=1", "MQTT"),
      preset("diameter", "length=3,offset=1,counts=frame", "Diameter over TCP"),
      preset("smpp", "length=4,counts=frame", "SMPP"),
      preset("modbus", "length=2,offset=4", "Modbus TCP"),
      preset("iec104", "length=1,offset=1", "IEC 60870-5-104"),
      preset("openflow", "length=2,offset=2,counts=frame", "OpenFlow"),
      preset("dicom", "length=4,offset=2", "DICOM upper layer"),
      preset("tds", "length=2,offset=2,counts=frame", "TDS: SQL Server, Sybase"),
      preset("9p", "length=4,order=little,counts=frame", "9P"),
      preset("bitcoin", "length=4,offset=16,order=little,adjust=4", "Bitcoin's peers"),
      preset("openwire", "length=4", "OpenWire, ActiveMQ"),
      preset(
          "http2",
          "length=3,adjust=6,preamble=c2s:24",
          "HTTP/2 without TLS, from its first byte on"));

  final Form form;
  /** Bytes of the length field; the most that there may be for a varint. */
  final int bytes;

  final int offset;
  final boolean little;
  final boolean countsFrame;
  final int adjust;
  /** The bits of the field that are the length; 0 for all. */
  final long mask;

  final int clientPreamble;
  final int serverPreamble;

  private Framing(Parts parts) {
    this.form = parts.form;
    this.bytes = parts.bytes;
    this.offset = parts.offset;
    this.little = parts.little;
    this.countsFrame = parts.countsFrame;
    this.adjust = parts.adjust;
    this.mask = parts.mask;
    this.clientPreamble = parts.clientPreamble;
    this.serverPreamble = parts.serverPreamble;
  }

  /**
   * Frames that begin with the length of what follows, big-endian.
   *
   * @param bytes bytes of the length, 1 to 16
   * @return the same as {@code parse("length=" + bytes)}
   * @throws IllegalArgumentException if the number is out of range
   */
  public static Framing ofLength(int bytes) {
    FrameFormat.requireRange("headerLength", bytes, 1, 16);
    Parts parts = new Parts();
    parts.bytes = bytes;
    return new Framing(parts);
  }

  /**
   * Reads the text of a framing.
   *
   * @param text a preset's name, or keys with commas between them
   * @return the framing
   * @throws IllegalArgumentException if it is neither; the message quotes the part that is wrong
   */
  public static Framing parse(String text) {
    for (Preset preset : PRESETS) {
      if (preset.name().equals(text)) {
        return preset.framing();
      }
    }
    return keys(text);
  }

  private static Framing keys(String text) {
    Parts parts = new Parts();
    for (String item : text.split(",", -1)) {
      parts.read(item, text);
    }
    return parts.checked();
  }

  private static Preset preset(String name, String keys, String usedBy) {
    return new Preset(name, keys(keys), usedBy);
  }

  /**
   * The framings that have names.
   *
   * @return all of them; the same order each time
   */
  public static List<Preset> presets() {
    return PRESETS;
  }

  /** A framing that has a name. Immutable. */
  public static final class Preset {
    private final String name;
    private final Framing framing;
    private final String usedBy;

    private Preset(String name, Framing framing, String usedBy) {
      this.name = name;
      this.framing = framing;
      this.usedBy = usedBy;
    }

    /**
     * Its name.
     *
     * @return such as {@code kafka}
     */
    public String name() {
      return name;
    }

    /**
     * What the name stands for.
     *
     * @return the framing
     */
    public Framing framing() {
      return framing;
    }

    /**
     * Who uses it.
     *
     * @return a protocol or several
     */
    public String usedBy() {
      return usedBy;
    }
  }

  /** What was read so far. */
  private static final class Parts {
    private Form form = Form.BINARY;
    private int bytes = 8;
    private int offset;
    private boolean little;
    private boolean countsFrame;
    private int adjust;
    private long mask;
    private int clientPreamble;
    private int serverPreamble;
    private final List<String> seen = new ArrayList<>();

    private void read(String item, String all) {
      var matcher = ITEM.matcher(item);
      String key = matcher.matches() ? matcher.group(1) : "";
      String value = key.isEmpty() ? null : matcher.group(2);
      String once = key;
      switch (key) {
        case "length", "ascii", "bcd", "varint" -> {
          once = "length";
          form = Form.valueOf(key.equals("length") ? "BINARY" : key.toUpperCase(Locale.ROOT));
          bytes = form == Form.VARINT
              ? noValue(item, value, form.mostBytes)
              : number(item, value, 1, form.mostBytes);
        }
        case "offset" -> offset = number(item, value, 0, MOST_BEFORE);
        case "adjust" -> adjust = number(item, value, -MOST_ADJUSTED, MOST_ADJUSTED);
        case "order" -> little = choice(item, value, "big", "little");
        case "counts" -> countsFrame = choice(item, value, "payload", "frame");
        case "mask" -> mask = hex(item, value);
        case "preamble" -> once = preamble(item, value);
        default ->
          throw wrong(
              item.isEmpty() || !all.contains(",") ? all : item,
              "a name such as kafka, or keys such as length=4");
      }
      if (seen.contains(once)) {
        throw new IllegalArgumentException(
            "framing: \"" + item + "\" in \"" + all + "\": the " + once + " is there twice");
      }
      seen.add(once);
    }

    private String preamble(String item, @Nullable String value) {
      String text = Objects.requireNonNullElse(value, "");
      String bytesOf = text.replaceFirst("^(c2s|s2c)[:]", "");
      if (bytesOf.equals(text)) {
        throw wrong(item, "preamble=c2s:N or preamble=s2c:N");
      }
      int count = number(item, bytesOf, 1, MOST_PREAMBLE);
      if (text.startsWith("c2s")) {
        clientPreamble = count;
      } else {
        serverPreamble = count;
      }
      return "preamble " + text.substring(0, 3);
    }

    private static int noValue(String item, @Nullable String value, int most) {
      if (value != null) {
        throw wrong(item, "varint without a number");
      }
      return most;
    }

    private static int number(String item, @Nullable String value, int least, int most) {
      try {
        int number = Integer.parseInt(Objects.requireNonNullElse(value, ""));
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // not a number: see below
      }
      throw wrong(item, "a number from " + least + " to " + most);
    }

    private static boolean choice(String item, @Nullable String value, String no, String yes) {
      if (!no.equals(value) && !yes.equals(value)) {
        throw wrong(item, no + " or " + yes);
      }
      return yes.equals(value);
    }

    private static long hex(String item, @Nullable String value) {
      if (value != null && value.matches("(?i)(0x)?[0-9a-f]{2,16}")) {
        return Long.parseUnsignedLong(value.replaceFirst("(?i)^0x", ""), 16);
      }
      throw wrong(item, "hex digits such as 7fffffff");
    }

    private static IllegalArgumentException wrong(String item, String expected) {
      return new IllegalArgumentException("framing: found \"" + item + "\", expected " + expected);
    }

    private Framing checked() {
      if (form != Form.BINARY && little) {
        throw new IllegalArgumentException(
            "framing: order=little: only length=N has a byte order; leave it out");
      }
      if (form == Form.VARINT && countsFrame) {
        throw new IllegalArgumentException(
            "framing: counts=frame: a varint can only count what follows it");
      }
      if (seen.contains("mask")) {
        checkMask();
      }
      return new Framing(this);
    }

    private void checkMask() {
      if (form != Form.BINARY || bytes > 8) {
        throw new IllegalArgumentException("framing: mask: goes with length=1 to length=8 only");
      }
      boolean fits = bytes == 8 || mask >>> 8 * bytes == 0;
      boolean areLowest = mask > 0 && (mask & mask + 1) == 0;
      if (!fits || !areLowest) {
        throw new IllegalArgumentException("framing: mask=" + Long.toHexString(mask)
            + ": the length has to be the lowest bits of " + bytes + " bytes, such as 7f"
            + "ff".repeat(bytes - 1));
      }
    }
  }

  /**
   * Whether each frame is nothing but a big-endian length and as many bytes.
   *
   * @return true for what {@link #ofLength} gives
   */
  public boolean isPlain() {
    return form == Form.BINARY
        && !hasPreamble()
        && offset == 0
        && !little
        && !countsFrame
        && adjust == 0
        && mask == 0;
  }

  boolean hasPreamble() {
    return clientPreamble > 0 || serverPreamble > 0;
  }

  /** The largest number that the length field can hold, or {@link #LARGEST} if that is less. */
  long largest() {
    long largest =
        switch (form) {
          case BINARY -> mask != 0 ? mask : bytes > 5 ? LARGEST : power(256, bytes) - 1;
          case ASCII -> power(10, bytes) - 1;
          case BCD -> power(100, bytes) - 1;
          case VARINT -> power(2, 32) - 1;
        };
    return Math.min(largest, LARGEST);
  }

  static long power(long base, int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Framing that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /**
   * A frame's bytes for people: {@code ..} is a byte before the length field, {@code LL} a byte of
   * a binary length, {@code DD} a digit, {@code BB} two packed digits, {@code VV} a varint.
   *
   * @return one line, such as {@code .. .. LL LL ... counts the whole frame}
   */
  public String picture() {
    StringBuilder text = new StringBuilder();
    text.append(offset > 5 ? "(" + offset + " bytes) " : ".. ".repeat(offset));
    text.append(
        switch (form) {
          case BINARY -> "LL ".repeat(bytes);
          case ASCII -> "DD ".repeat(bytes);
          case BCD -> "BB ".repeat(bytes);
          case VARINT -> "VV ";
        });
    text.append("...");
    List<String> notes = new ArrayList<>();
    if (little) {
      notes.add("low byte first");
    }
    if (countsFrame) {
      notes.add("counts the whole frame");
    }
    if (adjust != 0) {
      int by = Math.abs(adjust);
      notes.add(by + (by == 1 ? " byte " : " bytes ") + (adjust > 0 ? "more" : "fewer")
          + " than it says");
    }
    if (mask != 0) {
      notes.add("only the bits of " + HexFormat.of().toHexDigits(mask, 2 * bytes));
    }
    if (clientPreamble > 0) {
      notes.add("c2s begins with " + clientPreamble + " other bytes");
    }
    if (serverPreamble > 0) {
      notes.add("s2c begins with " + serverPreamble + " other bytes");
    }
    return text + (notes.isEmpty() ? "" : "  " + String.join(", ", notes));
  }

  /**
   * The keys, without those that have their default.
   *
   * @return text that {@link #parse} takes, such as {@code length=2,offset=2,counts=frame}
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(form.key);
    text.append(form == Form.VARINT ? "" : (form == Form.BINARY ? "=" : ":") + bytes);
    text.append(offset == 0 ? "" : ",offset=" + offset);
    text.append(little ? ",order=little" : "");
    text.append(countsFrame ? ",counts=frame" : "");
    text.append(adjust == 0 ? "" : ",adjust=" + adjust);
    text.append(mask == 0 ? "" : ",mask=" + HexFormat.of().toHexDigits(mask, 2 * bytes));
    text.append(clientPreamble == 0 ? "" : ",preamble=c2s:" + clientPreamble);
    text.append(serverPreamble == 0 ? "" : ",preamble=s2c:" + serverPreamble);
    return text.toString();
  }
}
