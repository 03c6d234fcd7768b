package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Which fields a live server checks. A request is {@code 0a}, an id of four bytes, a nonce of four
 * bytes, two bytes of which the second must be three times the first, and a text; its reply is the
 * id and {@code 6f6b}.
 */
@ResourceLock(Resources.SYSTEM_ERR)
class ServerTrialTest {
  private static final String END = "close";

  @TempDir
  private Path dir;

  private final AtomicInteger frames = new AtomicInteger();

  /** Answers each request of any number of clients; {@link #END} closes a connection instead. */
  private void serve(TestTarget target, UnaryOperator<String> answer) {
    Thread thread = new Thread(() -> {
      try {
        while (true) {
          try (TestPeer client = target.accept()) {
            serve(client, answer);
          }
        }
      } catch (IOException e) {
        // The test is over.
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(TestPeer client, UnaryOperator<String> answer) {
    try {
      while (true) {
        int length = Integer.parseInt(client.await(8), 16);
        frames.incrementAndGet();
        String reply = answer.apply(client.await(length));
        if (reply.equals(END)) {
          return;
        }
        client.send(String.format("%016x", reply.length() / 2) + reply);
      }
    } catch (IOException | AssertionError e) {
      // This client has left.
    }
  }

  /** A server that checks the two bytes after the nonce. */
  private static String checked(String request) {
    byte[] bytes = HexFormat.of().parseHex(request);
    return (byte) (bytes[9] * 3) == bytes[10] ? request.substring(2, 10) + "6f6b" : END;
  }

  private String record(String name, String... requests) throws IOException {
    StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
    for (String request : requests) {
      text.append("0\tc2s\t").append(request).append("\n0\ts2c\t");
      text.append(request, 2, 10).append("6f6b\n");
    }
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private Run learn(TestTarget target, String... more) throws IOException {
    String a = record("a.rec", "0aaabbccdd112233440a1e6162", "0a0102030455667788206063");
    String b = record("b.rec", "0aa1a2a3a4fedcba9831936162", "0af1f2f3f40badf00d47d563");
    String[] args = new String[5 + more.length];
    args[0] = "learn";
    args[1] = a;
    args[2] = b;
    args[3] = "--target";
    args[4] = "127.0.0.1:" + target.address().getPort();
    System.arraycopy(more, 0, args, 5, more.length);
    return Run.of(args);
  }

  private static void assertHas(String line, Run run) {
    assertTrue(
        run.stdout().stream().anyMatch(each -> each.contains(line)),
        () -> String.join("\n", run.stdout()) + run.stderr());
  }

  @Test
  void whatTheServerChecksIsToldFromWhatItAccepts() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      serve(target, ServerTrialTest::checked);
      Run run = learn(target);
      assertEquals(0, run.status(), run.stderr());
      assertHas("checks these bytes: with others, at entry 2 ", run);
      assertHas("; it accepted a change of one byte in 5+4", run);
      assertHas("accepted another value here, and sent it back", run);
      assertHas("ignore c2s:5+6", run);
      assertHas("copy c2s:1+4->s2c:0+4", run);
    }
  }

  @Test
  void aTokenOfTheServerIsTriedWithAnotherValue() throws Exception {
    String a = "0\tc2s\t61\n0\ts2c\tTT\n0\tc2s\t62TT\n0\ts2c\t6f6b\n";
    String head = "# ts_proxy recording v1\n";
    Path first = dir.resolve("a.rec");
    Path second = dir.resolve("b.rec");
    Files.writeString(first, head + a.replace("TT", "1122334455667788"));
    Files.writeString(second, head + a.replace("TT", "a1a2a3a4a5a6a7a8"));
    try (TestTarget target = TestTarget.start()) {
      serve(
          target,
          request -> request.equals("61")
              ? "c1c2c3c4c5c6c7c8"
              : request.equals("62c1c2c3c4c5c6c7c8") ? "6f6b" : "6e6f");
      Run run = Run.of(
          "learn",
          first.toString(),
          second.toString(),
          "--target",
          "127.0.0.1:" + target.address().getPort());
      assertEquals(0, run.status(), run.stderr());
      assertHas("checks these bytes: with others, at entry 4 its reply was another one", run);
    }
  }

  @Test
  void aServerThatFailsTheUnchangedRecordingShowsNothing() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      serve(target, request -> "6e6f");
      Run run = learn(target);
      assertEquals(1, run.status());
      assertHas("it does not accept even the unchanged recording", run);
      assertHas("once, at most 2 requests", run);
      assertHas("ignore c2s:5+6", run);
      assertFalse(String.join("", run.stdout()).contains("checks"), () -> run.stdout() + "");
    }
  }

  @Test
  void aServerThatBreaksOnTheWaySaysNothingAboutTheFieldThatWasTried() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      AtomicInteger broken = new AtomicInteger();
      serve(target, request -> {
        String answer = broken.get() > 0 ? END : checked(request);
        broken.addAndGet(answer.equals(END) ? 1 : 0);
        return answer;
      });
      Run run = learn(target);
      assertEquals(1, run.status());
      assertHas("then it did not accept the unchanged recording any more", run);
      assertFalse(String.join("", run.stdout()).contains("checks"), () -> run.stdout() + "");
    }
  }

  @Test
  void aServerThatIsNotThereIsReported() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String a = record("a.rec", "0aaabbccdd112233440a1e6162");
    String b = record("b.rec", "0aa1a2a3a4fedcba9831936162");
    Run run = Run.of("learn", a, b, "--target", "127.0.0.1:" + port);
    assertEquals(1, run.status());
    String target = "127.0.0.1:" + port;
    assertEquals(
        "ts-proxy: learn: Nothing was played to " + target + ": target " + target
            + " cannot be reached: " + SystemText.connectionRefused()
            + "; start the target or correct its address\n",
        run.stderr());
  }

  @Test
  void whereNoRequestVariesNothingIsPlayed() throws Exception {
    String a = record("a.rec", "0aaabbccdd112233440a1e6162");
    Run run = Run.of("learn", a, a, "--target", "127.0.0.1:1");
    assertEquals(0, run.status(), run.stderr());
    assertHas("Nothing was played to 127.0.0.1:1: no rule is about c2s frames", run);
  }

  @Test
  void noMoreTimeIsTakenThanAllowed() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      Run run = learn(target, "--max-time", "100ms"); // it never answers
      assertEquals(1, run.status());
      assertHas("stopped at the limit of 0.1 s (--max-time)", run);
    }
  }

  @Test
  void noMoreRequestsAreSentThanAllowed() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      serve(target, ServerTrialTest::checked);
      Run run = learn(target, "--max-requests", "3");
      assertHas("stopped at the limit of 3 requests (--max-requests)", run);
      assertHas("was not tried with other bytes here", run);
      assertEquals(2, frames.get());
    }
  }

  @Test
  void limitsAndFramesMeanNothingWithoutAServer() {
    for (String flag : new String[] {"--max-requests", "--header-len"}) {
      Run run = Run.of("learn", "a.rec", "b.rec", flag, "4");
      assertEquals(2, run.status());
      assertTrue(run.stderr().contains(flag + " is only valid with --target"), run.stderr());
    }
  }
}
