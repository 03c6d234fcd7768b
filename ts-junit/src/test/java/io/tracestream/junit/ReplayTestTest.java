package io.tracestream.junit;

import static io.tracestream.junit.Runs.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.tracestream.replay.FrameRewriter;
import io.tracestream.testing.TestPeer;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.opentest4j.AssertionFailedError;

@Timeout(60)
class ReplayTestTest {
  private static final String FILE = "src/test/resources/greeting.tsv";

  private static final List<TestPeer> LEFT_OPEN = new ArrayList<>();
  private static boolean interrupted;

  @AfterAll
  static void closeWhatWasLeftOpen() throws Exception {
    for (TestPeer client : LEFT_OPEN) {
      client.close();
    }
  }

  /** Makes the last byte of a long frame another one. */
  private static final class LastByte implements FrameRewriter {
    @Override
    public byte[] rewrite(Frame frame) {
      byte[] payload = frame.payload();
      if (payload.length == 4) {
        payload[3] = 0x21;
      }
      return payload;
    }
  }

  /** Cannot be made without a key. */
  private record Keyed(String key) implements FrameRewriter {
    @Override
    public byte[] rewrite(Frame frame) {
      return key.getBytes(UTF_8);
    }
  }

  /** Run by the tests below. */
  static class Cases {
    /** Runs after ours. */
    @RegisterExtension
    private static final AfterEachCallback LAST = context -> interrupted = Thread.interrupted();

    private final List<TestPeer> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws Exception {
      for (TestPeer client : clients) {
        client.close();
      }
    }

    @Greeting
    void plays(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1)
    void playsTwice(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
      Greeter.greet(server);
    }

    @Greeting
    void endsAfterTheTest(InetSocketAddress server) throws Exception {
      TestPeer client = TestPeer.connect(server);
      clients.add(client);
      client.send("02 6869").send("04 62796500");
    }

