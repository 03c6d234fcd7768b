package io.tracestream.replay;

import io.tracestream.engine.Dialer;
import io.tracestream.engine.Engine;
import io.tracestream.engine.EventLoop;
import io.tracestream.engine.FrameSocket;
import io.tracestream.replay.LoadStats.Problem;
import io.tracestream.replay.SessionResult.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running load: many clients play what recorded clients said to a real server, again and again,
 * and measure how long it takes to reply. Each frame that comes is compared with what was recorded.
 * Thread-safe, and its listener may call it.
 *
 * <p>First all clients connect, some at a time. Then they begin together; with recorded pauses, one
 * after the other within the mean of these pauses, so that they do not go on in step. A client
 * whose connection fails, or whose server departs from the recording, goes on with the next
 * conversation 100 ms later.
 *
 * <p>Its threads are not daemons: a program runs until it is closed.
 */
public final class Load implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Load.class);
  /** More connections that are made at the same moment overflow a usual server's queue. */
  private static final int CONNECTING_AT_ONCE = 64;

  /** No time of System.nanoTime. */
  static final long NEVER = Long.MIN_VALUE;

  private static final long RETRY_NANOS = 100_000_000;
  /** What a process needs besides its connections, in descriptors. */
  private static final int OTHER_DESCRIPTORS = 50;

  private final LoadConfig config;
  private final Role role;
  private final Playlist playlist;
  private final Engine engine;
  private final Dialer dialer;
  private final Again sessions;
  private final List<LoadClient> clients = new ArrayList<>();
  /** Null if the timing says when requests are due. */
  private final @Nullable Rate rate;
  /** The mean of the pauses before requests. */
  private final double pauseNanos;

  private final AtomicLong connections = new AtomicLong();
  private final LongAdder requests = new LongAdder();
  private final LongAdder replies = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder overdue = new LongAdder();
  private final Map<Problem, LongAdder> problems = new EnumMap<>(Problem.class);
  private final AtomicInteger triedFirst = new AtomicInteger();
  /** One for each client that goes on. */
  private final CountDownLatch playing;
  /** When the last reply came that anybody got. */
  private final AtomicLong lastReply = new AtomicLong(NEVER);

  private volatile Phase phase = Phase.CONNECTING;
  // Times of System.nanoTime. Written before the phase in which they are read.
  private long began;
  private long countFrom;
  private long wrappedUp;

  private enum Phase {
    CONNECTING,
    ON,
    /** No more requests are sent. */
    WRAPPING_UP
  }

  private Load(LoadConfig config, Role role, Playlist playlist, double pauseNanos)
      throws IOException {
    this.config = config;
    this.role = role;
    this.playlist = playlist;
    this.rate = config.rate() == 0 ? null : new Rate(config.rate(), config.clients());
    this.pauseNanos = pauseNanos;
    this.playing = new CountDownLatch(config.clients());
    this.engine = Engine.start("ts-load", false, config.format().longestPayload(), this::fail);
    Duration timeout = Duration.ofNanos(Timing.nanos(config.replyTimeout()));
    this.dialer = new Dialer(engine, config.target(), timeout, null, config.targetTls());
    this.sessions = new Again();
    for (Problem problem : Problem.values()) {
      problems.put(problem, new LongAdder());
    }
    for (int i = 0; i < config.clients(); i++) {
      clients.add(new LoadClient(this, engine.next(), role.ofOneClient(), i));
    }
  }

  /** Each client plays the next conversation when one is over. */
  private final class Again extends TargetSessions {
    /** How many ends a listener hears of. */
    private static final int MOST_TOLD = 1000;

    private final AtomicInteger told = new AtomicInteger();

    private Again() {
      super(role, playlist, config.listener(), engine, config.target());
    }

    @Override
    void started(long number, InetSocketAddress peer) {} // there may be many each second

    @Override
    void tell(SessionResult result) {
      boolean isTold = result.outcome() == Outcome.DIFFERED || result.outcome() == Outcome.BROKEN;
      if (isTold && told.get() < MOST_TOLD && told.incrementAndGet() <= MOST_TOLD) {
        super.tell(result);
      }
    }

    private LoadClient clientOf(Session session) {
      return Objects.requireNonNull(session.client());
    }

    @Override
    void connected(Session session, InetSocketAddress local) {
      super.connected(session, local);
      tried(clientOf(session));
    }

    @Override
    void next(Session ended, SessionResult result) {
      LoadClient client = clientOf(ended);
      count(result, ended.hasBegun());
      tried(client);
      if (isOver(client)) {
        lastReply.accumulateAndGet(client.lastReply(), Math::max);
        playing.countDown();
      } else if (result.outcome() == Outcome.MATCHED) {
        client.loop().execute(() -> playNext(client));
      } else {
        client.loop().after(RETRY_NANOS, () -> playNext(client));
      }
    }
  }

  /**
   * Opens the recordings, and connects all clients to the target; then they begin.
   *
   * @param config what to do
   * @return the running load; close it
   * @throws io.tracestream.recording.RecordingException if a recording cannot be read, or is not a
   *     recording
   * @throws java.net.ConnectException if the first connection to the target cannot be made
   * @throws IOException if the system does not have as many threads or descriptors; nothing stays
   *     open then
   */
  public static Load start(LoadConfig config) throws IOException {
    requireDescriptors(config.clients());
    Role role = Role.client(config);
    Playlist playlist = Playlist.open(config.conversations(), Selection.ORDER, false, role, false);
    Load load;
    try {
      load = new Load(config, role, playlist, playlist.countRequests(role));
    } catch (IOException | RuntimeException | Error e) {
      playlist.close();
      throw e;
    }
    try {
      load.connectSome();
      load.sessions.awaitFirst();
      return load;
    } catch (IOException | RuntimeException | Error e) {
      load.close();
      throw e;
    }
  }

  private static void requireDescriptors(int clients) throws IOException {
    int needed = clients + OTHER_DESCRIPTORS;
    int openable = Engine.openableSockets(needed);
    if (openable < needed) {
      throw new IOException(clients + " clients need " + needed
          + " file descriptors, and this process can open only " + openable
          + " more; raise its limit of open files (ulimit -n), or use fewer clients");
    }
  }

  private void connectSome() {
    for (LoadClient client : clients.subList(0, Math.min(CONNECTING_AT_ONCE, clients.size()))) {
      client.loop().execute(() -> playNext(client));
    }
  }

  /** It is known how a client's first connection went: the next client's turn. On its loop. */
  private void tried(LoadClient client) {
    if (!client.triesFirst()) {
      return;
    }
    int after = client.index() + CONNECTING_AT_ONCE;
    if (after < clients.size()) {
      LoadClient next = clients.get(after);
      next.loop().execute(() -> playNext(next));
    }
    if (triedFirst.incrementAndGet() == clients.size()) {
      begin();
    }
  }

  /** All clients have connected, or tried to. */
  private synchronized void begin() {
    if (phase != Phase.CONNECTING) {
      return;
    }
    began = System.nanoTime();
    countFrom = began + Timing.nanos(config.warmUp());
    phase = Phase.ON;
    Duration duration = config.duration();
    if (duration != null) {
      EventLoop loop = engine.first();
      long nanos = Timing.nanos(config.warmUp()) + Timing.nanos(duration);
      loop.execute(() -> loop.after(nanos, this::wrapUp));
    }
    resumeAll();
  }

  /** Sends no more requests, and ends when those that were sent are answered. */
  private synchronized void wrapUp() {
    if (phase == Phase.WRAPPING_UP) {
      return;
    }
    wrappedUp = System.nanoTime();
    boolean hadBegun = phase == Phase.ON;
    if (!hadBegun) {
      countFrom = wrappedUp;
    }
    phase = Phase.WRAPPING_UP;
    if (hadBegun && hasRate()) {
      for (LoadClient client : clients) {
        client.loop().execute(() -> {
          if (!isInLastRound(client)) { // else it would not have sent them in any case
            overdue.add(client.overdueAt(wrappedUp));
          }
        });
      }
    }
    resumeAll();
  }

  private void resumeAll() {
    clients.forEach(client -> client.loop().execute(client::resume));
  }

  /** On the client's loop. */
  private void playNext(LoadClient client) {
    if (isOver(client)) {
      playing.countDown();
      return;
    }
    // Where values go from one connection to the next, each client needs the first one first.
    long from = client.role().use().copiesAcross() ? 0 : client.index();
    Script script = playlist.take(from + client.rounds());
    Session session = new Session(
        connections.incrementAndGet(),
        sessions,
        client.loop(),
        config.target(),
        playlist.play(client.role(), script),
        owner -> FrameSocket.dial(client.loop(), dialer, null, role.format(), owner));
    session.playedBy(client);
    client.begins(session, script);
    if (sessions.opened(session)) {
      session.start();
    } else {
      session.discard();
      playing.countDown();
    }
  }

  private boolean isOver(LoadClient client) {
    return isWrappingUp() || isInLastRound(client);
  }

  private boolean isInLastRound(LoadClient client) {
    return config.rounds() > 0 && client.rounds() == config.rounds();
  }

  private void count(SessionResult result, boolean hadConnection) {
    Problem problem = Problem.of(result, hadConnection);
    if (problem != null) {
      Objects.requireNonNull(problems.get(problem)).increment();
    }
  }

  private void fail(Throwable cause) {
    LOG.error("an event loop failed: {}; the load stops", cause.toString(), cause);
    sessions.fail(cause);
    stopWaiting();
  }

  private void stopWaiting() {
    for (int i = 0; i < config.clients(); i++) {
      playing.countDown();
    }
  }

  // What clients ask and tell, on their loops.

  boolean isOn() {
    return phase == Phase.ON;
  }

  boolean isWrappingUp() {
    return phase == Phase.WRAPPING_UP;
  }

  boolean hasRate() {
    return rate != null;
  }

  /** When the time of a client's first conversation begins. */
  long begins(int client) {
    return began + (long) (pauseNanos * client / config.clients());
  }

  /** When that request of that client is due, both counted from 0. */
  long due(int client, long request) {
    return rate == null ? began : began + rate.due(client, request);
  }

  /** How many requests of that client are due by then. */
  long dueBy(int client, long nanos) {
    return rate == null ? 0 : rate.dueBy(client, nanos - began);
  }

  void asked(long due, int length) {
    if (isCounted(due)) {
      requests.increment();
      bytesSent.add(length);
    }
  }

  void came(long now, int length) {
    if (isCounted(now)) {
      bytesReceived.add(length);
    }
  }

  /** The reply came to a request that was due then. */
  void answered(long due, long now) {
    if (isCounted(due)) {
      replies.increment();
      config.latencies().accept(now - due);
    }
  }

  private boolean isCounted(long nanos) {
    return phase != Phase.CONNECTING && nanos - countFrom >= 0;
  }

  // What others ask.

  /**
   * Waits until all clients have played all their rounds, or the time is over and what was sent is
   * answered.
   *
   * @param timeout how long to wait at most
   * @return false if the time ran out
   * @throws InterruptedException if this thread is interrupted; the load goes on
   */
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return playing.await(Timing.nanos(timeout), TimeUnit.NANOSECONDS);
  }

  /**
   * How the load has gone so far.
   *
   * @return a snapshot; final once this is closed
   */
  public LoadStats stats() {
    Phase now = phase;
    long end = now == Phase.WRAPPING_UP ? wrappedUp : System.nanoTime();
    long last = lastReply.get();
    if (playing.getCount() == 0 && last != NEVER && last - end < 0) {
      end = last; // all rounds were played before that
    }
    long nanos = now == Phase.CONNECTING ? 0 : Math.max(0, end - countFrom);
    Map<Problem, Long> counts = new EnumMap<>(Problem.class);
    problems.forEach((problem, count) -> counts.put(problem, count.sum()));
    return new LoadStats(
        Duration.ofNanos(nanos),
        sessions.openCount(),
        connections.get(),
        requests.sum(),
        replies.sum(),
        overdue.sum(),
        bytesSent.sum(),
        bytesReceived.sum(),
        counts,
        sessions.verdict());
  }

  /**
   * Stops at once: what is being played counts as incomplete. May be called again, and by a
   * listener.
   */
  @Override
  public void close() {
    wrapUp();
    sessions.close();
    playlist.close();
    stopWaiting();
  }
}
