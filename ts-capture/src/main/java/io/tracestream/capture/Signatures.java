package io.tracestream.capture;

import io.tracestream.recording.Direction;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What frames of the named protocols look like apart from their length. */
final class Signatures {
  private static final String MESSAGE_TYPE = "each payload begins with a message type";

  /** A frame: its header included. */
  record Frame(
      Sample of,
      int at,
      int length,
      boolean isFirst,
      @Nullable Direction direction) {
    int u8(int index) {
      return index < length ? of.at(at + index) & 0xff : -1;
    }

    int u16(int index) {
      return index + 1 < length ? u8(index) << 8 | u8(index + 1) : -1;
    }

    int u16Little(int index) {
      return index + 1 < length ? u8(index + 1) << 8 | u8(index) : -1;
    }

    boolean has(int index, String text) {
      return index + text.length() <= length && of.hasAt(at + index, text);
    }

    boolean isDigit(int index) {
      return u8(index) >= '0' && u8(index) <= '9';
    }

    boolean isC2s() {
      return direction != Direction.S2C;
    }

    boolean isS2c() {
      return direction != Direction.C2S;
    }
  }

  /** Looks at one frame: bits that speak for the protocol, 0 for nothing, or {@link #NO}. */
  private interface Check {
    int bits(Frame frame);
  }

  /** What is known of a protocol, and how to say that it was found. */
  record Signature(Check check, String evidence) {
    int bits(Frame frame) {
      return check.bits(frame);
    }
  }

  /** The frame is not of the protocol. */
  static final int NO = -1;