    @Greeting
    void leavesItsThreadInterrupted(InetSocketAddress server) throws Exception {
      clients.add(TestPeer.connect(server).send("02 6869").send("04 62796500"));
      Thread.currentThread().interrupt();
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, idleTimeoutMillis = Long.MAX_VALUE)
    void hasAllTheTime(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rules = "ignore c2s:3+1")
    void varies(InetSocketAddress server) throws Exception {
      Greeter.greet(server, "21");
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rulesFile = "greeting.rules")
    void variesByAFile(InetSocketAddress server) throws Exception {
      Greeter.greet(server, "21");
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rewriter = LastByte.class)
    void isComputed(InetSocketAddress server) throws Exception {
      Greeter.greet(server, "21");
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rewriter = LastByte.class)
    void isAsRecorded(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rewriter = Keyed.class)
    void hasNoKey(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(
        value = "greeting.tsv",
        headerLength = 1,
        rules = {"ignore c2s:0+2", "ignore c2s:2+2"})
    void comparesNothing(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rules = "ignore c2s:9+1")
    void hasARuleTooMany(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, pauses = true)
    void playsWithPauses(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @Greeting
    void differs(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
    }

    @Greeting
    void differsTwice(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
      Greeter.mumble(server);
    }

    @Greeting
    void leavesEarly(InetSocketAddress server) throws Exception {
      Greeter.leaveEarly(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, idleTimeoutMillis = 1000)
    void staysAndSaysNothing(InetSocketAddress server) throws Exception {
      clients.add(TestPeer.connect(server));
      clients.get(0).send("02 6869").awaitEnd();
    }

    @Greeting
    void staysOpen(InetSocketAddress server) throws Exception {
      TestPeer client = TestPeer.connect(server);
      LEFT_OPEN.add(client);
      client.send("02 6869").await(3);
      client.send("04 62796500");
    }

    @ReplayTest(value = "slow.tsv", headerLength = 1, pauses = true, idleTimeoutMillis = 100)
    void leavesWhileAFrameIsOwed(InetSocketAddress server) throws Exception {
      LEFT_OPEN.add(TestPeer.connect(server).send("02 6869"));
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, idleTimeoutMillis = 100)
    void connectsToNobody(InetSocketAddress server) {}

    @Greeting
    void failsByItself(InetSocketAddress server) throws Exception {
      Greeter.leaveEarly(server);
      throw new IllegalStateException("its own");
    }

    @Greeting
    void throwsWhatComesOfAMismatch(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
      throw new IOException("end of stream");
    }

    @Greeting
    void assertsAfterAMismatch(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
      assertEquals("42", null);
    }

    @Greeting
    void isAborted(InetSocketAddress server) throws Exception {
      abort("no time");
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, connections = 2)
    void comesThreeTimes(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
      Greeter.greet(server);
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", idleTimeoutMillis = 500)
    void hasAnotherHeader(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
    }

    @Greeting
    void sendsHalfAFrame(InetSocketAddress server) throws Exception {
      try (TestPeer client = TestPeer.connect(server)) {
        client.send("02 68");
      }
    }

    @ReplayTest("greetings.tsv")
    void isWithoutARecording(InetSocketAddress server) {}

    @ReplayTest(value = "greetings.tsv", target = "localhost:9001", record = RecordMode.NONE)
    void mustNotRecord(InetSocketAddress server) {}

    @ReplayTest("greeting.rules")
    void playsAnotherFile(InetSocketAddress server) {}

    @ReplayTest(
        value = "greeting.tsv",
        rules = {"ignore c2s:3+1", "skip c2s:0+1"})
    void hasAWrongRule(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", rulesFile = "greetings.rules")
    void hasNoRulesFile(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", rulesFile = "greeting.tsv")
    void hasAWrongRulesFile(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", target = "localhost")
    void hasAWrongTarget(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", idleTimeoutMillis = 0)
    void hasNoTime(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", connections = -1)
    void hasFewerThanNoConnections(InetSocketAddress server) {}

    @ReplayTest("")
    void isWithoutAName(InetSocketAddress server) {}

    @Greeting
    void takesNoAddress() {}

    @Greeting
    void isAbortedByJUnit4(InetSocketAddress server) throws Exception {
      Greeter.leaveEarly(server);
      org.junit.Assume.assumeTrue("no time", false);
    }

    @Greeting
    @Test
    void isAlsoAnnotatedAsTest(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 17)
    void hasAnImpossibleHeader(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", framing = "length=1")
    void hasAFraming(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", framing = "lenght=1")
    void hasAWrongFraming(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", framing = "length=1", headerLength = 1)
    void hasAFramingAndAHeader(InetSocketAddress server) {}
  }

  @Test
  void aClientThatPlaysTheRecordingPasses() {
    Runs.assertPasses(Cases.class, "plays");
    Runs.assertPasses(Cases.class, "playsTwice");
    Runs.assertPasses(Cases.class, "playsWithPauses");
  }

  @Test
  void rulesThatLeaveEveryByteOpenDoNotPass() {
    assertEquals(
        FILE + ": nothing was compared, as the rules leave all 6 bytes open; narrow the rules",
        message(Cases.class, "comparesNothing"));
  }

  @Test
  void aRuleThatNeverAppliedIsInTheReport() {
    List<String> entries = new ArrayList<>();
    Runs.run(Runs.method(Cases.class, "hasARuleTooMany"))
        .testEvents()
        .reportingEntryPublished()
        .map(event -> event.getRequiredPayload(ReportEntry.class))
        .forEach(entry -> entries.addAll(entry.getKeyValuePairs().values()));
    assertTrue(entries.contains("the rule \"ignore c2s:9+1\" never applied"), entries::toString);
  }

  @Test
  void aClientThatIsClosedAfterTheTestPasses() {
    Runs.assertPasses(Cases.class, "endsAfterTheTest");
  }

  @Test
  void whatRulesLeaveOpenMayVary() {
    Runs.assertPasses(Cases.class, "varies");
    Runs.assertPasses(Cases.class, "variesByAFile");
  }

  @Test
  void aFramingTakesThePlaceOfAHeaderLength() {
    Runs.assertPasses(Cases.class, "hasAFraming");
  }

  @Test
  void aClientThatSwallowsItsErrorFailsWithTheExplanation() {
    Throwable failure = Runs.failure(Cases.class, "differs");
    assertInstanceOf(AssertionFailedError.class, failure);
    List<String> lines = failure.getMessage().lines().toList();
    assertEquals(
        "connection 1 c2s entry 1 " + FILE
            + ":2: found 2 bytes 6868, expected 2 bytes 6869; first difference at payload byte 1",
        lines.get(0));
    assertTrue(lines.get(1).startsWith("mismatch: connection 1 with 127.0.0.1:"), lines.get(1));
    assertTrue(lines.get(1).endsWith(", c2s entry 1 of 3, " + FILE + ":2"), lines.get(1));
    assertTrue(
        failure
            .getMessage()
            .contains("  if these bytes vary from run to run, add the rule \"ignore c2s:1+1\""),
        failure.getMessage());
  }

  @Test
  void furtherConnectionsThatDifferHaveALineEach() {
    String message = message(Cases.class, "differsTwice");
    assertTrue(message.contains("\nalso: connection 2 c2s entry 1 " + FILE + ":2: found"), message);
  }

  @Test
  void aClientThatLeavesEarlyFails() {
    String message = message(Cases.class, "leavesEarly");
    assertTrue(message.contains("c2s entry 3 of 3, " + FILE + ":4"), message);
    assertTrue(message.contains("  the client ended its sending; expected a frame of "), message);
  }

  @Test
  void aClientThatHangsFailsWithWhatIsOwed() {
    String message = message(Cases.class, "staysAndSaysNothing");
    assertTrue(message.contains("c2s entry 3 of 3, " + FILE + ":4"), message);
    assertTrue(message.contains("a longer idle timeout"), message);
  }

  @Test
  void aClientThatPlayedAllNeedNotBeClosed() {
    Runs.assertPasses(Cases.class, "staysOpen");
  }

  @Test
  void aConnectionThatGoesOnAfterTheTestFails() {
    String message = message(Cases.class, "leavesWhileAFrameIsOwed");
    assertTrue(
        message.startsWith("src/test/resources/slow.tsv: connection 1 with 127.0.0.1:"), message);
    assertTrue(
        message.endsWith(" was still going on when the test was over, after 1 matched frame;"
            + " close the client in the test, or have it take all of its replies"),
        message);
  }

  @Test
  void aTestWithoutAClientFails() {
    String message = message(Cases.class, "connectsToNobody");
    assertTrue(message.startsWith(FILE + ": no client connected to 127.0.0.1:"), message);
  }

  @Test
  void aTestThatDoesNotTakeItsAddressFails() {
    assertEquals(
        "greeting.tsv: no client connected, as no test asked for the server's address;"
            + " have the test give it to its client",
        message(Cases.class, "takesNoAddress"));
  }

  @Test
  void anExceptionOfAClientWhoseConnectionWasClosedIsTheCauseOfTheExplanation() {
    Throwable failure = Runs.failure(Cases.class, "throwsWhatComesOfAMismatch");
    assertInstanceOf(AssertionFailedError.class, failure);
    assertTrue(failure.getMessage().startsWith("connection 1 c2s entry 1 "), failure.getMessage());
    assertEquals("end of stream", failure.getCause().getMessage());
    assertEquals(0, failure.getSuppressed().length);
    assertEquals(Cases.class.getName(), failure.getStackTrace()[0].getClassName());
  }

  @Test
  void anAssertionThatFailedIsInTheFirstLineToo() {
    String message = message(Cases.class, "assertsAfterAMismatch");
    String line = message.lines().findFirst().orElseThrow();
    assertTrue(line.startsWith("connection 1 c2s entry 1 "), line);
    assertTrue(line.endsWith("; the test failed with: expected: <42> but was: <null>"), line);
    assertTrue(message.contains("\nmismatch: connection 1 with"), message);
  }

  @Test
  void anExceptionBeforeTheTestIsExplainedToo() {
    String message = message(ConnectingCases.class, "neverRuns");
    assertTrue(message.startsWith("connection 1 c2s entry 1 "), message);
  }

  static class ConnectingCases {
    @BeforeEach
    void connect(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
      throw new IllegalStateException("its own");
    }

    @Greeting
    void neverRuns() {}
  }

  @Test
  void aTestThatFailsBeforeItsClientIsDoneKeepsItsOwnException() {
    Throwable failure = Runs.failure(Cases.class, "failsByItself");
    assertEquals("its own", failure.getMessage());
    assertTrue(failure.getSuppressed()[0].getMessage().startsWith("connection 1 c2s entry 3 "));
  }

  private static void assertAborted(Class<?> test, String name) {
    Events tests = Runs.run(Runs.method(test, name)).testEvents();
    assertEquals(1, tests.aborted().count(), tests.failed().list().toString());
  }

  @Test
  void aTestThatIsAbortedIsNotFailed() {
    assertAborted(Cases.class, "isAborted");
    assertAborted(Cases.class, "isAbortedByJUnit4");
  }

  static class AssumingCases {
    @BeforeEach
    void assume() {
      abort("no time");
    }

    @ReplayTest("greetings.tsv")
    void isWithoutARecording(InetSocketAddress server) {}
  }

  @Test
  void aTestThatIsAbortedBeforeItBeginsNeedsNoRecording() {
    assertAborted(AssumingCases.class, "isWithoutARecording");
  }

  @Test
  void anotherNumberOfConnectionsFails() {
    assertEquals(
        FILE + ": 3 connections played it, expected 2;"
            + " correct the client, or the number of connections",
        message(Cases.class, "comesThreeTimes"));
  }

  @Test
  void aWrongHeaderLengthIsGuessed() {
    String message = message(Cases.class, "hasAnotherHeader");
    assertTrue(
        message.endsWith("  no frame matched yet: if the protocol's header is not 8 bytes long,"
            + " set the header length"),
        message);
  }

  @Test
  void noFailureNamesAnOptionOfTheCommandLine() {
    for (String name : List.of(
        "differs",
        "leavesEarly",
        "staysAndSaysNothing",
        "hasAnotherHeader",
        "sendsHalfAFrame",
        "leavesWhileAFrameIsOwed",
        "mustNotRecord")) {
      String message = message(Cases.class, name);
      assertFalse(message.contains("--"), message);
    }
  }

  @Test
  void aMissingRecordingSaysHowToMakeIt() {
    assertEquals(
        "src/test/resources/greetings.tsv: there is no such recording;"
            + " correct the name, or give the test a target to record from",
        message(Cases.class, "isWithoutARecording"));
    assertEquals(
        "src/test/resources/greetings.tsv: there is no such recording;"
            + " record it with -Dtracestream.record=once, or TRACESTREAM_RECORD=once in the environment,"
            + " and commit it",
        message(Cases.class, "mustNotRecord"));
  }

  @Test
  void aFileThatIsNotARecordingIsReported() {
    String message = message(Cases.class, "playsAnotherFile");
    assertTrue(message.startsWith("src/test/resources/greeting.rules:2: "), message);
  }

  @Test
  void aWrongAttributeIsNamedInTheFirstWords() {
    assertEquals(
        "rules: \"skip c2s:0+1\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD,"
            + " allow FRAMES or fault FAULT",
        message(Cases.class, "hasAWrongRule"));
    assertEquals(
        "rulesFile: src/test/resources/greetings.rules: no such file",
        message(Cases.class, "hasNoRulesFile"));
    String message = message(Cases.class, "hasAWrongRulesFile");
    assertTrue(message.startsWith("rulesFile: " + FILE + ":2: \"0"), message);
    assertEquals(
        "target: found \"localhost\", expected a host and a port, such as localhost:9001",
        message(Cases.class, "hasAWrongTarget"));
    assertEquals(
        "headerLength: found 17, expected 1 to 16", message(Cases.class, "hasAnImpossibleHeader"));
    assertEquals(
        "framing: found \"lenght=1\", expected a name such as kafka, or keys such as length=4",
        message(Cases.class, "hasAWrongFraming"));
    assertEquals(
        "headerLength: cannot be combined with framing, which says how long it is",
        message(Cases.class, "hasAFramingAndAHeader"));
    assertEquals(
        "idleTimeoutMillis: found 0, expected more than 0", message(Cases.class, "hasNoTime"));
    assertEquals(
        "connections: found -1, expected 0 or more",
        message(Cases.class, "hasFewerThanNoConnections"));
    assertEquals(
        "the recording's name is empty; write one, such as login.tsv",
        message(Cases.class, "isWithoutAName"));
  }

  static class RepeatedCases {
    @Greeting
    @RepeatedTest(2)
    void repeated(InetSocketAddress server) throws Exception {
      greet(server, "00");
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rules = "ignore c2s:3+1", connections = 1)
    @ParameterizedTest
    @ValueSource(strings = {"21", "22"})
    void parameterized(String end, InetSocketAddress server) throws Exception {
      greet(server, end);
    }

    @RepeatedGreeting
    void repeatedByAnAnnotationOfOnesOwn(InetSocketAddress server) throws Exception {
      greet(server, "00");
    }

    @Greeting
    @RepeatedTest(2)
    void secondDiffers(InetSocketAddress server, RepetitionInfo repetition) throws Exception {
      if (repetition.getCurrentRepetition() == 1) {
        Greeter.greet(server);
      } else {
        Greeter.mumble(server);
      }
    }

    private static void greet(InetSocketAddress server, String end) throws Exception {
      Greeter.greet(server, end);
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Greeting
  @RepeatedTest(2)
  @interface RepeatedGreeting {}

  /** Each server has one connection, and a shared one would have too many. Ports may come again. */
  @Test
  void eachInvocationOfARepeatedOrParameterizedTestHasItsOwnServer() {
    Runs.assertCounts(2, 0, Runs.method(RepeatedCases.class, "repeated"));
    Runs.assertCounts(2, 0, Runs.method(RepeatedCases.class, "parameterized"));
    Runs.assertCounts(2, 0, Runs.method(RepeatedCases.class, "repeatedByAnAnnotationOfOnesOwn"));
  }

  @Test
  void onlyTheInvocationWhoseClientDifferedFails() {
    Runs.assertCounts(1, 1, Runs.method(RepeatedCases.class, "secondDiffers"));
  }

  @Test
  void JUnitFindsNothingWrongWithOurAnnotations() {
    assertEquals(
        List.of(),
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(RepeatedCases.class), selectClass(ConstructorCases.class))
            .discover()
            .getDiscoveryIssues());
  }

  @Test
  void aTestThatHasJUnitsOwnAnnotationTooRunsOnce() {
    Runs.assertPasses(Cases.class, "isAlsoAnnotatedAsTest");
  }

  static class EarlyCases {
    private InetSocketAddress early;

    @BeforeEach
    void takeTheAddress(InetSocketAddress server) {
      early = server;
    }

    @Greeting
    void usesItLater() throws Exception {
      Greeter.greet(early);
    }
  }

  @Test
  void aMethodBeforeEachMayHaveTheAddress() {
    Runs.assertPass(1, EarlyCases.class);
  }

  @Test
  void aTestThatLeavesItsThreadInterruptedPassesAndTheThreadStaysSo() {
    Runs.assertPasses(Cases.class, "leavesItsThreadInterrupted");
    assertTrue(interrupted);
    Runs.assertPasses(Cases.class, "plays");
    assertFalse(interrupted);
  }

  @Test
  void anyIdleTimeoutCanBeWaitedFor() {
    Runs.assertPasses(Cases.class, "hasAllTheTime");
  }

  static class ConstructorCases {
    private final InetSocketAddress server;

    ConstructorCases(InetSocketAddress server) {
      this.server = server;
    }

    @Greeting
    void plays() throws Exception {
      Greeter.greet(server);
    }

    @Greeting
    void hasTheSameServer(InetSocketAddress address) throws Exception {
      assertEquals(server, address);
      Greeter.greet(server);
    }

    @Greeting
    void differs() throws Exception {
      Greeter.mumble(server);
    }
  }

  @Test
  void aConstructorMayHaveTheAddress() {
    Runs.assertPasses(ConstructorCases.class, "plays");
    Runs.assertPasses(ConstructorCases.class, "hasTheSameServer");
    assertTrue(message(ConstructorCases.class, "differs").startsWith("connection 1 c2s entry 1 "));
  }

  static class FailingConstructorCases {
    private static InetSocketAddress early;

    FailingConstructorCases(InetSocketAddress server) {
      early = server;
      throw new IllegalStateException("its own");
    }

    @Greeting
    void neverRuns() {}
  }

  @Test
  void aTestWhoseConstructorFailsLeavesNoServerBehind() {
    assertEquals("its own", message(FailingConstructorCases.class, "neverRuns"));
    assertThrows(IOException.class, () -> TestPeer.connect(FailingConstructorCases.early));
  }

  @Greeting
  static class AnnotatedCases {
    @Test
    void plays() {}
  }

  @Greeting
  static class AnnotatedBeforeAllCases {
    @BeforeAll
    static void before(InetSocketAddress server) {}

    @Test
    void plays() {}
  }

  @Test
  void theAnnotationOnAClassIsRefused() {
    String expected = "@ReplayTest is for a method, and gives a server to it, its constructor, and"
        + " its methods @BeforeEach; for one server for the whole class, use a static field of"
        + " ReplayExtension";
    assertEquals(expected, message(AnnotatedCases.class, "plays"));
    Throwable failure =
        Runs.failures(selectClass(AnnotatedBeforeAllCases.class)).get(0);
    assertTrue(failure.getMessage().endsWith(expected), failure.getMessage());
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class PerClassCases {
    @Greeting
    void one(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @Greeting
    void another(InetSocketAddress server) throws Exception {
      one(server);
    }

    @Nested
    class Inside {
      @Greeting
      void nested(InetSocketAddress server) throws Exception {
        one(server);
      }
    }
  }

  @Test
  void aClassWithOneInstanceHasAServerForEachTestToo() {
    Runs.assertPass(3, PerClassCases.class);
  }

  static class HangingCases {
    private TestPeer client;

    @Greeting
    @Timeout(value = 100, unit = TimeUnit.MILLISECONDS)
    void hangs(InetSocketAddress server) throws Exception {
      client = TestPeer.connect(server).send("02 6869");
      new CountDownLatch(1).await();
    }

    @AfterEach
    void close() throws Exception {
      client.close();
    }
  }

  @Test
  void aTestThatTimesOutKeepsItsOwnExceptionToo() {
    Throwable failure =
        assertInstanceOf(TimeoutException.class, Runs.failure(HangingCases.class, "hangs"));
    assertTrue(
        failure
            .getSuppressed()[failure.getSuppressed().length - 1]
            .getMessage()
            .startsWith("connection 1 c2s entry 3 "),
        () -> List.of(failure.getSuppressed()).toString());
  }

  @Test
  void aRewriterComputesWhatIsExpected() {
    Runs.assertPasses(Cases.class, "isComputed");
    String message = message(Cases.class, "isAsRecorded");
    assertTrue(message.startsWith("connection 1 c2s "), message);
  }

  @Test
  void aRewriterThatCannotBeMadeIsRefused() {
    String message = message(Cases.class, "hasNoKey");
    assertTrue(
        message.startsWith("rewriter: cannot make an object of " + Keyed.class.getName() + ": "),
        message);
    assertTrue(
        message.endsWith(
            "; it needs a constructor without arguments, and must not be an" + " inner class"),
        message);
  }
}
