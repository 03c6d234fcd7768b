package io.tracestream.proxy;

import io.tracestream.engine.Addresses;
import io.tracestream.engine.Dialer;
import io.tracestream.engine.Ending;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameRun;
import io.tracestream.engine.FrameSocket;
import io.tracestream.engine.Payloads;
import io.tracestream.recording.Direction;
import io.tracestream.recording.FrameObserver;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.tls.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection and the target connection opened for it: two sockets, and a recorder
 * between them.
 *
 * <p>Thread: lives on one event loop, so it has no locks. A frame goes through {@link #ready} and
 * {@link #forward}, which records it before sending it, to the other socket. What to do about an
 * end or a broken connection is decided in one place, {@link #decide}, after each event.
 *
 * <p>Ends: a FIN is passed on after the frames before it, in each direction separately. When both
 * directions have ended, the connection closes.
 */
final class Connection implements FrameSocket.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  /**
   * A peer that is gone looks like one that has only ended its sending, until something is sent to
   * it. So a half-closed connection is not kept forever.
   */
  private static final Duration HALF_CLOSED = Duration.ofMinutes(2);

  private final long number;
  private final Proxy proxy;
  private final EventLoop loop;
  /** Null if nothing is recorded. */
  private final @Nullable Recorder recorder;

  /** Who sees frames that are not recorded; null for nobody. */
  private final @Nullable Payloads observedC2s;

  private final @Nullable Payloads observedS2c;

  private final FrameSocket client;
  private final FrameSocket target;
  private boolean dialled;
  /** Both sides are connected, so frames go both ways. */
  private boolean open;

  /** The direction that ended first, between frames; null while neither has. */
  private @Nullable Direction endedFirst;
  /** The connection broke or was stopped before it ended. */
  private boolean broken;

  private boolean givenUp;
  /** There was no target, or no handshake with the client. */
  private boolean unreachable;

  private boolean over;
  private final long accepted;

  Connection(
      long number,
      Proxy proxy,
      EventLoop loop,
      @Nullable Recorder recorder,
      Dialer dialer,
      SocketChannel client,
      @Nullable SocketChannel spare)
      throws IOException {
    this.number = number;
    this.proxy = proxy;
    this.loop = loop;
    this.recorder = recorder;
    this.accepted = loop.now();
    FrameObserver observer = recorder == null ? proxy.config().observer() : null;
    this.observedC2s = Recorder.observed(observer, number, Direction.C2S, null);
    this.observedS2c = Recorder.observed(observer, number, Direction.S2C, null);
    ServerTls listenTls = proxy.config().listenTls();
    boolean asks = listenTls != null && proxy.config().targetTls() != null;
    this.client =
        FrameSocket.accepted(loop, client, proxy.config().format(), listenTls, asks, this);
    this.target = FrameSocket.dial(loop, dialer, spare, proxy.config().format(), this);
    Faults faults = proxy.config().faults();
    if (faults != null) {
      injectFaults(faults);
    }
    this.client.watch();
    if (listenTls == null) {
      dial(List.of());
    }
  }

  private void injectFaults(Faults faults) {
    target.injectFaults(
        faults, Direction.C2S, number, (frame, fault) -> injected(Direction.C2S, frame, fault));
    client.injectFaults(
        faults, Direction.S2C, number, (frame, fault) -> injected(Direction.S2C, frame, fault));
  }

  private void injected(Direction direction, long frame, Fault fault) {
    LOG.info("{} {} frame {}: fault: {}", this, direction, frame, fault);
    if (recorder != null) {
      recorder.comment("fault: " + fault);
    }
  }

  @Override
  public void ready(FrameSocket socket) {
    if (over) {
      return;
    }
    FrameSocket from = socket;
    if (!open && mayOpen()) {
      open = true;
      from = client; // what came while the target was dialled
      InetSocketAddress peer = target.peer();
      if (LOG.isDebugEnabled() && peer != null) {
        LOG.debug(
            "{}: connected to target {}{}",
            this,
            Addresses.numeric(peer),
            shown(target.security()));
      }
    }
    if (open && !givenUp) {
      forward(from);
    }
    decide();
  }

  /**
   * Whether both sides are connected. The target is dialled once the client's handshake is done, so
   * that strangers do not get that far; but if the client offers application protocols, the target
   * is asked first which of them it speaks.
   */
  private boolean mayOpen() {
    List<String> offered = client.offered();
    if (!dialled && (client.isConnected() || !offered.isEmpty())) {
      LOG.debug("{}: the client speaks{}", this, shown(client.security()));
      dial(offered);
    }
    if (target.isConnected() && !offered.isEmpty()) {
      client.choose(target.protocol());
    }
    return target.isConnected() && client.isConnected();
  }

  private static String shown(String security) {
    return security.isEmpty() ? "" : " " + security;
  }

  private void dial(List<String> offered) {
    dialled = true;
    target.connect(offered);
  }

  /**
   * Records the frames that have come and sends them; drops them if they cannot be sent. There is
   * one call for both directions, as the JIT compiler would inline all of it into each.
   */
  private void forward(FrameSocket from) {
    boolean isFromClient = from == client;
    FrameSocket to = isFromClient ? target : client;
    if (recorder == null) {
      to.forward(from.read(to.deciding(from, isFromClient ? observedC2s : observedS2c)));
      return;
    }
    Payloads taking = recorder.taking(isFromClient ? Direction.C2S : Direction.S2C);
    FrameRun frames = from.read(to.deciding(from, taking));
    IOException failure = frames.isEmpty() ? null : recorder.beforeForwarding();
    if (failure == null) {
      to.forward(frames);
    } else {
      frames.release(); // what cannot be recorded must not be forwarded
      recordingFailed(failure);
      close();
    }
  }

  private void recordingFailed(IOException failure) {
    broken = true;
    if (Engine.isOutOfDescriptors()) {
      LOG.warn("{}: {}; closing it: raise the limit of open files", this, failure.getMessage());
    } else {
      proxy.fail(failure);
    }
  }

  /** Acts on the state of both sockets: where one has ended, the connection begins to end here. */
  private void decide() {
    if (over) {
      return;
    }
    if (open && !givenUp && client.goesOn() && target.goesOn()) {
      goOn(); // as after nearly every event
    } else {
      decideAtAnEnd();
    }
  }

  /** Reads from a side only while the other one has taken everything. */
  private void goOn() {
    client.wantFrames(target.takesMore());
    target.wantFrames(client.takesMore());
  }

  private void decideAtAnEnd() {
    if (!givenUp) {
      Ending targets = target.ending();
      if (targets != null && targets.kind() == Ending.Kind.UNREACHABLE) {
        notOpened(targets);
      } else if (!open && client.isGone()) {
        LOG.debug("{}: the client left before the target was connected", this);
        close();
        return;
      } else if (!open && client.ending() != null) {
        notOpened(client.ending());
      } else if (!open) {
        return;
      }
      passOn(client, target, Direction.C2S);
      passOn(target, client, Direction.S2C);
      endIfGone(client, target, "target");
      endIfGone(target, client, "client");
    }
    if (!givenUp && client.ending() != null && target.ending() != null) {
      givenUp = client.isEndSent() && target.isEndSent();
    }
    if (givenUp) {
      client.finish();
      target.finish();
      if (client.isClosed() && target.isClosed()) {
        close();
      }
    } else {
      goOn();
    }
  }

  /** Passes on an end between frames; any other end closes both sides. */
  private void passOn(FrameSocket from, FrameSocket to, Direction direction) {
    Ending ending = from.ending();
    if (ending == null || givenUp) {
      return;
    }
    switch (ending.kind()) {
      case ENDED -> {
        to.end();
        ended(direction);
      }
      case RESET -> {
        broken |= endedFirst == null;
        LOG.info(
            "{}: the {} broke the connection: {}; closing the other side",
            this,
            direction == Direction.C2S ? "client" : "target",
            ending.text());
        givenUp = true;
      }
      case FAULT -> {
        LOG.info(
            "{}: {} to the {}; closing the other side",
            this,
            ending.text(),
            direction == Direction.C2S ? "client" : "target");
        broken = true;
        givenUp = true;
      }
      default -> {
        giveUp(direction + " " + ending);
        if (ending.isBadFrame() && from.received() == 0) {
          proxy.notFrames(number, direction, from);
        }
      }
    }
  }

  private void ended(Direction direction) {
    endedFirst = endedFirst == null ? direction : endedFirst;
    if (recorder != null) {
      recorder.ended(direction);
    }
  }

  /** A peer that has ended its sending and cannot be sent to is gone. */
  private void endIfGone(FrameSocket from, FrameSocket to, String name) {
    if (!givenUp && from.ending() == null && to.ending() != null && to.sendFailure() != null) {
      LOG.info("{}: the {} is gone: {}; closing the other side", this, name, to.sendFailure());
      givenUp = true;
    }
  }

  /** No target, or no handshake with the client: there is nothing to forward. */
  private void notOpened(Ending ending) {
    LOG.warn(
        "{}: {}; closing the client{}",
        this,
        ending.text(),
        ending.advice().isEmpty() ? "" : ": " + ending.advice());
    proxy.failed(number, ending.text());
    unreachable = ending.kind() == Ending.Kind.UNREACHABLE;
    givenUp = true;
  }

  /** Closes both sides, after the frames that are complete have been delivered. */
  private void giveUp(String reason) {
    LOG.warn("{} {}; closing both sides", this, reason);
    proxy.failed(number, reason);
    broken = true;
    givenUp = true;
  }

  @Override
  public void second(FrameSocket socket) {
    if (over || givenUp || socket != client || !open) {
      return;
    }
    long quiet = loop.now() - Math.max(client.busyUntil(), target.busyUntil());
    Duration patience = proxy.config().idleTimeout();
    if (patience != null && Duration.ofNanos(quiet).compareTo(patience) > 0) {
      giveUp("idle for " + seconds(patience));
    } else if ((client.ending() != null || target.ending() != null)
        && quiet > HALF_CLOSED.toNanos()) {
      LOG.info(
          "{}: the {} ended its sending, and nothing has passed for {}; closing both sides",
          this,
          client.ending() != null ? "client" : "target",
          seconds(HALF_CLOSED));
      givenUp = true;
    } else {
      warnIfStuck(client, target, Direction.C2S);
      warnIfStuck(target, client, Direction.S2C);
    }
    decide();
  }

  private void warnIfStuck(FrameSocket from, FrameSocket to, Direction direction) {
    String stuck = !to.takesMore() ? null : from.stuckFrame();
    if (stuck != null) {
      LOG.warn("{} {} {}", this, direction, stuck);
    }
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  /** Whether the client has ended its sending, so that it may be gone in a moment. */
  boolean isEnding() {
    return givenUp || client.hasEnded();
  }

  /** Closes in favour of the next client, if this one ended before its target was connected. */
  void giveWay() {
    if (!open && client.hasEnded()) {
      LOG.info("{}: the client ended before the target was connected; serving the next one", this);
      close();
    }
  }

  @Override
  public void stop(@Nullable Throwable cause) {
    if (cause != null) {
      proxy.failed(number, "unexpected error: " + cause);
    }
    broken |= !givenUp;
    close();
  }

  private void close() {
    if (over) {
      return;
    }
    over = true;
    client.close();
    target.close();
    if (recorder != null) {
      IOException failure = recorder.end(recordedEnd());
      if (failure != null) {
        recordingFailed(failure);
      } else {
        recorder.logResult(this, open, unreachable);
      }
    }
    proxy.closed(number, recorder, this, loop);
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{}: closed, after {} and {} in {}",
          this,
          stats().shown(Direction.C2S),
          stats().shown(Direction.S2C),
          Recorders.seconds((loop.now() - accepted) / 1000));
    }
  }

  private RecordedEnd recordedEnd() {
    if (broken || endedFirst == null) {
      return RecordedEnd.CUT_OFF;
    }
    return endedFirst == Direction.C2S ? RecordedEnd.CLIENT : RecordedEnd.TARGET;
  }

  /** What it has carried. */
  ProxyStats stats() {
    return new ProxyStats(
        1,
        over ? 0 : 1,
        client.frames(),
        client.received(),
        target.frames(),
        target.received(),
        0,
        0,
        0);
  }

  long number() {
    return number;
  }

  @Override
  public String toString() {
    return "connection " + number;
  }
}
