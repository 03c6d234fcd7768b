package score;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Plays one side of recorded connections with raw bytes, whatever the other side says. */
final class Peer {
  private static final int MILLIS = 5000;

  private Peer() {}

  /** Plays the client, one connection after another; whether the other side took all of it. */
  static boolean asClient(
      InetSocketAddress server, FrameFormat format, List<List<Entry>> connections) {
    for (List<Entry> connection : connections) {
      try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
        play(socket, format, connection, Direction.C2S);
      } catch (IOException e) {
        return false; // the other side has closed the connection, as it should do with a wrong
        // client
      }
    }
    return true;
  }

  /**
   * Plays the server in a thread of its own, which ends with {@code listening} or the last
   * connection.
   */
  static Thread asServer(
      ServerSocket listening, FrameFormat format, List<List<Entry>> connections) {
    Thread serving = new Thread(() -> {
      for (List<Entry> connection : connections) {
        try (Socket socket = listening.accept()) {
          play(socket, format, connection, Direction.S2C);
        } catch (IOException e) {
          if (listening.isClosed()) {
            return;
          }
        }
      }
    });
    serving.start();
    return serving;
  }

  static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  private static void play(Socket socket, FrameFormat format, List<Entry> connection, Direction own)
      throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(MILLIS);
    FrameReader in = new FrameReader(socket.getInputStream(), format);
    FrameWriter out = new FrameWriter(socket.getOutputStream(), format);
    for (Entry entry : connection) {
      if (entry.direction() == own) {
        out.write(entry.payload());
      } else if (in.read() == null) {
        throw new EOFException("found the end of the connection instead of a frame");
      }
    }
    socket.shutdownOutput();
    while (in.read() != null) {
      // What else comes is the other side's business.
    }
  }
}