  private static final Map<String, Signature> ALL = Map.ofEntries(
      of(
          "kafka",
          "each request has an API key and a version",
          frame -> frame.direction == Direction.S2C
              ? 0
              : yes(
                  20,
                  frame.u16(4) <= 100 && frame.u16(6) <= 20 && frame.length >= 12,
                  frame.direction == null)),
      of(
          "zookeeper",
          "it begins with a connection request and its reply",
          frame -> frame.isFirst
              ? yes(
                  26,
                  frame.length >= 40
                      && frame.length <= 49
                      && frame.u16(4) == 0
                      && frame.u16(6) == 0)
              : 0),
      of(
          "thrift",
          "each payload begins with Thrift's version",
          frame -> yes(
              13,
              frame.u16(4) == 0x8001
                  || frame.u16(4) == 0x8221
                  || frame.u16(4) == 0x8241
                  || frame.u16(4) == 0x8222
                  || frame.u16(4) == 0x8242)),
      of(
          "openwire",
          "it begins with OpenWire's name",
          frame -> frame.isFirst ? yes(64, frame.has(5, "ActiveMQ")) : 0),
      of(
          "dns",
          "each payload has a header of DNS",
          frame -> yes(
              23,
              frame.length >= 14
                  && (frame.direction == null || (frame.u8(4) & 0x80) != 0 == frame.isS2c())
                  && (frame.u8(4) & 0x78) <= 0x30
                  && frame.u16(6) <= 1
                  && frame.u16(8) < 256)),
      of("iso8583-2", MESSAGE_TYPE, frame -> messageType(frame, 2)),
      of("iso8583-2-inclusive", MESSAGE_TYPE, frame -> messageType(frame, 2)),
      of("iso8583-ascii4", MESSAGE_TYPE, frame -> messageType(frame, 4)),
      of("iso8583-ascii4-inclusive", MESSAGE_TYPE, frame -> messageType(frame, 4)),
      of("iso8583-bcd2", MESSAGE_TYPE, frame -> messageType(frame, 2)),
      of("iso8583-bcd2-inclusive", MESSAGE_TYPE, frame -> messageType(frame, 2)),
      of(
          "netbios",
          "each payload begins with SMB's name",
          frame -> frame.u8(0) >= 0x81 && frame.u8(0) <= 0x85
              ? 5
              : yes(30, frame.has(5, "SMB") && frame.u8(4) >= 0xfc)),
      of("tpkt", "each frame begins with version 3", frame -> yes(16, frame.u16(0) == 0x0300)),
      of(
          "onc-rpc",
          "each record is a call or a reply",
          frame -> yes(
              31,
              frame.u16(8) == 0
                  && frame.u16(12) == 0
                  && (frame.u16(10) == 1 && frame.u16(14) <= 1 && frame.isS2c()
                      || frame.u16(10) == 0 && frame.u16(14) == 2 && frame.isC2s()),
              !frame.isFirst)),
      of(
          "mysql",
          "it begins with a server's greeting",
          frame -> !frame.isFirst || frame.direction == null
              ? 0
              : frame.isC2s()
                  ? yes(8, frame.u8(3) == 1)
                  : yes(15, frame.u8(3) == 0 && (frame.u8(4) == 10 || frame.u8(4) == 9))),
      of(
          "mongodb",
          "each frame has an operation code",
          frame -> yes(
              28,
              frame.u16Little(14) == 0
                  && (frame.u16Little(12) == 1
                      || frame.u16Little(12) >= 2001 && frame.u16Little(12) <= 2013))),
      of(
          "9p",
          "it begins with a version request",
          frame -> frame.isFirst
              ? yes(23, (frame.u8(4) == 100 || frame.u8(4) == 101) && frame.has(13, "9P"))
              : yes(1, frame.u8(4) >= 6 && frame.u8(4) <= 127)),
      of(
          "amqp",
          "it begins with AMQP's name, and frames end with ce",
          frame -> frame.isFirst && frame.has(0, "AMQP")
              ? 32
              : yes(12, frame.u8(0) <= 8 && frame.u8(frame.length - 1) == 0xce)),
      of(
          "bgp",
          "each frame begins with BGP's marker",
          frame -> yes(128, frame.has(0, "\u00ff".repeat(16)))),
      of(
          "cassandra",
          "each frame begins with a version of the protocol",
          frame -> yes(
              9,
              (frame.u8(0) & 0x7f) >= 3
                  && (frame.u8(0) & 0x7f) <= 5
                  && (frame.direction == null || (frame.u8(0) & 0x80) != 0 == frame.isS2c())
                  && frame.u8(4) <= 0x10)),
      of(
          "mqtt",
          "it begins with a connection request",
          frame -> frame.u8(0) < 0x10
              ? NO
              : frame.isFirst && frame.direction != null
                  ? yes(frame.has(4, "MQ") ? 24 : 8, frame.u8(0) == (frame.isC2s() ? 0x10 : 0x20))
                  : 0),
      of(
          "diameter",
          "each frame begins with version 1",
          frame -> yes(12, frame.u8(0) == 1 && (frame.u8(4) & 15) == 0)),
      of(
          "smpp",
          "each frame has a command",
          frame -> yes(23, (frame.u16(4) & 0x7fff) == 0 && frame.u16(6) <= 0x112)),
      of(
          "modbus",
          "each frame has the protocol's number",
          frame -> yes(18, frame.u16(2) == 0 && (frame.u8(7) & 0x7f) <= 43 && frame.u8(7) > 0)),
      of("iec104", "each frame begins with 68", frame -> yes(8, frame.u8(0) == 0x68)),
      of(
          "openflow",
          "each frame begins with a version and a type",
          frame -> yes(8, frame.u8(0) >= 1 && frame.u8(0) <= 6 && frame.u8(1) < 36)),
      of(
          "dicom",
          "each frame has a type",
          frame -> yes(13, frame.u8(0) >= 1 && frame.u8(0) <= 7 && frame.u8(1) == 0)),
      of(
          "tds",
          "each frame has a type",
          frame -> yes(
              13,
              frame.u8(0) >= 1 && frame.u8(0) <= 18 && frame.u8(1) <= 0x1f && frame.u8(7) <= 1)),
      of(
          "bitcoin",
          "each frame has a command",
          frame -> yes(
              14,
              frame.u8(4) >= 'a'
                  && frame.u8(4) <= 'z'
                  && frame.u8(15) == 0
                  && frame.u8(5) >= 'a'
                  && frame.u8(5) <= 'z')),
      of(
          "http2",
          "it begins with HTTP/2's preface",
          frame -> frame.isFirst && frame.has(0, "PRI * HTTP/2.0")
              ? 112
              : yes(5, frame.u8(3) <= 9 && (frame.u8(5) & 0x80) == 0)));

  private Signatures() {}

  private static int yes(int bits, boolean fits) {
    return yes(bits, fits, false);
  }

  private static int yes(int bits, boolean fits, boolean needNot) {
    return fits ? bits : needNot ? 0 : NO;
  }

  private static Map.Entry<String, Signature> of(String preset, String evidence, Check check) {
    return Map.entry(preset, new Signature(check, evidence));
  }

  /** A message type of ISO 8583: four digits as text or packed, perhaps after an address. */
  private static int messageType(Frame frame, int at) {
    if (frame.u8(at) >= '0'
        && frame.u8(at) <= '2'
        && frame.isDigit(at + 1)
        && frame.isDigit(at + 2)
        && frame.isDigit(at + 3)) {
      return 20;
    }
    if (frame.u8(at) == 0x60 && frame.u8(at + 5) <= 2) {
      return 14;
    }
    boolean isPacked = frame.u8(at) >= 0
        && frame.u8(at) <= 2
        && (frame.u8(at + 1) & 15) <= 5
        && frame.u8(at + 1) >= 0x10
        && frame.u8(at + 1) <= 0x85;
    return isPacked ? 9 : NO;
  }

  static @Nullable Signature of(String preset) {
    return ALL.get(preset);
  }
}
