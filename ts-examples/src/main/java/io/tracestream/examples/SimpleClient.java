package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.tls.ClientTls;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;

/**
 * A client that sends numbered frames, {@code 1_text}, {@code 2_text}, and waits for each reply.
 */
public final class SimpleClient implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5000;

  private final Socket socket;
  private final FrameReader in;
  private final FrameWriter out;

  /**
   * Connects.
   *
   * @param server the server's address
   * @param format the frames of both directions
   * @throws IOException if there is no server, or it does not answer within 5 seconds
   */
  public SimpleClient(InetSocketAddress server, FrameFormat format) throws IOException {
    this(server, format, null);
  }

  /**
   * Connects, with TLS.
   *
   * @param server the server's address
   * @param format the frames of both directions
   * @param tls how to speak TLS with the server; null for a plain connection
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if there is no server, or it does not answer within 5 seconds
   */
  public SimpleClient(InetSocketAddress server, FrameFormat format, ClientTls tls)
      throws IOException {
    Socket plain = new Socket();
    try {
      plain.connect(server, CONNECT_MILLIS);
      plain.setTcpNoDelay(true);
      socket = tls == null ? plain : secured(plain, server, tls);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
    in = new FrameReader(socket.getInputStream(), format.ofServer());
    out = new FrameWriter(socket.getOutputStream(), format.ofClient());
  }

  private static Socket secured(Socket plain, InetSocketAddress server, ClientTls tls)
      throws IOException {
    String host = server.getHostString();
    SSLSocket secured = (SSLSocket) tls.context()
        .getSocketFactory()
        .createSocket(plain, tls.nameOf(host), server.getPort(), true);
    secured.setSSLParameters(tls.parameters(host));
    plain.setSoTimeout(CONNECT_MILLIS);
    secured.startHandshake();
    plain.setSoTimeout(0);
    return secured;
  }

  /**
   * Sends {@code count} frames, and waits for the reply after each of them.
   *
   * @param text what follows the number in each payload, as UTF-8
   * @param count how many frames to send, 0 or more
   * @param replies takes the payload of each reply, as text
   * @throws EOFException if the server ends before its last reply
   * @throws IOException if the connection breaks, or a reply is not a frame
   */
  public void send(String text, int count, Consumer<String> replies) throws IOException {
    for (int i = 1; i <= count; i++) {
      out.write((i + "_" + text).getBytes(UTF_8));
      byte[] reply = in.read();
      if (reply == null) {
        throw new EOFException(
            "the server ended the connection after " + (i - 1) + " of " + count + " replies");
      }
      replies.accept(new String(reply, UTF_8));
    }
  }

  /** Closes the connection. */
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
