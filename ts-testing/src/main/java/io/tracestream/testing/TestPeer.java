package io.tracestream.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.HexFormat;
import javax.net.ssl.SSLSocket;

/**
 * One end of a connection in a test, real socket and all. Bytes are written as hex, blanks at will.
 * Nothing waits for ever: what does not come within the deadline fails the test.
 */
public final class TestPeer implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 30_000;

  private final Socket socket;

  public TestPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  public static TestPeer connect(InetSocketAddress address) throws IOException {
    return new TestPeer(new Socket(address.getAddress(), address.getPort()));
  }

  public TestPeer send(String hex) throws IOException {
    return send(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  public TestPeer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends a FIN; what the other side sends can still be read. */
  public TestPeer endSending() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  public String await(int bytes) throws IOException {
    return HexFormat.of().formatHex(awaitBytes(bytes));
  }

  public byte[] awaitBytes(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    assertEquals(count, bytes.length, "bytes before the end");
    return bytes;
  }

  /** All that comes before the end or a reset, as hex. */
  public String awaitEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] some = new byte[8192];
    try {
      for (int n = in.read(some); n >= 0; n = in.read(some)) {
        all.write(some, 0, n);
      }
    } catch (SocketException e) {
      // a reset is an end as well
    }
    return HexFormat.of().formatHex(all.toByteArray());
  }

  /** Sends a RST in the place of a FIN. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** For what only a socket can say. */
  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    if (socket instanceof SSLSocket && !socket.isClosed()) {
      socket.setSoTimeout(1); // else it waits for the other side to end
    }
    socket.close();
  }
}
