package io.tracestream.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.codec.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DetectingRelayTest {
  private static final FrameFormat FORMAT =
      new FrameFormat(Framing.parse("length=4,order=little"), 1000);

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Sends every byte of one connection back. */
  private static void echo(ServerSocket server) {
    Thread thread = new Thread(() -> {
      try (Socket client = server.accept()) {
        client.getInputStream().transferTo(client.getOutputStream());
      } catch (IOException e) {
        // the test has ended
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void bytesPassUntouchedAndTheirFramingIsKnownAfterwards() throws Exception {
    List<String> problems = Collections.synchronizedList(new ArrayList<>());
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        DetectingRelay relay = DetectingRelay.start(
            anyPort(), (InetSocketAddress) server.getLocalSocketAddress(), problems::add)) {
      echo(server);
      try (Socket client =
          new Socket(relay.address().getAddress(), relay.address().getPort())) {
        FrameWriter writer = new FrameWriter(client.getOutputStream(), FORMAT);
        FrameReader reader = new FrameReader(client.getInputStream(), FORMAT);
        for (int i = 0; i < 10; i++) {
          byte[] payload = new byte[7 * i];
          writer.write(payload);
          assertArrayEquals(payload, reader.read());
        }
        client.shutdownOutput();
        assertEquals(-1, client.getInputStream().read());
      }
      Detection detection = relay.detection();
      assertEquals(FORMAT.framing(), detection.candidates().get(0).framing());
      assertEquals(List.of(), problems);
    }
  }

  @Test
  void aTargetThatCannotBeReachedIsReportedAndTheClientClosed() throws Exception {
    List<String> problems = Collections.synchronizedList(new ArrayList<>());
    InetSocketAddress nobody;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) gone.getLocalSocketAddress();
    }
    try (DetectingRelay relay = DetectingRelay.start(anyPort(), nobody, problems::add);
        Socket client = new Socket(relay.address().getAddress(), relay.address().getPort())) {
      assertEquals(-1, client.getInputStream().read());
      assertTrue(problems.get(0).startsWith("cannot reach "), problems::toString);
      assertTrue(relay.detection().candidates().isEmpty());
    }
  }
}
