package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;

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
   * @param server where to
   * @param format the frames of both directions
   * @throws IOException when there is no server, or none that answers within 5 seconds
   */
  public SimpleClient(InetSocketAddress server, FrameFormat format) throws IOException {
    socket = new Socket();
    try {
      socket.connect(server, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    in = new FrameReader(socket.getInputStream(), format);
    out = new FrameWriter(socket.getOutputStream(), format);
  }

  /**
   * Sends {@code count} frames, each when the reply to the one before has come.
   *
   * @param text what follows the number in each payload, as UTF-8
   * @param count how many, from 0
   * @param replies takes the payload of each reply, as text
   * @throws EOFException when the server ends before its last reply
   * @throws IOException when the connection breaks, or a reply is no frame
   */
  public void send(String text, int count, Consumer<String> replies) throws IOException {
    for (int i = 1; i <= count; i++) {
      out.write((i + "_" + text).getBytes(UTF_8));
      byte[] reply = in.read();
      if (reply == null) {
        throw new EOFException(
            "found the server's end after " + (i - 1) + " replies, expected " + count);
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
