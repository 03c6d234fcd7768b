package io.tracestream.proxy;

import io.tracestream.codec.FrameException;
import io.tracestream.recording.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection and the target connection opened for it.
 *
 * <p>Thread: lives and dies on one event loop, so it has no locks. Ends: a FIN travels on behind
 * the frames before it, each direction by itself. When both directions have passed on their end,
 * the connection closes; a peer that goes on sending into a connection that is given up gets a
 * moment to read its end first, since closing at once would reset what is still under way to it.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final long LINGER_MILLIS = 1000;
  /** How often a peer may take nothing of the frames that it is owed, before it is given up too. */
  private static final int MOST_IDLE_LINGERS = 60;

  private final long number;
  private final Proxy proxy;
  private final EventLoop loop;
  private final Recorder recorder;
  private final Endpoint client;
  private final Endpoint target;
  private final Relay c2s;
  private final Relay s2c;

  private final Dialer dialer;
  private Timers.Timer linger;
  private boolean closed;

  Connection(
      long number,
      Proxy proxy,
      EventLoop loop,
      Recorder recorder,
      SocketChannel client,
      SocketChannel target) {
    this.number = number;
    this.proxy = proxy;
    this.loop = loop;
    this.recorder = recorder;
    this.client = new Endpoint(this, "client", client);
    this.target = new Endpoint(this, "target", target);
    this.c2s =
        new Relay(this, Direction.C2S, this.client, this.target, proxy.config().format());
    this.s2c =
        new Relay(this, Direction.S2C, this.target, this.client, proxy.config().format());
    this.client.join(c2s, s2c);
    this.target.join(s2c, c2s);
    this.dialer = new Dialer(this, this.target, loop, proxy.config());
  }

  EventLoop loop() {
    return loop;
  }

  Recorder recorder() {
    return recorder;
  }

  /** Connects to the target; the client waits unread. */
  void open() {
    try {
      proxy.listener().opened(number, clientAddress());
      if (recorder != null) {
        recorder.begin(this);
      }
      LOG.debug("{}: accepted {}", this, client.channel().getRemoteAddress());
      client.configure();
      client.register(loop);
      dialer.dial(proxy);
    } catch (IOException e) {
      LOG.debug("{}: the client is gone: {}", this, e.getMessage());
      close();
    }
  }

  /** Where the client is; while it is connected. */
  InetSocketAddress clientAddress() throws IOException {
    return (InetSocketAddress) client.channel().getRemoteAddress();
  }

  void finishConnect() {
    dialer.finish();
  }

  void unreachable(String found) {
    InetSocketAddress name = proxy.config().target();
    String reason = "target " + name.getHostString() + ":" + name.getPort() + ": found \"" + found
        + "\", expected a connection";
    LOG.warn("{}: {}; closing the client: start the target or correct its address", this, reason);
    proxy.listener().failed(number, reason);
    giveUpWithout(target);
  }

  boolean clientEnded() {
    return c2s.sourceEnded();
  }

  /** A peer reset its connection: what had come complete is still delivered to the other one. */
  void broke(Endpoint endpoint, IOException e) {
    LOG.info("{}: the {} broke off: {}; closing the other side", this, endpoint, e.getMessage());
    giveUpWithout(endpoint);
  }

  private void giveUpWithout(Endpoint endpoint) {
    Relay away = endpoint == client ? c2s : s2c;
    Relay toward = endpoint == client ? s2c : c2s;
    away.sourceBroke();
    toward.sinkBroke();
    giveUp(away);
  }

  /** The stream in one direction cannot be trusted any more. */
  void refuse(Direction direction, FrameException e) {
    LOG.warn("{} {} {}; closing both sides", this, direction, e.getMessage());
    proxy.listener().failed(number, direction + " " + e.getMessage());
    giveUp(direction == Direction.C2S ? c2s : s2c);
  }

  /** Ends both directions; what had come complete through {@code owed} is still to be delivered. */
  private void giveUp(Relay owed) {
    c2s.discard();
    s2c.discard();
    linger(owed);
  }

  private void linger(Relay owed) {
    if (linger == null && !closed) {
      lingerOn(owed, 0, c2s.delivered() + s2c.delivered());
    }
  }

  /** Closes when nobody has taken anything for a moment; for a long one, where frames are owed. */
  private void lingerOn(Relay owed, int idle, long delivered) {
    linger = loop.timers.in(LINGER_MILLIS, () -> {
      long now = c2s.delivered() + s2c.delivered();
      if (now == delivered && (!owed.wantsToWrite() || idle == MOST_IDLE_LINGERS)) {
        close();
      } else {
        lingerOn(owed, now == delivered ? idle + 1 : 0, now);
      }
    });
  }

  /** The frames at hand cannot be recorded, so they must not be forwarded. */
  void recordingLost(IOException e) {
    if (isForWantOfDescriptors(e)) {
      LOG.warn("{}: {}; closing both sides: raise the limit of open files", this, e.getMessage());
    } else {
      proxy.fail(e);
    }
    close();
  }

  /** True where a file could not be opened, but those that are open can go on. */
  private static boolean isForWantOfDescriptors(IOException e) {
    return e.getCause() instanceof FileSystemException cause
        && cause.getReason() != null
        && cause.getReason().startsWith("Too many open files");
  }

  /** To be called after each change: asks for what can be done next, or closes. */
  void settle() {
    if (closed) {
      return;
    }
    client.updateInterest();
    target.updateInterest();
    if (c2s.sinkEnded() && s2c.sinkEnded()) {
      if (c2s.sourceEnded() && s2c.sourceEnded()) {
        close();
      } else {
        linger(c2s);
      }
    }
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    dialer.cancel();
    if (linger != null) {
      linger.cancel();
    }
    c2s.free();
    s2c.free();
    client.closeChannel();
    target.closeChannel();
    if (recorder != null) {
      recorder.end();
    }
    proxy.closed(number);
    LOG.debug("{}: closed", this);
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
