package io.tracestream.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The TCP segment in a packet. One object reads one packet after the other.
 *
 * <p>Says what kind of packet it is, and nothing else of those that are not {@link Kind#TCP}.
 */
final class Segment {
  /** What was in a packet. */
  enum Kind {
    TCP,
    /** A part of an IP datagram with TCP in it. */
    FRAGMENT,
    /** Its headers were not captured whole. */
    CUT,
    /** Something that is not TCP. */
    OTHER,
    /** A link type that is not read here. */
    UNKNOWN_LINK
  }

  private static final int ETHERNET = 1;
  private static final int COOKED = 113;
  private static final int COOKED_2 = 276;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int PPPOE = 0x8864;
  private static final int MOST_TAGS = 8;
  private static final int MOST_EXTENSIONS = 16;

  /** TCP's protocol number. */
  private static final int TCP = 6;

  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int ACK = 16;

  private ByteBuffer packet = ByteBuffer.allocate(0);
  private int limit;
  /** Bytes of the packet on the network. */
  private int original;

  private Endpoint from = Endpoint.NONE;
  private Endpoint to = Endpoint.NONE;
  private int seq;
  private int ack;
  private int flags;
  private int dataAt;
  private int dataLength;

  /** Reads a packet, whose bytes stand from index 0 to its limit. */
  Kind read(int linkType, ByteBuffer bytes, int originalLength) {
    packet = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    limit = bytes.limit();
    original = originalLength;
    try {
      return switch (linkType) {
        case ETHERNET -> ofType(12, 14);
        case COOKED -> ofType(14, 16);
        case COOKED_2 -> ofType(0, 20);
        case 0, 108 -> ip(4); // BSD loopback: the address family, in either byte order
        case 12, 14, 101, 228, 229 -> ip(0);
        default -> Kind.UNKNOWN_LINK;
      };
    } catch (IndexOutOfBoundsException e) {
      return Kind.CUT;
    }
  }

  private int u8(int at) {
    require(at + 1);
    return packet.get(at) & 0xff;
  }

  private int u16(int at) {
    require(at + 2);
    return packet.getShort(at) & 0xffff;
  }

  /** Headers end within what was captured. */
  private void require(int end) {
    if (end > limit) {
      throw new IndexOutOfBoundsException(end);
    }
  }

  /** What follows a type, and the tags of virtual networks. */
  private Kind ofType(int typeAt, int next) {
    int type = u16(typeAt);
    int at = next;
    for (int i = 0; i < MOST_TAGS && isTag(type); i++) {
      type = u16(at + 2);
      at += 4;
    }
    if (type == PPPOE) {
      int protocol = u16(at + 6);
      return protocol == 0x21 || protocol == 0x57 ? ip(at + 8) : Kind.OTHER;
    }
    return type == IPV4 || type == IPV6 ? ip(at) : Kind.OTHER;
  }

  private static boolean isTag(int type) {
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
  }

  private Kind ip(int at) {
    return switch (u8(at) >> 4) {
      case 4 -> ipv4(at);
      case 6 -> ipv6(at);
      default -> Kind.OTHER;
    };
  }

  private Kind ipv4(int at) {
    int header = 4 * (u8(at) & 15);
    int total = u16(at + 2);
    int fragment = u16(at + 6);
    if (u8(at + 9) != TCP || header < 20) {
      return Kind.OTHER;
    }
    if ((fragment & 0x3fff) != 0) {
      return Kind.FRAGMENT;
    }
    // A card that splits large segments itself leaves the length to be 0.
    int end = total == 0 ? original : at + total;
    require(at + 20);
    return tcp(
        at + header,
        end,
        new Endpoint(false, 0, packet.getInt(at + 12) & 0xffffffffL, 0),
        new Endpoint(false, 0, packet.getInt(at + 16) & 0xffffffffL, 0));
  }

  private Kind ipv6(int at) {
    require(at + 40);
    int payload = u16(at + 4);
    int end = payload == 0 ? original : at + 40 + payload;
    int next = u8(at + 6);
    int header = at + 40;
    for (int i = 0; i < MOST_EXTENSIONS && next != TCP; i++) {
      int after = u8(header);
      switch (next) {
        case 0, 43, 60, 135, 139, 140 -> header += 8 + 8 * u8(header + 1);
        case 51 -> header += 8 + 4 * u8(header + 1);
        case 44 -> {
          if ((u16(header + 2) & 0xfff9) != 0) {
            return after == TCP ? Kind.FRAGMENT : Kind.OTHER;
          }
          header += 8;
        }
        default -> {
          return Kind.OTHER;
        }
      }
      next = after;
    }
    return next != TCP
        ? Kind.OTHER
        : tcp(
            header,
            end,
            new Endpoint(true, packet.getLong(at + 8), packet.getLong(at + 16), 0),
            new Endpoint(true, packet.getLong(at + 24), packet.getLong(at + 32), 0));
  }

  private Kind tcp(int at, int end, Endpoint source, Endpoint destination) {
    require(at + 14);
    int header = 4 * (u8(at + 12) >> 4);
    if (header < 20 || at + header > end) {
      return Kind.OTHER;
    }
    from = source.withPort(u16(at));
    to = destination.withPort(u16(at + 2));
    seq = packet.getInt(at + 4);
    ack = packet.getInt(at + 8);
    flags = u8(at + 13);
    dataAt = at + header;
    dataLength = end - dataAt;
    return Kind.TCP;
  }

  /** Who sent it. */
  Endpoint from() {
    return from;
  }

  /** To whom. */
  Endpoint to() {
    return to;
  }

  int seq() {
    return seq;
  }

  int ack() {
    return ack;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** How many bytes of data it had on the network. */
  int dataLength() {
    return dataLength;
  }

  /** The data, as far as it was captured; until the next packet. */
  ByteBuffer data() {
    int at = Math.min(dataAt, limit);
    int end = Math.min(limit, dataAt + dataLength);
    return packet.limit(Math.max(at, end)).position(at).slice();
  }
}
