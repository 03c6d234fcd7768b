package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RecordingTest {
  private static final String RECORDED = "c2s 6869, s2c 686f, c2s 62796500";

  @TempDir
  private static Path dir;

  private static Path file;
  private static RecordMode mode;
  private static InetSocketAddress target;
  private static Duration patience;

  private GreetingServer server;

  @BeforeEach
  void startTheTarget() throws IOException {
    server = new GreetingServer();
    target = server.address();
    mode = RecordMode.ONCE;
    patience = Duration.ofSeconds(20);
    file = Files.createTempDirectory(dir, "test").resolve("greeting.tsv");
  }

  @AfterEach
  void stopTheTarget() throws IOException {
    server.close();
  }

  private static ReplayExtension extension() {
    return ReplayExtension.of(file.toString())
        .withFormat(new FrameFormat(1, 255))
        .withIdleTimeout(patience)
        .withTarget(() -> target)
        .withRecordMode(mode);
  }

  /** Run by the tests below. */
  static class Cases {
    @RegisterExtension
    private final ReplayExtension server = extension();

    @Test
    void greets() throws Exception {
      Greeter.greet(server.address());
    }

    @Test
    void greetsAndIsInterrupted() throws Exception {
      Greeter.greet(server.address());
      Thread.currentThread().interrupt();
    }

    @Test
    void greetsTwice() throws Exception {
      Greeter.greet(server.address());
      Greeter.greet(server.address());
    }

    @Test
    void greetsAndIsSilent() throws Exception {
      Greeter.greet(server.address());
      Greeter.leaveEarly(server.address());
    }

    @Test
    void fails() throws Exception {
      Greeter.greet(server.address());
      throw new IllegalStateException("its own");
    }

    @Test
    void mumbles() throws Exception {
      Greeter.mumble(server.address());
    }

    @Test
    void sendsNothing() {
      assertTrue(server.address().getPort() > 0);
    }

    @Test
    void connectsOnly() throws Exception {
      TestPeer.connect(server.address()).close();
    }

    @Test
    void sendsHalfAFrame() throws Exception {
      try (TestPeer client = TestPeer.connect(server.address())) {
        client.send("02 68");
      }
    }

    @Test
    void asksForTheVerdict() throws Exception {
      Greeter.greet(server.address());
      server.verdict();
    }

    @Test
    void runsAnotherThatRecordsToTheSameFile() throws Exception {
      Greeter.greet(server.address());
      assertEquals(
          file + ": another test is recording to it;"
              + " give each test a recording of its own, or do not run them in parallel",
          Runs.message(Cases.class, "greets"));
    }
  }

  static class RepeatedCases {
    @RegisterExtension
    private final ReplayExtension server = extension();

    @RepeatedTest(2)
    void greets(RepetitionInfo repetition) throws Exception {
      Greeter.greet(server.address());
      assertEquals(repetition.getCurrentRepetition() == 1, server.isRecording());
    }
  }

  @Test
  void testsThatShareARecordingRecordItOnceInARun() throws Exception {
    mode = RecordMode.ALL;
    for (int run = 1; run <= 2; run++) {
      Runs.assertPass(2, RepeatedCases.class);
      assertEquals(1, Runs.said().size());
    }
  }

  @Test
  void theUserIsToldWhatWasRecordedWhere() throws Exception {
    Runs.assertPasses(Cases.class, "greets");
    assertEquals(
        List.of("ts-junit: recorded " + file + " from " + Run.text(target)
            + ": 3 frames in 1 connection"),
        Runs.said());
    Runs.assertPasses(Cases.class, "greets");
    assertEquals(List.of(), Runs.said());
  }

  private static String recorded() throws IOException {
    List<String> lines = Files.readAllLines(file);
    assertEquals("# ts_proxy recording v1", lines.get(0));
    return String.join(
        ", ",
        lines.stream()
            .skip(1)
            .map(line -> line.replaceFirst("\\d+\t(\\w+)\t", "$1 "))
            .toList());
  }

  private static void assertNothingElseIsThere(int files) throws IOException {
    if (Files.exists(file.getParent())) {
      try (var all = Files.list(file.getParent())) {
        assertEquals(files, all.count());
      }
    }
  }

  @Test
  void whatIsMissingIsRecordedOnceAndReplayedWithoutTheTarget() throws Exception {
    Runs.assertPasses(Cases.class, "greets");
    assertEquals(RECORDED, recorded());
    assertNothingElseIsThere(1);
    server.close();
    Runs.assertPasses(Cases.class, "greets");
    assertTrue(Runs.message(Cases.class, "mumbles").startsWith("connection 1 c2s entry 1 "));
  }

  @Test
  void connectionsThatSayTheSameAreOneRecording() throws Exception {
    Runs.assertPasses(Cases.class, "greetsTwice");
    assertEquals(RECORDED, recorded());
    Runs.assertPasses(Cases.class, "greetsTwice");
  }

  @Test
  void connectionsThatSayOtherThingsAreRefused() throws Exception {
    assertEquals(
        file + ": nothing was recorded: the 2 connections had different frames, and a file"
            + " holds one conversation; end its name with a / to make it a folder, or add rules for"
            + " what varies",
        Runs.message(Cases.class, "greetsAndIsSilent"));
    assertNothingElseIsThere(0);
  }

  @Test
  void aTestThatFailsRecordsNothing() throws Exception {
    assertEquals("its own", Runs.message(Cases.class, "fails"));
    assertNothingElseIsThere(0);
  }

  @Test
  void allRecordsAnewAndOnlyWhatPassed() throws Exception {
    mode = RecordMode.ALL;
    Runs.assertPasses(Cases.class, "mumbles");
    assertEquals("c2s 6868", recorded());
    Runs.assertPasses(Cases.class, "greets");
    assertEquals(RECORDED, recorded());
    assertEquals("its own", Runs.message(Cases.class, "fails"));
    assertEquals(RECORDED, recorded());
  }

  @Test
  void noneNeverRecords() throws Exception {
    mode = RecordMode.NONE;
    assertEquals(
        file + ": there is no such recording;"
            + " record it with -Dtracestream.record=once, or TRACESTREAM_RECORD=once in the environment,"
            + " and commit it",
        Runs.message(Cases.class, "greets"));
  }

  @Test
  void theSystemPropertyDecides() throws Exception {
    mode = RecordMode.NONE;
    System.setProperty("tracestream.record", "Once");
    try {
      Runs.assertPasses(Cases.class, "greets");
      assertEquals(RECORDED, recorded());
      System.setProperty("tracestream.record", "always");
      assertEquals(
          "tracestream.record: found \"always\", expected none, once or all",
          Runs.message(Cases.class, "greets"));
    } finally {
      System.clearProperty("tracestream.record");
    }
  }

  @Test
  void aTargetThatIsDownIsReportedWithTheTestsOwnExceptionAsTheCause() throws Exception {
    server.close();
    Throwable failure = Runs.failure(Cases.class, "greets");
    String expected = file + ": nothing was recorded: connection 1: target localhost:"
        + target.getPort() + " cannot be reached: " + SystemText.connectionRefused();
    assertEquals(
        expected + "; the test failed with: bytes before the end ==> expected: <3> but was: <0>",
        failure.getMessage().strip().replace("127.0.0.1", "localhost"));
    assertInstanceOf(AssertionError.class, failure.getCause());
    assertEquals(expected, Runs.message(Cases.class, "mumbles").replace("127.0.0.1", "localhost"));
  }

  @Test
  void aTestWithoutAClientRecordsNothing() {
    patience = Duration.ofMillis(100);
    String message = Runs.message(Cases.class, "sendsNothing");
    assertTrue(
        message.startsWith(file + ": nothing was recorded: no client connected to 127.0.0.1:"),
        message);
  }

  @Test
  void aConversationWithoutFramesRecordsNothing() {
    assertEquals(
        file + ": nothing was recorded: no whole frame came; if the protocol's header is not 1 byte"
            + " long, set the header length",
        Runs.message(Cases.class, "connectsOnly"));
  }

  @Test
  void bytesThatAreNoFrameRecordNothing() {
    String message = Runs.message(Cases.class, "sendsHalfAFrame");
    assertTrue(
        message.startsWith(file + ": nothing was recorded: connection 1: c2s byte 0: found the end"
            + " after 1 of 2 payload bytes"),
        message);
  }

  @Test
  void anotherKindOfFileIsNotReplaced() throws Exception {
    mode = RecordMode.ALL;
    Files.createDirectories(file.getParent());
    Files.writeString(file, "my thesis\n");
    assertTrue(Runs.message(Cases.class, "greets").startsWith(file + ":1: "));
    assertEquals("my thesis\n", Files.readString(file));
  }

  @Test
  void twoTestsOnOneFileAreToldApart() throws Exception {
    Runs.assertPasses(Cases.class, "runsAnotherThatRecordsToTheSameFile");
    assertEquals(RECORDED, recorded());
  }

  @Test
  void thereIsNoVerdictWhileRecording() {
    assertEquals(
        file + " is being recorded; only a replay has a verdict",
        Runs.message(Cases.class, "asksForTheVerdict"));
  }

  @Test
  void aFileWithoutAnEntryIsNotARecording() throws Exception {
    for (String text : new String[] {"", "# ts_proxy recording v1\n"}) {
      Files.writeString(file, text);
      String message = Runs.message(Cases.class, "greets");
      assertTrue(message.startsWith(file + ": is not a recording: it has no entry"), message);
    }
    mode = RecordMode.ALL;
    Runs.assertPasses(Cases.class, "greets");
    assertEquals(RECORDED, recorded());
  }

  @Test
  void aTestThatLeavesItsThreadInterruptedIsRecordedAndReplayed() throws Exception {
    Runs.assertPasses(Cases.class, "greetsAndIsInterrupted");
    assertEquals(RECORDED, recorded());
    Runs.assertPasses(Cases.class, "greetsAndIsInterrupted");
  }

  @Test
  void aFolderThatIsMissingOutsideOfTheProjectIsNotCreated() throws Exception {
    Path missing = file.resolveSibling("missing");
    file = missing.resolve("greeting.tsv");
    assertEquals(
        file + ": there is no folder " + missing + "; create it, or correct the name",
        Runs.message(Cases.class, "greets"));
    assertFalse(Files.exists(missing));
  }

  @Test
  void aFolderInTheProjectIsCreatedOnceTheTestPassed() throws Exception {
    Path folder = Path.of("src/test/resources", "made-" + UUID.randomUUID());
    file = Path.of(folder.getFileName().toString(), "deeper", "greeting.tsv");
    Runs.message(Cases.class, "fails");
    assertFalse(Files.exists(folder));
    try {
      Runs.assertPasses(Cases.class, "greets");
      assertTrue(Files.exists(folder.resolve("deeper/greeting.tsv")));
    } finally {
      Files.deleteIfExists(folder.resolve("deeper/greeting.tsv"));
      Files.deleteIfExists(folder.resolve("deeper"));
      Files.deleteIfExists(folder);
    }
  }

  @Test
  void aRecordingIsAsReadableAsOtherSources() throws Exception {
    Runs.assertPasses(Cases.class, "greets");
    Path source = Files.writeString(file.resolveSibling("Source.java"), "class Source {}");
    assertEquals(Files.getPosixFilePermissions(source), Files.getPosixFilePermissions(file));
  }

  static class UnknownTargetCases {
    private static final AtomicBoolean KNOWN = new AtomicBoolean();

    @RegisterExtension
    private final ReplayExtension server = extension().withTarget(() -> {
      if (!KNOWN.get()) {
        throw new AssertionError("not started");
      }
      return target;
    });

    @Test
    void greets() throws Exception {
      Greeter.greet(server.address());
    }
  }

  @Test
  void aTargetThatIsNotKnownYetMayBeKnownLater() throws Exception {
    UnknownTargetCases.KNOWN.set(false);
    assertEquals("not started", Runs.message(UnknownTargetCases.class, "greets"));
    UnknownTargetCases.KNOWN.set(true);
    Runs.assertPasses(UnknownTargetCases.class, "greets");
  }

  static class BrokenTargetCases {
    @RegisterExtension
    private final ReplayExtension server = extension().withTarget(() -> {
      throw new UnsupportedOperationException();
    });

    @Test
    void ignoresIt() {
      assertThrows(UnsupportedOperationException.class, server::address);
    }
  }

  @Test
  void aTestThatIgnoresAnExceptionWithoutAMessageFailsWithIt() {
    assertEquals(
        "java.lang.UnsupportedOperationException",
        Runs.message(BrokenTargetCases.class, "ignoresIt"));
  }

  @Test
  void aTargetThatIsNullIsRefused() {
    target = null;
    assertEquals(
        file + ": the target is null; give the address of the real server",
        Runs.message(Cases.class, "greets"));
  }
}
