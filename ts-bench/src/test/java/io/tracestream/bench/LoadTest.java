package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadTest {
  @Test
  void aFloodIsOverWhenAllOfItHasArrivedAndMayBeRepeated() throws Exception {
    try (SinkServer sink = new SinkServer();
        Flood flood = new Flood(sink.address(), sink, 10_240)) {
      assertTrue(flood.send(1000).nanos() > 0);
      assertTrue(flood.send(1).nanos() > 0);
    }
  }

  @Test
  void aFloodOfFramesLargerThanTheBuffersArrives() throws Exception {
    try (SinkServer sink = new SinkServer();
        Flood flood = new Flood(sink.address(), sink, 5_000_000)) {
      assertTrue(flood.send(3).nanos() > 0);
    }
  }

  @Test
  void aFloodThatIsEchoedIsOverWhenAllIsBack() throws Exception {
    try (EchoServer echo = new EchoServer();
        Flood flood = new Flood(echo.address(), null, 100_000)) {
      assertTrue(flood.send(200).nanos() > 0);
    }
  }

  @Test
  void roundTripsAreTimedOnEachConnection() throws Exception {
    try (EchoServer echo = new EchoServer();
        Ping ping = new Ping(echo.address(), 64, 10, 1)) {
      Load.Timed timed = ping.send(200);
      assertTrue(timed.p50Nanos() > 0);
      assertTrue(timed.p99Nanos() >= timed.p50Nanos());
      assertTrue(timed.nanos() >= timed.p99Nanos());
    }
  }

  @Test
  void moreBytesOnTheirWayThanTheKernelHoldsComeBackAll() throws Exception {
    try (EchoServer echo = new EchoServer();
        Ping ping = new Ping(echo.address(), 1_000_000, 2, 16)) {
      assertTrue(ping.send(100).nanos() > 0);
    }
  }

  @Test
  void eachVisitOpensAConnectionAndMakesARoundTrip() throws Exception {
    try (EchoServer echo = new EchoServer();
        Visits visits = new Visits(echo.address(), 64, 4)) {
      assertTrue(visits.send(50).p50Nanos() > 0);
      assertTrue(visits.send(2).nanos() > 0);
    }
  }

  @Test
  void bytesThatWereNotSentAreRefused() throws Exception {
    try (ServerSocket server = answering(new byte[9 + 8])) {
      Exception e = assertThrows(IOException.class, () -> new Ping(address(server), 1, 1, 1));
      assertEquals("17 bytes came back, expected 9", e.getMessage());
    }
  }

  @Test
  void anEarlyEndIsSaid() throws Exception {
    try (ServerSocket server = answering(new byte[0])) {
      Exception e =
          assertThrows(IOException.class, () -> new Visits(address(server), 1, 1).send(3));
      assertEquals("0 bytes came back and the end, expected 9 bytes", e.getMessage());
    }
  }

  /** Reads the frame of one client, answers it with these bytes, and ends. */
  private static ServerSocket answering(byte[] answer) throws IOException {
    ServerSocket server = new ServerSocket(0);
    new Thread(() -> {
          try (Socket client = server.accept()) {
            client.getInputStream().readNBytes(9);
            client.getOutputStream().write(answer);
            client.shutdownOutput();
            client.getInputStream().read(); // until the client has gone
          } catch (IOException e) {
            // the client says what it missed
          }
        })
        .start();
    return server;
  }

  private static InetSocketAddress address(ServerSocket server) {
    return new InetSocketAddress("127.0.0.1", server.getLocalPort());
  }
}
