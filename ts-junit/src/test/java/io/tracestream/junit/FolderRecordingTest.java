package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.tracestream.codec.FrameFormat;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FolderRecordingTest {
  @TempDir
  private static Path dir;

  private static Path folder;
  private static RecordMode mode;
  private static Duration patience;
  private static InetSocketAddress target;

  private GreetingServer server;

  @BeforeEach
  void startTheTarget() throws IOException {
    server = new GreetingServer();
    target = server.address();
    mode = RecordMode.ONCE;
    patience = Duration.ofSeconds(20);
    folder = Files.createTempDirectory(dir, "test").resolve("many");
  }

  @AfterEach
  void stopTheTarget() throws IOException {
    server.close();
  }

  /** Run by the tests below. */
  static class Cases {
    @RegisterExtension
    private final ReplayExtension server = ReplayExtension.of(folder + "/")
        .withFormat(new FrameFormat(1, 255))
        .withIdleTimeout(patience)
        .withTarget(() -> target)
        .withRecordMode(mode);

    @Test
    void two() throws Exception {
      Greeter.greet(server.address());
      Greeter.mumble(server.address());
    }

    @Test
    void three() throws Exception {
      two();
      Greeter.mumble(server.address());
    }

    @Test
    void one() throws Exception {
      Greeter.greet(server.address());
    }
  }

  /** Run by a test below: the server repeats an id that came on another connection. */
  static class AcrossCases {
    @RegisterExtension
    private final ReplayExtension server = ReplayExtension.of(folder + "/")
        .withFormat(new FrameFormat(1, 255))
        .withRules("copy c2s[0=01]:1+2->s2c[0=04]:1+2 across");

    @Test
    void asksOnAnotherConnection() throws Exception {
      try (TestPeer first = TestPeer.connect(server.address())) {
        assertEquals("0102", first.send("03 01beef").awaitEnd());
      }
      try (TestPeer second = TestPeer.connect(server.address())) {
        assertEquals("0304beef", second.send("01 03").awaitEnd());
      }
    }
  }

  @Test
  void aValueIsCopiedAcrossTheConnectionsOfATest() throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("1.tsv"), "0\tc2s\t010007\n0\ts2c\t02\n");
    Files.writeString(folder.resolve("2.tsv"), "0\tc2s\t03\n0\ts2c\t040007\n");
    Runs.assertPasses(AcrossCases.class, "asksOnAnotherConnection");
  }

  private static List<String> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void eachConnectionIsAFileAndIsReplayedWithoutTheTarget() throws Exception {
    Runs.assertPasses(Cases.class, "two");
    assertEquals(List.of("000001.tsv", "000002.tsv"), files());
    List<String> lines = Files.readAllLines(folder.resolve("000002.tsv"));
    assertEquals("# ts_proxy recording v1", lines.get(0));
    assertTrue(lines.get(1).endsWith("\tc2s\t6868"), lines.get(1));
    assertEquals("# ended by target", lines.get(2));
    server.close();
    Runs.assertPasses(Cases.class, "two");
  }

  @Test
  void aConversationThatNobodyPlayedFailsTheTest() throws Exception {
    Runs.assertPasses(Cases.class, "two");
    patience = Duration.ofMillis(500);
    assertEquals(
        folder + ": no client played 1 recorded conversation; check why, or record again",
        Runs.message(Cases.class, "one"));
  }

  @Test
  void aConnectionTooManyFailsTheTest() throws Exception {
    Runs.assertPasses(Cases.class, "two");
    String message = Runs.message(Cases.class, "three");
    assertTrue(message.contains("connection is one too many"), message);
    assertTrue(message.contains("see why the client connects again"), message);
    assertTrue(message.endsWith("set atEnd to HOLD"), message);
  }

  @Test
  void anEarlierFolderIsReplacedAsAWhole() throws Exception {
    mode = RecordMode.ALL;
    Runs.assertPasses(Cases.class, "two");
    Runs.assertPasses(Cases.class, "one");
    assertEquals(List.of("000001.tsv"), files());
    try (var all = Files.list(folder.getParent())) {
      assertEquals(List.of(folder), all.toList());
    }
  }

  @Test
  void aFolderWithOtherFilesIsNotReplaced() throws Exception {
    mode = RecordMode.ALL;
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("thesis.txt"), "mine");
    assertEquals(
        folder + ": it contains files that are not recordings, so it is not replaced;"
            + " choose another folder",
        Runs.message(Cases.class, "one"));
    assertFalse(files().isEmpty());
  }

  @Test
  void hiddenFilesAreNoRecordingsAndStay() throws Exception {
    Runs.assertPasses(Cases.class, "two");
    Files.writeString(folder.resolve(".gitattributes"), "*.tsv -diff");
    Files.writeString(folder.resolve("._000001.tsv"), "of a file manager");
    Runs.assertPasses(Cases.class, "two");
    mode = RecordMode.ALL;
    Runs.assertPasses(Cases.class, "one");
    assertEquals(List.of("._000001.tsv", ".gitattributes", "000001.tsv"), files());
  }

  @Test
  void aFolderWithHiddenFilesOnlyIsAMissingRecording() throws Exception {
    Files.writeString(Files.createDirectories(folder).resolve(".gitkeep"), "");
    Runs.assertPasses(Cases.class, "one");
    assertEquals(List.of(".gitkeep", "000001.tsv"), files());
  }

  /** A class with one server. */
  static class ClassCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = ReplayExtension.of(folder() + "/")
        .withFormat(new FrameFormat(1, 255))
        .withTarget(() -> target)
        .withRecordMode(RecordMode.ALL);

    /** The tests below use one folder, as the field is made only once. */
    private static Path folder() {
      return dir.resolve("of-a-class");
    }

    @Test
    void greets() throws Exception {
      Greeter.greet(SERVER.address());
    }

    @Test
    @DisabledIf("io.tracestream.junit.FolderRecordingTest#isDisabled")
    void mumbles() throws Exception {
      Greeter.mumble(SERVER.address());
    }
  }

  private static boolean disabled;

  @SuppressWarnings("unused") // named in an annotation
  static boolean isDisabled() {
    return disabled;
  }

  @Test
  void aTestThatIsNotRunDoesNotLoseItsRecording() throws Exception {
    folder = ClassCases.folder();
    Runs.assertPasses(ClassCases.class, "greets");
    assertEquals(
        List.of("ts-junit: " + folder + ": nothing was recorded: not all tests of the class ran;"
            + " run all of them to record"),
        Runs.said());
    assertFalse(Files.exists(folder));

    disabled = true;
    Runs.assertCounts(1, 0, selectClass(ClassCases.class));
    assertEquals(List.of("000001.tsv"), files());

    disabled = false;
    Runs.assertCounts(2, 0, selectClass(ClassCases.class));
    assertEquals(List.of("000001.tsv", "000002.tsv"), files());
    assertEquals(
        List.of("ts-junit: recorded " + folder + " from " + Run.text(target)
            + ": 4 frames in 2 connections"),
        Runs.said());

    Runs.assertPasses(ClassCases.class, "greets");
    assertEquals(List.of("000001.tsv", "000002.tsv"), files());

    disabled = true;
    Runs.assertCounts(1, 0, selectClass(ClassCases.class));
    assertEquals(List.of("000001.tsv", "000002.tsv"), files());
    assertEquals(
        List.of("ts-junit: " + folder + ": nothing was recorded: tests of the class are disabled,"
            + " and their conversations would be lost; delete the folder first to record without"
            + " them"),
        Runs.said());
  }
}
