package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands write: where there is no room, about strange names, and in which language. */
@ResourceLock(Resources.SYSTEM_ERR)
class OutputTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir
  private Path dir;

  private TwoFiles files;

  @BeforeEach
  void writeRecordings() throws Exception {
    files = TwoFiles.in(dir);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect A",
        "inspect --entries A",
        "inspect DIR",
        "check A",
        "diff A B",
        "learn A B",
        "diff A B --json",
        "inspect missing",
        "replay --bogus",
        "simple_client --count x",
        "simple_client --connect 127.0.0.1:1",
        "--help",
        "replay --help"
      })
  void theTextIsTheSameInEveryLanguage(String command) {
    Locale ours = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      Run arabic = Run.of(files.args(command));
      Locale.setDefault(Locale.US);
      assertEquals(Run.of(files.args(command)), arabic);
    } finally {
      Locale.setDefault(ours);
    }
  }

  @Test
  @Timeout(60)
  void aLineAfterOneThatNobodyReadsIsNotWaitedForEither() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(1);
    StandardOutput.redirect(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        begun.countDown();
        try {
          taken.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    });
    try {
      CompletableFuture<Void> first = CompletableFuture.runAsync(() -> print("the first"));
      begun.await();
      print("the second, before it is known that nobody reads the first");
      first.join();
    } finally {
      taken.countDown();
      StandardOutput.redirect(null);
    }
  }

  private static void print(String line) {
    try {
      StandardOutput.printLine(line);
    } catch (Failures.Failed e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect X",
        "inspect --entries X",
        "check X",
        "diff X Y",
        "learn X Y",
        "verify --target 127.0.0.1:1 --record X",
        "replay --listen 127.0.0.1:0 --record-dir X",
        "proxy --listen 127.0.0.1:0 --target 127.0.0.1:1 --record DIRX",
        "inspect DIRX",
        "X",
        "inspect X --X",
        "diff X Y --ignore X",
        "diff X Y --rules X",
        "learn X Z"
      })
  void whatComesFromOutsideIsShownWithoutControlCharacters(String command) throws Exception {
    String evil = dir + "/" + nameOf("e\u001b[2J\u009b2J\r\u202e\nts-proxy: forged");
    Files.writeString(Path.of(evil), "0\tc2s\t61\n0\ts2c\t6\n");
    Files.writeString(Path.of(evil + "2"), "0\tc2s\t61\n0\ts2c\t62\n");
    Files.createDirectories(Path.of(evil + "dir"));
    Files.copy(files.b(), Path.of(evil + "dir/\u001b[2J\nts-proxy: forged.tsv"));
    String[] args = command.split(" ");
    for (int i = 0; i < args.length; i++) {
      args[i] = args[i]
          .replace("DIRX", evil + "dir")
          .replace("X", evil)
          .replace("Y", evil + "2")
          .replace("Z", files.b().toString());
    }
    Run run = Run.of(args);
    for (String text : List.of(String.join("\n", run.stdout()), run.stderr())) {
      assertTrue(
          text.codePoints()
              .allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f || c > 0x9f && c != 0x202e),
          text);
      assertTrue(text.lines().noneMatch(line -> line.startsWith("ts-proxy: forged")), text);
    }
  }

  /** The characters of it that a file's name may have in this JVM: under LC_ALL=C only ASCII. */
  private static String nameOf(String text) {
    CharsetEncoder names =
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder();
    StringBuilder name = new StringBuilder();
    text.chars().filter(c -> names.canEncode((char) c)).forEach(c -> name.append((char) c));
    return name.toString();
  }

  @Test
  void jsonShowsNamesInAscii() throws Exception {
    String name = "\u009b2J\u202e.tsv";
    assumeTrue(nameOf(name).equals(name), "a JVM started under LC_ALL=C has only ASCII names");
    Path evil = Files.copy(files.b(), dir.resolve(name));
    Run run = Run.of("diff", "--json", files.a().toString(), evil.toString());
    assertTrue(String.join("", run.stdout()).chars().allMatch(c -> c >= ' ' && c < 0x7f));
    assertTrue(run.stdout().contains("  \"b\" : \"" + dir + "/\\u009B2J\\u202E.tsv\","));
  }

  private static String noRoom() {
    return "ts-proxy: stdout: cannot write: " + SystemText.of(() -> Files.write(FULL, new byte[1]))
        + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "proxy --help",
        "inspect A",
        "inspect --entries A",
        "inspect DIR",
        "check A",
        "diff A A",
        "diff A B",
        "diff A B --json",
        "learn A B"
      })
  void outputThatCannotBeWrittenIsAFailure(String command) throws Exception {
    assumeTrue(Files.exists(FULL), "there is no full device");
    try (OutputStream full = Files.newOutputStream(FULL)) {
      assertEquals(new Run(1, List.of(), noRoom()), Run.into(full, files.args(command)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --header-len 1 --record A --target",
        "simple_client --header-len 1 --message a --connect"
      })
  void theSumAndTheReplyThatCannotBeWrittenAreFailures(String command) throws Exception {
    assumeTrue(Files.exists(FULL), "there is no full device");
    try (OutputStream full = Files.newOutputStream(FULL);
        TestTarget listening = TestTarget.start();
        Run.Started started = Run.startInto(
            full, files.args(command + " 127.0.0.1:" + listening.address().getPort()));
        TestPeer server = listening.accept()) {
      server.await(2);
      server.send("01 62").endSending().awaitEnd();
      assertEquals(1, started.awaitStatus());
      assertTrue(started.stderr().endsWith(noRoom()), started.stderr());
    }
  }

  @Test
  void aReplyIsShownWithoutControlCharacters() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Run.Started client = Run.start(
            "simple_client",
            "--header-len=2",
            "--connect=127.0.0.1:" + listening.address().getPort());
        TestPeer server = listening.accept()) {
      server.await(11);
      server.send("000a 1b5b324a 0a 666f72 0d c2");
      assertEquals(List.of("echo: \\u001b[2J\\nfor\\r\ufffd"), client.awaitOutput());
      assertEquals(0, client.awaitStatus());
    }
  }
}
