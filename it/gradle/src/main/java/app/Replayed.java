package app;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Plays a recording of one request and its reply, and prints that reply and how the play went. */
final class Replayed {
  private Replayed() {}

  public static void main(String[] arguments) throws Exception {
    Path recording = Files.createTempFile("replayed", ".rec");
    Files.writeString(recording, "0\tc2s\t70696e67\n0\ts2c\t706f6e67\n");
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ReplayServer server = ReplayServer.start(ReplayConfig.of(anyPort, recording))) {
      ping(server.address());
      server.awaitConnections(1, Duration.ofSeconds(10));
      System.out.println("matched " + server.verdict().matched());
    } finally {
      Files.delete(recording);
    }
  }

  private static void ping(InetSocketAddress address) throws Exception {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      new FrameWriter(socket.getOutputStream(), FrameFormat.DEFAULT).write("ping".getBytes());
      FrameReader in = new FrameReader(socket.getInputStream(), FrameFormat.DEFAULT);
      System.out.println(new String(in.read()));
    }
  }
}
