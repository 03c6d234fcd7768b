package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A socket that carries frames, over real connections, as its owner sees it. */
@Timeout(60)
class FrameSocketTest {
  private static final FrameFormat FORMAT = new FrameFormat(4, 16 * 1024 * 1024);
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<FrameSocket> accepted = new LinkedBlockingQueue<>();
  private Engine engine;
  private Listener listener;

  /** Says what it is told, and does what a frame says: echo, finish, close, or fail. */
  private final class Teller implements FrameSocket.Owner, Payloads {
    private FrameSocket socket;
    private String todo = "";
    private boolean done;

    @Override
    public void ready(FrameSocket ready) {
      if (done) {
        return;
      }
      FrameRun frames = ready.read(this);
      if (todo.equals("echo")) {
        ready.forward(frames);
      } else {
        frames.release();
      }
      if (todo.equals("fail")) {
        throw new AssertionError("failed by a test");
      }
      if (todo.equals("finish") || ready.ending() != null) {
        ready.finish();
      }
      todo = "";
      if (ready.ending() != null) {
        told.add(ready.ending().kind() + ": " + ready.ending().text());
      }
      done = ready.isClosed();
      if (done) {
        told.add("closed");
      }
    }

    @Override
    public void payload(ByteBuffer payload) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      if (text.startsWith("!")) {
        todo = text.substring(1);
      } else {
        told.add(text);
      }
    }

    @Override
    public void largePayload(ByteBuffer[] parts) {
      long length = 0;
      for (ByteBuffer part : parts) {
        length += part.remaining();
      }
      told.add("large: " + length);
      if (length == 0x100001) {
        throw new AssertionError("failed by a test");
      }
    }

    @Override
    public void second(FrameSocket same) {}

    @Override
    public void stop(Throwable cause) {
      told.add("stopped: " + cause);
      socket.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    start(Runtime.getRuntime().maxMemory());
  }

  private void start(long memory) throws IOException {
    engine = Engine.start("test", false, 1, cause -> told.add("died: " + cause), memory, 2);
    listener = Listener.bind(ANY);
    listener.start(engine, 0, null, (client, spares) -> {
      EventLoop loop = engine.next();
      loop.execute(() -> accept(loop, client));
    });
  }

