package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever does not read what a command says does not stop it. */
class UnreadOutputIT {
  private static final String STDERR = "3";
  private static final String BOTH = "1 3";
  private static final String TOO_LONG = "ffff";

  @TempDir
  private Path dir;

  private Path file;
  private InetSocketAddress listen;

  @BeforeEach
  void prepare() throws Exception {
    file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n0\ts2c\t62\n");
    listen = freeAddress();
  }

  /** An address outside the range that port 0 is given from, as the server's line is not read. */
  private static InetSocketAddress freeAddress() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return (InetSocketAddress) free.getLocalSocketAddress();
      } catch (IOException e) {
        // taken: try another one
      }
    }
  }

  private String listen() {
    return "127.0.0.1:" + listen.getPort();
  }

  private App replay(String pipes, String... more) throws Exception {
    String[] args = {
      "replay", "--header-len", "2", "--listen", listen(), "--record", file.toString()
    };
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return App.startUnread(pipes, all);
  }

  /** Connects once the server listens, as its line cannot be read. */
  private TestPeer connect() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      try {
        return new TestPeer(new Socket(listen.getAddress(), listen.getPort()));
      } catch (IOException e) {
        assertTrue(System.nanoTime() < deadline, "nobody listens");
        LockSupport.parkNanos(5_000_000); // leaves the processor to the process
      }
    }
  }

  @Test
  void aProxyGoesOnAndEndsWhenNobodyReadsItsLog() throws Exception {
    try (TestTarget listening = TestTarget.start();
        App proxy = App.startUnread(
            BOTH,
            "proxy",
            "-v",
            "--header-len=2",
            "--max-payload-len=1000",
            "--listen=" + listen(),
            "--target=127.0.0.1:" + listening.address().getPort(),
            "--record-dir=" + dir.resolve("folder"))) {
      for (int i = 0; i < 20; i++) {
        try (TestPeer bad = connect();
            TestPeer target = listening.accept()) {
          assertEquals("", bad.send(TOO_LONG).awaitEnd());
          assertEquals("", target.awaitEnd());
        }
      }
      try (TestPeer good = connect();
          TestPeer target = listening.accept()) {
        good.send("0001 61");
        assertEquals("000161", target.await(3));
      }
      assertEquals(0, proxy.terminate().awaitStatus());
    }
  }

  @Test
  void aReplayIsTerminatedWithItsStatusWhenNobodyReadsWhatItSays() throws Exception {
    for (String frame : new String[] {"0001 61", "0001 63"}) {
      try (App replay = replay(BOTH);
          TestPeer client = connect()) {
        client.send(frame).endSending().awaitEnd();
        int expected = frame.endsWith("61") ? 0 : 1;
        assertEquals(expected, replay.terminate().awaitStatus());
      }
    }
  }

  @Test
  void aReplayEndsAfterItsConnectionsWhenNobodyReadsWhatItSays() throws Exception {
    for (String pipes : new String[] {STDERR, BOTH}) {
      try (App replay = replay(pipes, "--connections=3")) {
        for (String frame : new String[] {"0001 61", "0001 63", "0001 61"}) {
          try (TestPeer client = connect()) {
            client.send(frame).endSending().awaitEnd();
          }
        }
        assertEquals(1, replay.awaitStatus());
      }
    }
  }

  @Test
  void aWarningThatComesTooOftenIsSummedUp() throws Exception {
    int clients = 100;
    try (TestTarget listening = TestTarget.start();
        App proxy = App.start(
            "proxy",
            "--header-len=2",
            "--max-payload-len=1000",
            "--listen=127.0.0.1:0",
            "--target=127.0.0.1:" + listening.address().getPort())) {
      InetSocketAddress address = proxy.awaitListening();
      for (int i = 0; i < clients; i++) {
        try (TestPeer bad = TestPeer.connect(address);
            TestPeer target = listening.accept()) {
          bad.send(TOO_LONG).awaitEnd();
          target.awaitEnd();
        }
      }
      assertEquals(0, proxy.terminate().awaitStatus());
      String log = proxy.stderr();
      long shown = log.lines().filter(line -> line.contains("payload length")).count();
      long leftOut = 0;
      Matcher sum = Pattern.compile("and (\\d+) more like this").matcher(log);
      while (sum.find()) {
        leftOut += Long.parseLong(sum.group(1)) - 1; // the sum shows one of them
      }
      assertEquals(clients, shown + leftOut, log);
    }
  }
}
