package io.tracestream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Sends all replies of a recording to one client without looking at the requests: what the sockets
 * alone allow.
 */
final class BareReplies implements Target {
  private static final int BUFFER = 256 * 1024;

  private final ReplayRecording recording;
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final InetSocketAddress address;

  BareReplies(ReplayRecording recording) throws IOException {
    this.recording = recording;
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = (InetSocketAddress) listener.getLocalAddress();
    new Thread(this::serve, "bare replies").start();
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  private void serve() {
    try (SocketChannel client = listener.accept()) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread sender = new Thread(() -> reply(client), "bare replies");
      sender.start();
      ByteBuffer requests = ByteBuffer.allocateDirect(BUFFER);
      while (client.read(requests.clear()) >= 0) {}
      sender.join();
    } catch (IOException | InterruptedException e) {
      // The client says why it has no replies.
    }
  }

  private void reply(SocketChannel client) {
    new ReplayFrames(recording, 1, client).run();
    try {
      client.shutdownOutput();
    } catch (IOException e) {
      // closed: the client says why it has no replies
    }
  }

  /** Closes the listener; a client under way is served to its end. */
  @Override
  public void close() throws IOException {
    listener.close();
  }
}
