package io.tracestream.capture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Packets of one client and one server, as a test writes them, and captures of them. */
final class Packets {
  static final int PORT = 9000;
  static final int CLIENT_PORT = 50_000;
  private static final int START = 1_700_000_000;

  /** A packet: the IP datagram, and when it was captured, in microseconds. */
  record Packet(long micros, byte[] ip) {}

  private final List<Packet> all = new ArrayList<>();
  private boolean isV6;
  private int clientPort = CLIENT_PORT;
  /** The numbers of the first bytes. */
  private int c2sBase = 0xffff_fff0; // it wraps round

  private int s2cBase = 1000;

  Packets v6() {
    isV6 = true;
    return this;
  }

  Packets from(int port) {
    clientPort = port;
    return this;
  }

  Packets withBases(int c2s, int s2c) {
    c2sBase = c2s;
    s2cBase = s2c;
    return this;
  }

  Packets connect(long micros) {
    add(micros, true, -1, 0, Segment.SYN, "");
    add(micros + 1, false, -1, 0, Segment.SYN | Segment.ACK, "");
    return add(micros + 2, true, 0, 0, Segment.ACK, "");
  }

  /** Bytes of the client from that position on, who had read that many of the server. */
  Packets c2s(long micros, int at, int had, String bytes) {
    return add(micros, true, at, had, Segment.ACK, bytes);
  }

  Packets s2c(long micros, int at, int had, String bytes) {
    return add(micros, false, at, had, Segment.ACK, bytes);
  }

  Packets end(long micros, boolean isClient, int at, int had) {
    return add(micros, isClient, at, had, Segment.FIN | Segment.ACK, "");
  }

  Packets add(long micros, boolean isClient, int at, int had, int flags, String bytes) {
    byte[] data = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return add(micros, isClient, at, had, flags, data);
  }

  Packets add(long micros, boolean isClient, int at, int had, int flags, byte[] data) {
    ByteBuffer tcp = ByteBuffer.allocate(24 + data.length);
    tcp.putShort((short) (isClient ? clientPort : PORT));
    tcp.putShort((short) (isClient ? PORT : clientPort));
    tcp.putInt((isClient ? c2sBase : s2cBase) + at);
    boolean acks = (flags & Segment.ACK) != 0;
    tcp.putInt(acks ? (isClient ? s2cBase : c2sBase) + had : 0);
    tcp.putShort((short) (6 << 12 | flags)); // four bytes of options
    tcp.putShort((short) 65_535).putInt(0).putInt(0x01010101);
    tcp.put(data);
    all.add(new Packet(micros, ip(isClient, 6, tcp.array())));
    return this;
  }

  Packets raw(long micros, byte[] ip) {
    all.add(new Packet(micros, ip));
    return this;
  }

