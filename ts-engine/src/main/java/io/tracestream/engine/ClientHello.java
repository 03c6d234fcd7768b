package io.tracestream.engine;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which application protocols a client offers (ALPN, RFC 7301) before its handshake
 * begins: the target has to be asked first, and the JDK asks only in the middle of a handshake.
 *
 * <p>Whatever is not as expected counts as offering none. It is the handshake that refuses it.
 */
final class ClientHello {
  private static final int HANDSHAKE_RECORD = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int ALPN = 16;
  /** A longer one is not waited for; RFC 8446 has no bound, but clients stay far below. */
  private static final int LARGEST = 16 * 1024;

  private ClientHello() {}

  /**
   * The protocols that are offered.
   *
   * @param came what came first, from position to limit; it is not changed
   * @return their names, the client's favourite first; empty for none; null if more has to come
   */
  static @Nullable List<String> protocols(ByteBuffer came) {
    ByteBuffer message = ByteBuffer.allocate(LARGEST);
    ByteBuffer in = came.duplicate();
    while (true) {
      if (message.position() >= 4 && length(message) <= message.position() - 4) {
        int length = length(message);
        return offered(message.flip().position(4).limit(4 + length));
      }
      if (in.remaining() < 5) {
        return null;
      }
      int type = in.get();
      in.getShort(); // a version that means nothing
      int length = in.getShort() & 0xffff;
      if (type != HANDSHAKE_RECORD || length == 0 || length > message.remaining()) {
        return List.of();
      }
      if (in.remaining() < length) {
        return null;
      }
      message.put(in.slice().limit(length));
      in.position(in.position() + length);
      if (message.get(0) != CLIENT_HELLO) {
        return List.of();
      }
    }
  }

  private static int length(ByteBuffer message) {
    return message.getInt(0) & 0xffffff;
  }

  private static List<String> offered(ByteBuffer hello) {
    try {
      hello.position(hello.position() + 2 + 32); // version, random
      skip(hello, hello.get() & 0xff); // session
      skip(hello, hello.getShort() & 0xffff); // cipher suites
      skip(hello, hello.get() & 0xff); // compression
      hello.getShort(); // the length of all extensions
      while (hello.hasRemaining()) {
        int type = hello.getShort() & 0xffff;
        int length = hello.getShort() & 0xffff;
        if (type == ALPN) {
          return names(hello.slice().limit(length));
        }
        skip(hello, length);
      }
      return List.of();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return List.of();
    }
  }

  private static List<String> names(ByteBuffer list) {
    list.getShort(); // its length
    List<String> names = new ArrayList<>();
    while (list.hasRemaining()) {
      byte[] name = new byte[list.get() & 0xff];
      if (name.length == 0) {
        return List.of(); // RFC 7301 does not allow it, and the JDK does not offer it
      }
      list.get(name);
      names.add(new String(name, StandardCharsets.ISO_8859_1)); // as the JDK reads and writes them
    }
    return names;
  }

  private static void skip(ByteBuffer in, int bytes) {
    in.position(in.position() + bytes);
  }
}
