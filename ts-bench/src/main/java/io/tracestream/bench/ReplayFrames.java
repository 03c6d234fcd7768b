package io.tracestream.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Sends the frames of one direction of a {@link ReplayRecording}, in writes of up to 256 KiB. */
final class ReplayFrames implements Runnable {
  private static final int BUFFER = 256 * 1024;

  private final ReplayRecording recording;
  private final int first;
  private final SocketChannel channel;
  private volatile IOException failure;

  /**
   * Nothing is sent yet.
   *
   * @param first the first entry to send, from 0; then every second one
   * @param channel where to; closed when sending fails, so that who reads it sees the end
   */
  ReplayFrames(ReplayRecording recording, int first, SocketChannel channel) {
    this.recording = recording;
    this.first = first;
    this.channel = channel;
  }

  /** Why not all was sent; null when all was, or will be. */
  IOException failure() {
    return failure;
  }

  @Override
  public void run() {
    try {
      sendAll();
    } catch (IOException e) {
      failure = e;
      close();
    }
  }

  private void sendAll() throws IOException {
    int frameLength = Frames.HEADER_LENGTH + recording.payloadLength();
    ByteBuffer out = ByteBuffer.allocateDirect(Math.max(BUFFER, frameLength));
    for (int i = first; i < 2 * recording.pairs(); i += 2) {
      if (out.remaining() < frameLength) {
        send(out);
      }
      out.putLong(recording.payloadLength());
      out.put(recording.bytes(), recording.start(i), recording.payloadLength());
    }
    send(out);
  }

  private void send(ByteBuffer out) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is of no more use either way
    }
  }
}