  private void accept(EventLoop loop, SocketChannel client) {
    try {
      Teller teller = new Teller();
      teller.socket = FrameSocket.accepted(loop, client, FORMAT, null, false, teller);
      teller.socket.wantFrames(true);
      accepted.add(teller.socket);
    } catch (IOException e) {
      told.add("not accepted: " + e);
    }
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  private TestPeer connect() throws IOException {
    return TestPeer.connect(listener.address());
  }

  private String next() throws InterruptedException {
    String next = told.poll(20, TimeUnit.SECONDS);
    assertNotNull(next, "nothing was told");
    return next;
  }

  private static void send(FrameSocket socket, int oneByte) {
    try {
      socket.queue(ByteBuffer.wrap(new byte[] {(byte) oneByte}));
      socket.flush();
    } catch (FrameException e) {
      throw new AssertionError(e);
    }
  }

  private static String frame(String payload) {
    return String.format(Locale.ROOT, "%08x", payload.length())
        + HexFormat.of().formatHex(payload.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void framesAreLentInTheirOrderAndTheEndComesAfterThem() throws Exception {
    try (TestPeer peer = connect()) {
      peer.send(frame("one") + frame("two")).endSending();
      assertEquals("one", next());
      assertEquals("two", next());
      assertEquals("ENDED: it ended its sending", next());
      assertEquals("closed", next());
      assertEquals("", peer.awaitEnd());
    }
  }

  @Test
  void aResetIsAResetEvenIfAWriteMeetsItFirst() throws Exception {
    try (TestPeer peer = connect()) {
      FrameSocket socket = accepted.poll(20, TimeUnit.SECONDS);
      EventLoop loop = engine.first();
      CountDownLatch paused = new CountDownLatch(1);
      loop.execute(() -> {
        socket.wantFrames(false);
        paused.countDown();
      });
      assertTrue(paused.await(20, TimeUnit.SECONDS));
      peer.reset();
      loop.execute(() -> {
        send(socket, 1);
        told.add("sending failed: " + (socket.sendFailure() != null));
        socket.wantFrames(true);
      });
      assertEquals("sending failed: true", next());
      assertTrue(next().startsWith("RESET: "));
    }
  }

  @Test
  void whatIsSentBackGoesInTheBytesItCameIn() throws Exception {
    try (TestPeer peer = connect()) {
      peer.send(frame("!echo") + frame("two"));
      assertEquals(frame("!echo") + frame("two"), peer.await(4 + 5 + 4 + 3));
    }
  }

  @Test
  void anErrorOfTheOwnerStopsItAndNobodyElse() throws Exception {
    try (TestPeer peer = connect();
        TestPeer other = connect()) {
      peer.send(frame("!fail"));
      assertEquals("stopped: java.lang.AssertionError: failed by a test", next());
      assertEquals("", peer.awaitEnd());
      other.send(frame("!echo"));
      assertEquals(frame("!echo"), other.await(9));
    }
  }

  @Test
  void framesOfAnOwnerThatFailedGoToNobodyElse() throws Exception {
    try (TestPeer peer = connect()) {
      peer.send("00100001").send(new byte[0x100001]);
      assertEquals("large: " + 0x100001, next());
      assertEquals("stopped: java.lang.AssertionError: failed by a test", next());
    }
    for (int i = 0; i < engine.loops().size(); i++) { // one of them has the loop of the first
      try (TestPeer other = connect()) {
        other.send(frame("!echo"));
        assertEquals(frame("!echo"), other.await(9));
      }
    }
  }

  @Test
  void anOwnerThatFailsWhereItsTargetIsUnreachableIsStopped() throws Exception {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.test", 9);
    Dialer dialer = new Dialer(engine, nowhere, Duration.ofSeconds(30), null, null, name -> {
      throw new UnknownHostException(name);
    });
    EventLoop loop = engine.first();
    loop.execute(() -> {
      Teller teller = new Teller();
      teller.todo = "fail";
      teller.socket = FrameSocket.dial(loop, dialer, null, FORMAT, teller);
      teller.socket.connect(List.of());
    });
    assertEquals("stopped: java.lang.AssertionError: failed by a test", next());
  }

  @Test
  void aPeerThatGoesOnSendingForEverIsCutOffInTheEnd() throws Exception {
    try (TestPeer peer = connect()) {
      peer.send(frame("!finish"));
      assertEquals("", peer.awaitEnd());
      assertThrows(IOException.class, () -> {
        for (long start = System.nanoTime(); System.nanoTime() - start < 50_000_000_000L; ) {
          peer.send(frame("more"));
          LockSupport.parkNanos(20_000_000);
        }
      });
    }
  }

  @Test
  void aPeerThatIsToldTheEndMayGoOnSendingForAMoment() throws Exception {
    try (TestPeer peer = connect()) {
      peer.send(frame("!finish"));
      assertEquals("", peer.awaitEnd());
      peer.send(frame("more")).endSending();
      assertEquals("closed", next());
    }
  }

  @Test
  void framesGetThroughHoweverMuchOthersHoardAndWhoHoardsIsBrokenOff() throws Exception {
    engine.close();
    start(16 * 1024 * 1024); // 4 MiB for all partial frames together
    byte[] part = new byte[1_000_000];
    try (TestPeer one = connect();
        TestPeer two = connect();
        TestPeer three = connect();
        TestPeer four = connect();
        TestPeer five = connect();
        TestPeer honest = connect()) {
      for (TestPeer hoarder : new TestPeer[] {one, two, three, four, five}) {
        hoarder.send("00f00000").send(part);
      }
      honest.send("00200000").send(new byte[0x200000]);
      String next = next();
      while (!next.equals("large: " + 0x200000)) {
        assertTrue(next.startsWith("HOARDED: byte 0: ") || next.equals("closed"), next);
        next = next();
      }
      while (told.isEmpty() && !next.contains("memory is short")) {
        engine.first().memory.relieve(); // as does who waits for memory
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void largeFramesGetThroughOneByOneWhereNobodyHoards() throws Exception {
    engine.close();
    start(8 * 1024 * 1024); // 2 MiB for all partial frames together
    List<TestPeer> peers = new ArrayList<>();
    List<CompletableFuture<Void>> sending = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      TestPeer peer = connect();
      peers.add(peer);
      sending.add(CompletableFuture.runAsync(() -> {
        try {
          peer.send("00200000").send(new byte[0x200000]);
        } catch (IOException e) {
          told.add("not sent: " + e);
        }
      }));
    }
    for (int i = 0; i < peers.size(); i++) {
      assertEquals("large: " + 0x200000, next());
    }
    sending.forEach(CompletableFuture::join);
    for (TestPeer peer : peers) {
      peer.close();
    }
  }

  @Test
  void theNextAddressIsTriedWhenTheFirstDoesNotAnswer() throws Exception {
    try (ServerSocket live = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        // A listener that accepts nothing drops further connections once its backlog is full.
        ServerSocket dead =
            new ServerSocket(live.getLocalPort(), 1, InetAddress.getByName("127.0.0.2"));
        TestPeer first = TestPeer.connect((InetSocketAddress) dead.getLocalSocketAddress());
        TestPeer second = TestPeer.connect((InetSocketAddress) dead.getLocalSocketAddress())) {
      InetAddress[] addresses = {dead.getInetAddress(), live.getInetAddress()};
      Dialer dialer = new Dialer(
          engine,
          InetSocketAddress.createUnresolved("two.test", live.getLocalPort()),
          Duration.ofSeconds(30),
          null,
          null,
          name -> addresses);
      for (int i = 0; i < 2; i++) { // the second time the one that answered comes first
        EventLoop loop = engine.first();
        loop.execute(() -> {
          Teller teller = new Teller();
          teller.socket = FrameSocket.dial(loop, dialer, null, FORMAT, teller);
          teller.socket.connect(List.of());
          send(teller.socket, 1);
        });
        try (TestPeer accepted = new TestPeer(live.accept())) {
          assertEquals("0000000101", accepted.await(5));
        }
      }
      assertTrue(first.socket().isConnected() && second.socket().isConnected());
    }
  }

  @Test
  void aTargetThatIsUsIsNotConnectedTo() throws Exception {
    Dialer dialer =
        new Dialer(engine, listener.address(), Duration.ofSeconds(30), listener.address(), null);
    EventLoop loop = engine.first();
    loop.execute(() -> {
      Teller teller = new Teller();
      teller.socket = FrameSocket.dial(loop, dialer, null, FORMAT, teller);
      teller.socket.connect(List.of());
    });
    String next = next();
    while (next.equals("closed") || next.startsWith("ENDED") || next.startsWith("RESET")) {
      next = next(); // of the one that was accepted
    }
    assertTrue(next.startsWith("UNREACHABLE: target "), next);
    assertTrue(next.endsWith("it is this process itself"), next);
  }

  @Test
  void userCodeMayFailAndMayCloseTheEngine() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    engine.tell(() -> {
      throw new AssertionError("failed by a test");
    });
    engine.tell(() -> {
      engine.close();
      closed.countDown();
    });
    assertTrue(closed.await(20, TimeUnit.SECONDS));
    assertThrows(IOException.class, this::connect);
  }
}
