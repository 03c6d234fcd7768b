package io.tracestream.replay;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running verification: plays a recorded client to a real server, and compares what that sends
 * with what was recorded. For any number of threads.
 *
 * <p>Its threads are daemons: a program that is to see the end waits for it.
 */
public final class Verifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final VerifyConfig config;
  private final Playlist playlist;
  private final InetSocketAddress address;
  private final Sessions sessions;

  private Verifier(VerifyConfig config, Manner manner, Playlist playlist, Socket first) {
    this.config = config;
    this.playlist = playlist;
    this.address = (InetSocketAddress) first.getLocalSocketAddress();
    this.sessions = new Sessions(manner, playlist, config.listener());
  }

  /**
   * Opens the recordings, connects to the target, and begins to play: each conversation on a
   * connection of its own, one after the other.
   *
   * @param config what to do
   * @return the running verification; close it
   * @throws io.tracestream.recording.RecordingException when a recording cannot be read, or is none
   * @throws IOException when the target cannot be reached
   */
  public static Verifier start(VerifyConfig config) throws IOException {
    Manner manner = new Manner(
        Direction.S2C, config.format(), config.timing(), config.rules(), config.replyTimeout());
    Playlist playlist = new Playlist(config.conversations(), Selection.ORDER, false, manner);
    try {
      Socket first = connect(config);
      Verifier verifier = new Verifier(config, manner, playlist, first);
      Thread thread = new Thread(() -> verifier.playAll(first), "ts-verify");
      thread.setDaemon(true);
      thread.start();
      return verifier;
    } catch (IOException | RuntimeException e) {
      playlist.close();
      throw e;
    }
  }

  private void playAll(Socket first) {
    try {
      sessions.start(1, first);
      for (long number = 2; number <= playlist.size(); number++) {
        sessions.await(number - 1, FOREVER);
        start(number);
      }
    } catch (IOException | InterruptedException | RejectedExecutionException e) {
      LOG.debug("verifying: {}", e.getMessage()); // it is closed already
    }
  }

  private void start(long number) throws IOException {
    Socket socket;
    try {
      socket = connect(config);
    } catch (IOException e) {
      sessions.failed(
          number,
          config.target(),
          "target " + config.target() + ": found \"" + e.getMessage() + "\", expected a server");
      return;
    }
    sessions.start(number, socket);
  }

  private static Socket connect(VerifyConfig config) throws IOException {
    InetSocketAddress target = config.target();
    if (target.isUnresolved()) {
      throw new UnknownHostException(target.getHostString() + ": no address");
    }
    long millis = Math.max(1, Timing.nanos(config.replyTimeout()) / 1_000_000);
    Socket socket = new Socket();
    try {
      socket.connect(target, (int) Math.min(millis, Integer.MAX_VALUE));
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Where the played client is.
   *
   * @return the local address of its first connection
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
   * @param count connections; there are as many as conversations
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
    playlist.close();
  }
}
