package io.tracestream.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.HexFormat;

/** Reads the first byte of one client, answers it with the bytes given, and no more. */
final class OneShot implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0);
  private final byte[] answer;

  /** Ends its sending in place of an answer where that is null. */
  OneShot(String answer) throws IOException {
    this.answer = answer == null ? null : HexFormat.of().parseHex(answer.replace(" ", ""));
    new Thread(this::serve, "one shot").start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", listener.getLocalPort());
  }

  private void serve() {
    try (Socket client = listener.accept()) {
      InputStream in = client.getInputStream();
      in.read();
      if (answer == null) {
        client.shutdownOutput();
      } else {
        client.getOutputStream().write(answer);
      }
      in.transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      // the client is gone
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
