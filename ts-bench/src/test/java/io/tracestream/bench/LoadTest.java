package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(500);

  @Test
  void aFloodIsCountedByTheSinkAndMayBeRepeated() throws Exception {
    try (SinkServer sink = new SinkServer();
        Flood flood = new Flood(sink.address(), 10_240, LONG)) {
      assertTrue(flood.send(1000).nanos() > 0);
      assertTrue(flood.send(1).nanos() > 0);
    }
  }

  @Test
  void theSinkFindsFramesWhereverTheReadsAreCut() throws Exception {
    try (SinkServer sink = new SinkServer();
        Socket client = new Socket(sink.address().getAddress(), sink.address().getPort())) {
      client.setTcpNoDelay(true);
      for (byte each : hex("0000000000000002 6869 0000000000000001 21 0000000000000000")) {
        client.getOutputStream().write(each);
      }
      byte[] reply = client.getInputStream().readNBytes(16);
      assertEquals("00000000000000080000000000000002", HexFormat.of().formatHex(reply));
    }
  }

  @Test
  void aFloodOfFramesLargerThanTheBuffersIsCounted() throws Exception {
    try (SinkServer sink = new SinkServer();
        Flood flood = new Flood(sink.address(), 5_000_000, LONG)) {
      assertTrue(flood.send(3).nanos() > 0);
    }
  }

  @Test
  void aWrongCountIsRefused() throws Exception {
    try (OneShot server = new OneShot("0000000000000008 0000000000000005");
        Flood flood = new Flood(server.address(), 64, LONG)) {
      Exception e = assertThrows(IOException.class, () -> flood.send(6));
      assertEquals(
          "flood: found a count of 5 frames in a frame of 8 bytes, expected 6 in one of 8",
          e.getMessage());
    }
  }

  @Test
  void aSilentServerStallsAFloodWithAMessage() throws Exception {
    try (OneShot server = new OneShot("");
        Flood flood = new Flood(server.address(), 64, SHORT)) {
      Exception e = assertThrows(IOException.class, () -> flood.send(6));
      assertEquals(
          "flood: found nothing moving for 500 ms after 6 of 6 frames, expected a count of them",
          e.getMessage());
    }
  }

  @Test
  void roundTripsAreTimedOnEachConnection() throws Exception {
    try (EchoServer echo = new EchoServer();
        Ping ping = new Ping(echo.address(), 64, 10, 1, LONG)) {
      Load.Timed timed = ping.send(200);
      assertTrue(timed.p50Nanos() > 0);
      assertTrue(timed.p99Nanos() >= timed.p50Nanos());
      assertTrue(timed.nanos() >= timed.p99Nanos());
    }
  }

  @Test
  void moreBytesOnTheirWayThanTheKernelHoldsComeBackAll() throws Exception {
    try (EchoServer echo = new EchoServer();
        Ping ping = new Ping(echo.address(), 1_000_000, 2, 16, LONG)) {
      assertTrue(ping.send(100).nanos() > 0);
    }
  }

  @Test
  void fewerRoundTripsThanConnectionsAreMade() throws Exception {
    try (EchoServer echo = new EchoServer();
        Ping ping = new Ping(echo.address(), 64, 10, 4, LONG)) {
      assertTrue(ping.send(3).nanos() > 0);
    }
  }

  @Test
  void eachVisitOpensAConnectionAndMakesARoundTrip() throws Exception {
    try (EchoServer echo = new EchoServer();
        Visits visits = new Visits(echo.address(), 64, 4, LONG)) {
      assertTrue(visits.send(50).p50Nanos() > 0);
      assertTrue(visits.send(2).nanos() > 0);
    }
  }

  @Test
  void aSilentServerStallsAVisitWithAMessage() throws Exception {
    try (OneShot server = new OneShot("00");
        Visits visits = new Visits(server.address(), 1, 1, SHORT)) {
      Exception e = assertThrows(IOException.class, () -> visits.send(3));
      assertEquals(
          "accept: found nothing coming back for 500 ms after 0 of 3 connections", e.getMessage());
    }
  }

  @Test
  void aVisitThatEndsEarlyIsSaid() throws Exception {
    try (OneShot server = new OneShot(null);
        Visits visits = new Visits(server.address(), 1, 1, LONG)) {
      Exception e = assertThrows(IOException.class, () -> visits.send(3));
      assertEquals("accept: found 0 bytes and the end, expected 9", e.getMessage());
    }
  }

  @Test
  void aConnectionTakesTwoDescriptorsAndSomeAreLeftForTheRest() {
    assertEquals(5000, Descriptors.connections(5000, 20_000));
    assertEquals(9800, Descriptors.connections(10_000, 20_000));
    assertEquals(1, Descriptors.connections(10_000, 256));
  }

  @Test
  void bytesThatWereNotSentAreRefused() throws Exception {
    try (OneShot server = new OneShot("00".repeat(9 + 8))) {
      Exception e =
          assertThrows(IOException.class, () -> new Ping(server.address(), 1, 1, 1, LONG));
      assertEquals("ping: found 17 bytes coming back, expected 9", e.getMessage());
    }
  }

  @Test
  void aSilentServerStallsAPingWithAMessage() throws Exception {
    try (OneShot server = new OneShot("00")) {
      Exception e =
          assertThrows(IOException.class, () -> new Ping(server.address(), 1, 1, 1, SHORT));
      assertEquals(
          "ping: found nothing coming back for 500 ms after 0 of 1 round trips", e.getMessage());
    }
  }

  @Test
  void anEarlyEndIsSaid() throws Exception {
    try (OneShot server = new OneShot(null)) {
      Exception e =
          assertThrows(IOException.class, () -> new Ping(server.address(), 1, 1, 1, LONG));
      assertEquals(
          "ping: found the end of the connection, expected 1 more frames of 9 bytes",
          e.getMessage());
    }
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
