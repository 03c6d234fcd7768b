package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The client of {@code greeting.tsv}, with a 1-byte header: hi, ho, and a bye with an end. */
final class Greeter {
  private Greeter() {}

  static void greet(InetSocketAddress server) throws IOException {
    greet(server, "00");
  }

  static void greet(InetSocketAddress server, String end) throws IOException {
    try (TestPeer client = TestPeer.connect(server)) {
      client.send("02 6869");
      assertEquals("02686f", client.await(3));
      client.send("04 627965" + end);
    }
  }

  /** Says another hi, and keeps what comes of it to itself. */
  static void mumble(InetSocketAddress server) throws IOException {
    try (TestPeer client = TestPeer.connect(server)) {
      client.send("02 6868").awaitEnd();
    }
  }

  static void leaveEarly(InetSocketAddress server) throws IOException {
    try (TestPeer client = TestPeer.connect(server)) {
      client.send("02 6869").await(3);
    }
  }
}