  private byte[] ip(boolean isClient, int protocol, byte[] payload) {
    if (isV6) {
      ByteBuffer ip = ByteBuffer.allocate(48 + payload.length);
      ip.putInt(6 << 28).putShort((short) (8 + payload.length)).put((byte) 60).put((byte) 64);
      ip.putLong(0x20010db8_00000000L).putLong(isClient ? 1 : 2);
      ip.putLong(0x20010db8_00000000L).putLong(isClient ? 2 : 1);
      ip.put((byte) protocol).put((byte) 0).putInt(0x01040000).putShort((short) 0); // options
      return ip.put(payload).array();
    }
    ByteBuffer ip = ByteBuffer.allocate(20 + payload.length);
    ip.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length)).putInt(0x4000);
    ip.put((byte) 64).put((byte) protocol).putShort((short) 0);
    ip.putInt(isClient ? 0x0a000001 : 0x0a000002).putInt(isClient ? 0x0a000002 : 0x0a000001);
    return ip.put(payload).array();
  }

  List<Packet> all() {
    return all;
  }

  /** A copy of the last packet, in two IP fragments. */
  Packets splitLast() {
    Packet last = all.remove(all.size() - 1);
    byte[] first = last.ip.clone();
    first[6] = 0x20;
    byte[] second = last.ip.clone();
    second[6] = 0;
    second[7] = 3;
    return raw(last.micros, first).raw(last.micros, second);
  }

  // Captures.

  static byte[] link(int linkType, byte[] ip) {
    boolean isV6 = ip[0] >> 4 == 6;
    String type = isV6 ? "86dd" : "0800";
    String head =
        switch (linkType) {
          case 1 -> "020000000001 020000000002 8100 0007 " + type;
          case 113 -> "0000 0001 0006 020000000001 0000 " + type;
          case 276 -> type + " 0000 00000001 0001 00 06 0200000000010000";
          case 0 -> isV6 ? "1e000000" : "02000000";
          case 108 -> isV6 ? "0000001e" : "00000002";
          default -> "";
        };
    byte[] before = java.util.HexFormat.of().parseHex(head.replace(" ", ""));
    return ByteBuffer.allocate(before.length + ip.length).put(before).put(ip).array();
  }

  byte[] pcap(int linkType, ByteOrder order, boolean nanos, int snapLength) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer head = ByteBuffer.allocate(24).order(order);
    head.putInt(nanos ? 0xa1b23c4d : 0xa1b2c3d4).putShort((short) 2).putShort((short) 4);
    head.putLong(0).putInt(snapLength).putInt(linkType);
    out.writeBytes(head.array());
    for (Packet packet : all) {
      byte[] bytes = link(linkType, packet.ip);
      int captured = Math.min(bytes.length, snapLength);
      long fraction = packet.micros % 1_000_000;
      ByteBuffer record = ByteBuffer.allocate(16 + captured).order(order);
      record.putInt(START + (int) (packet.micros / 1_000_000));
      record.putInt((int) (nanos ? 1000 * fraction + 999 : fraction));
      record.putInt(captured).putInt(bytes.length).put(bytes, 0, captured);
      out.writeBytes(record.array());
    }
    return out.toByteArray();
  }

  byte[] pcap() {
    return pcap(1, ByteOrder.LITTLE_ENDIAN, false, 262_144);
  }

  byte[] pcapng(int linkType, ByteOrder order, int resolution) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(28)
        .order(order)
        .putInt(0x0a0d0d0a)
        .putInt(28)
        .putInt(0x1a2b3c4d)
        .putShort((short) 1)
        .putShort((short) 0)
        .putLong(-1)
        .putInt(28)
        .array());
    // An interface that is not used, one whose times begin later, and a block that nobody knows.
    out.writeBytes(ByteBuffer.allocate(20)
        .order(order)
        .putInt(1)
        .putInt(20)
        .putShort((short) 147)
        .putShort((short) 0)
        .putInt(0)
        .putInt(20)
        .array());
    out.writeBytes(ByteBuffer.allocate(44)
        .order(order)
        .putInt(1)
        .putInt(44)
        .putShort((short) linkType)
        .putShort((short) 0)
        .putInt(0)
        .putShort((short) 9)
        .putShort((short) 1)
        .put((byte) resolution)
        .put(new byte[3])
        .putShort((short) 14)
        .putShort((short) 8)
        .putLong(START)
        .putInt(0)
        .putInt(44)
        .array());
    out.writeBytes(ByteBuffer.allocate(16)
        .order(order)
        .putInt(0x0bad)
        .putInt(16)
        .putInt(7)
        .putInt(16)
        .array());
    for (Packet packet : all) {
      byte[] bytes = link(linkType, packet.ip);
      int padded = (bytes.length + 3) / 4 * 4;
      long units = resolution == 9
          ? packet.micros * 1000
          : resolution == 6 ? packet.micros : (packet.micros << 40) / 1_000_000 + 1;
      ByteBuffer block = ByteBuffer.allocate(32 + padded).order(order);
      block.putInt(6).putInt(32 + padded).putInt(1).putInt((int) (units >>> 32)).putInt((int)
          units);
      block.putInt(bytes.length).putInt(bytes.length).put(bytes).position(28 + padded);
      out.writeBytes(block.putInt(32 + padded).array());
    }
    return out.toByteArray();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Path file(Path folder, byte[] bytes) throws IOException {
    return Files.write(folder.resolve("a.pcap"), bytes);
  }
}
