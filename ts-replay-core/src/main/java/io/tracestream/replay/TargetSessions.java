package io.tracestream.replay;

import io.tracestream.engine.Addresses;
import io.tracestream.engine.Engine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions with a target. The first one shows whether it can be reached at all. */
abstract class TargetSessions extends Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(TargetSessions.class);

  private final InetSocketAddress target;
  /** The local address of the first connection, or why there is none. */
  private final CompletableFuture<InetSocketAddress> address = new CompletableFuture<>();

  TargetSessions(
      Role role,
      Playlist playlist,
      SessionListener listener,
      Engine engine,
      InetSocketAddress target) {
    super(role, playlist, listener, engine);
    this.target = target;
  }

  /** A session is over: what its client does next. On its loop. */
  abstract void next(Session ended, SessionResult result);

  @Override
  void connected(Session session, InetSocketAddress local) {
    LOG.debug("{}: connected to {}", session, Addresses.numeric(session.peer()));
    address.complete(local);
  }

  @Override
  final void ended(Session session, SessionResult result) {
    if (!address.isDone()) {
      address.completeExceptionally(noTarget(result));
    }
    if (!address.isCompletedExceptionally()) { // else start reports that, and closes all
      super.ended(session, result);
      next(session, result);
    }
  }

  private static ConnectException noTarget(SessionResult result) {
    return new ConnectException(
        result.damage() == null ? "it was closed while it was connecting" : result.damage());
  }

  @Override
  synchronized void fail(Throwable cause) {
    super.fail(cause);
    address.completeExceptionally(cause);
  }

  /** Waits until the first one is connected. */
  final void awaitFirst() throws IOException {
    try {
      address.get();
    } catch (ExecutionException e) {
      throw new ConnectException(Objects.requireNonNull(e.getCause()).getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + target);
    }
  }

  /** The local address of the first connection. */
  final InetSocketAddress address() {
    return address.join();
  }
}
