package io.tracestream.junit;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Says ho to each hi, to one client after the other. */
final class GreetingServer implements AutoCloseable {
  private final TestTarget target = TestTarget.start();
  private final Thread thread = new Thread(this::serve, "greeting-server");

  GreetingServer() throws IOException {
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return target.address();
  }

  private void serve() {
    try {
      while (true) {
        try (TestPeer client = target.accept()) {
          if (client.await(3).equals("026869")) {
            client.send("02 686f");
            client.awaitEnd();
          }
        } catch (AssertionError e) {
          // It sent no hi.
        }
      }
    } catch (IOException e) {
      // This is closed.
    }
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
