package io.tracestream.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;

/** What this system says about a failure: in the language of its locale, where it is translated. */
public final class SystemText {
  private SystemText() {}

  /** Something that the system refuses to do. */
  public interface Refused {
    void run() throws IOException;
  }

  /** The reason that the system gives. */
  public static String of(Refused action) {
    try {
      action.run();
    } catch (FileSystemException e) {
      return e.getReason();
    } catch (IOException e) {
      return e.getMessage();
    }
    return fail("the system did it");
  }

  /** The reason when nobody listens on a port. */
  public static String connectionRefused() throws IOException {
    SocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalSocketAddress();
    }
    return of(() -> SocketChannel.open(nobody).close());
  }
}
