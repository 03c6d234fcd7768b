package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * A running verification: plays a recorded client to a real server, and compares what that sends
 * with what was recorded. For any number of threads.
 *
 * <p>Its threads are daemons: a program that is to see the end waits for it.
 */
public final class Verifier implements AutoCloseable {
  private final Recording recording;
  private final InetSocketAddress address;
  private final Sessions sessions;

  private Verifier(VerifyConfig config, Recording recording, Socket socket) throws IOException {
    this.recording = recording;
    this.address = (InetSocketAddress) socket.getLocalSocketAddress();
    this.sessions = new Sessions(play(config, recording), config.listener());
    sessions.start(1, socket);
  }

  private static Play play(VerifyConfig config, Recording recording) {
    return new Play(
        recording,
        Direction.S2C,
        config.format(),
        config.timing(),
        config.rules(),
        config.replyTimeout());
  }

  /**
   * Opens the recording, connects to the target, and begins to play.
   *
   * @param config what to do
   * @return the running verification; close it
   * @throws io.tracestream.recording.RecordingException when the recording cannot be read, or is
   *     none
   * @throws IOException when the target cannot be reached
   */
  public static Verifier start(VerifyConfig config) throws IOException {
    Recording recording = Recording.open(config.recording(), config.format().longestPayload());
    Socket socket = new Socket();
    try {
      connect(socket, config);
      return new Verifier(config, recording, socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      recording.close();
      throw e;
    }
  }

  private static void connect(Socket socket, VerifyConfig config) throws IOException {
    InetSocketAddress target = config.target();
    if (target.isUnresolved()) {
      throw new UnknownHostException(target.getHostString() + ": no address");
    }
    long millis = Math.max(1, Timing.nanos(config.replyTimeout()) / 1_000_000);
    socket.connect(target, (int) Math.min(millis, Integer.MAX_VALUE));
  }

  /**
   * Where the played client is.
   *
   * @return the local address of its connection
   */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * What became of the verification so far.
   *
   * @return a snapshot, of no session before the end; final once this is closed
   */
  public Verdict verdict() {
    return sessions.verdict();
  }

  /**
   * Waits until so many connections have been played to their end, whatever it was.
   *
   * @param count connections; there is one
   * @param timeout how long to wait at most
   * @return false when the time was over before
   * @throws InterruptedException when this thread is interrupted; the verification goes on
   */
  public boolean awaitConnections(long count, Duration timeout) throws InterruptedException {
    return sessions.await(count, timeout);
  }

  /** Stops: what was not over counts as incomplete. May be called again. */
  @Override
  public void close() throws IOException {
    sessions.close();
    recording.close();
  }
}
