package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.Timing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReplayExtensionTest {
  private static final ReplayExtension GREETING =
      ReplayExtension.of("greeting.tsv").withFormat(new FrameFormat(1, 255));

  /** Addresses that the cases below had. */
  private static final Set<InetSocketAddress> SEEN = ConcurrentHashMap.newKeySet();

  private static ReplayExtension greeting() {
    return GREETING.withTiming(Timing.NONE); // a copy, as each field has its own
  }

  private static void greet(ReplayExtension extension) throws Exception {
    SEEN.add(extension.address());
    Greeter.greet(extension.address());
  }

  static class EachCases {
    @RegisterExtension
    private final ReplayExtension server =
        greeting().withRules("ignore c2s:3+1").withConnections(1);

    @RepeatedTest(2)
    void repeated() throws Exception {
      greet(server);
      assertFalse(server.isRecording());
    }

    @ParameterizedTest
    @ValueSource(strings = {"21", "22"})
    void parameterized(String end) throws Exception {
      Greeter.greet(server.address(), end);
    }

    @Nested
    class Inside {
      @Test
      void nested() throws Exception {
        greet(server);
      }
    }
  }

  @Test
  void eachTestHasAServerOfItsOwnThoughRepeatedParameterizedOrNested() {
    // A server of two tests would have a connection too many. Ports do not tell: they may come
    // again.
    Runs.assertPass(5, EachCases.class);
  }

  static class ClassCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting().withConnections(4);

    @BeforeAll
    static void before() throws Exception {
      greet(SERVER);
    }

    @RepeatedTest(2)
    void repeated() throws Exception {
      greet(SERVER);
    }

    @Nested
    class Inside {
      @Test
      void nested() throws Exception {
        greet(SERVER);
      }
    }
  }

  @Test
  void aStaticFieldIsOneServerForItsClassAndThoseNestedInIt() {
    SEEN.clear();
    Runs.assertPass(3, ClassCases.class);
    assertEquals(1, SEEN.size());
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class PerClassCases {
    @RegisterExtension
    private final ReplayExtension server = greeting().withConnections(2);

    @RepeatedTest(2)
    void repeated() throws Exception {
      greet(server);
    }
  }

  @Test
  void aFieldOfAClassWithOneInstanceIsOneServer() {
    SEEN.clear();
    Runs.assertPass(2, PerClassCases.class);
    assertEquals(1, SEEN.size());
  }

  static class DifferingClassCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting();

    @Test
    void differs() throws Exception {
      Greeter.mumble(SERVER.address());
    }
  }

  @Test
  void aClassWhoseClientDifferedFails() {
    List<Throwable> failures = Runs.failures(selectClass(DifferingClassCases.class));
    assertEquals(1, failures.size());
    assertTrue(failures.get(0).getMessage().startsWith("connection 1 c2s entry 1 "));
  }

  static class ThrowingClassCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting();

    @Test
    void differs() throws Exception {
      Greeter.mumble(SERVER.address());
      throw new IllegalStateException("its own");
    }
  }

  @Test
  void aTestThatThrowsIsExplainedAndNotOnceMoreByItsClass() {
    List<Throwable> failures = Runs.failures(selectClass(ThrowingClassCases.class));
    assertEquals(1, failures.size(), failures.toString());
    assertTrue(failures.get(0).getMessage().startsWith("connection 1 c2s entry 1 "));
    assertEquals("its own", failures.get(0).getCause().getMessage());
  }

  static class PartlyAbortedCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting();

    @Test
    void differs() throws Exception {
      Greeter.mumble(SERVER.address());
    }

    @Test
    void isAborted() {
      abort("no time");
    }
  }

  @Test
  void anAbortedTestDoesNotHideWhatAnotherOnesClientSentWrong() {
    List<Throwable> failures = Runs.failures(selectClass(PartlyAbortedCases.class));
    assertEquals(1, failures.size());
    assertTrue(failures.get(0).getMessage().startsWith("connection 1 c2s entry 1 "));
  }

  static class PartlyDisabledCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting().withConnections(3);

    @Test
    void greets() throws Exception {
      greet(SERVER);
    }

    @Test
    @Disabled("for this test")
    void isDisabled() {}

    @Nested
    class Inside {
      @Test
      void greetsToo() throws Exception {
        greet(SERVER);
      }
    }
  }

  @Test
  void aClassPassesWithoutTheClientsOfTestsThatAreDisabledOrNotSelected() {
    Runs.assertCounts(2, 0, selectClass(PartlyDisabledCases.class));
    Runs.assertPasses(PartlyDisabledCases.class, "greets");
    Runs.assertPasses(PartlyDisabledCases.Inside.class, "greetsToo");
  }

  static class CompleteCases {
    @RegisterExtension
    private static final ReplayExtension SERVER =
        greeting().withConnections(3).withIdleTimeout(Duration.ofMillis(500));

    @Test
    void greets() throws Exception {
      greet(SERVER);
    }

    @Nested
    class Inside {
      @Test
      void greetsToo() throws Exception {
        greet(SERVER);
      }
    }
  }

  @Test
  void aClassWhoseTestsAllRanNeedsAllItsConnections() {
    List<Throwable> failures = Runs.failures(selectClass(CompleteCases.class));
    assertEquals(
        List.of("src/test/resources/greeting.tsv: 2 connections played it, expected 3;"
            + " correct the client, or the number of connections"),
        failures.stream().map(Throwable::getMessage).toList());
  }

  static class MissingRecordingCases {
    @RegisterExtension
    private static final ReplayExtension SERVER = ReplayExtension.of("greetings.tsv");

    @Test
    @Disabled("for this test")
    void isDisabled() {}

    @Test
    void isAborted() {
      abort("no time");
    }
  }

  @Test
  void aClassOfWhichNoTestRanNeedsNoRecording() {
    Runs.assertPass(0, MissingRecordingCases.class);
  }

  static class AbortedByJUnit4Cases {
    @RegisterExtension
    private static final ReplayExtension SERVER = greeting().withConnections(1);

    @Test
    void leavesEarly() throws Exception {
      Greeter.leaveEarly(SERVER.address());
      org.junit.Assume.assumeTrue("no time", false);
    }
  }

  @Test
  void anAssumptionOfJUnit4DoesNotFailTheClass() {
    Runs.assertPass(0, AbortedByJUnit4Cases.class);
  }

  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class DisturbedCases {
    @RegisterExtension
    @Order(1)
    private static final BeforeEachCallback FAILS_FIRST = context -> {
      if (context.getRequiredTestMethod().getName().equals("a")) {
        throw new IllegalStateException("its own");
      }
    };

    @RegisterExtension
    @Order(2)
    private static final ReplayExtension SERVER = greeting().withConnections(2);

    @Test
    void a() {}

    @Test
    void b() throws Exception {
      greet(SERVER);
    }

    @Test
    void c() throws Exception {
      greet(SERVER);
    }
  }

  @Test
  void aTestThatAnotherExtensionKeptFromRunningDoesNotEndTheServerOfItsClass() {
    SEEN.clear();
    Runs.assertCounts(2, 1, selectClass(DisturbedCases.class));
    assertEquals(1, SEEN.size());
  }

  static class VerdictCases {
    @RegisterExtension
    private final ReplayExtension server = greeting();

    @Test
    void differs() throws Exception {
      Greeter.mumble(server.address());
      assertEquals(1, server.verdict().differed());
      assertEquals("", server.verdict().toString());
    }
  }

  @Test
  void theVerdictCanBeAskedInTheTest() {
    List<Throwable> failures = Runs.failures(selectClass(VerdictCases.class));
    assertTrue(failures.get(0).getMessage().contains("1 differed"), failures.toString());
  }

  static class ParallelCases {
    private static final CyclicBarrier TOGETHER = new CyclicBarrier(2);

    @RegisterExtension
    private final ReplayExtension server = greeting().withConnections(1);

    @Test
    void one() throws Exception {
      greetTogether();
    }

    @Test
    void another() throws Exception {
      greetTogether();
    }

    private void greetTogether() throws Exception {
      TOGETHER.await(20, TimeUnit.SECONDS);
      greet(server);
      TOGETHER.await(20, TimeUnit.SECONDS);
    }

    @Greeting
    void hasTwoServers(InetSocketAddress address) throws Exception {
      Greeter.greet(server.address());
      Greeter.greet(address);
    }
  }

  @Test
  void testsThatRunAtTheSameTimeDoNotDisturbEachOther() {
    SEEN.clear();
    String parallel = "junit.jupiter.execution.parallel.";
    Map<String, String> settings = Map.of(
        parallel + "enabled", "true",
        parallel + "mode.default", "concurrent",
        parallel + "config.strategy", "fixed",
        parallel + "config.fixed.parallelism", "4");
    Runs.run(settings, selectClass(ParallelCases.class))
        .testEvents()
        .assertStatistics(counts -> counts.succeeded(3).failed(0));
    assertEquals(2, SEEN.size());
  }

  @Test
  void outsideOfATestThereIsNoAddress() {
    Exception e = assertThrows(IllegalStateException.class, GREETING::address);
    assertEquals(
        "greeting.tsv: there is no server outside a test;"
            + " register this extension in a field with @RegisterExtension",
        e.getMessage());
  }

  @Test
  void whatCannotWorkIsRefusedAtOnce() {
    assertEquals(
        "idleTimeout: found PT0S, expected more than 0",
        assertThrows(IllegalArgumentException.class, () -> GREETING.withIdleTimeout(Duration.ZERO))
            .getMessage());
    assertEquals(
        "connections: found -1, expected 0 or more",
        assertThrows(IllegalArgumentException.class, () -> GREETING.withConnections(-1))
            .getMessage());
    assertEquals(
        "target: found \"localhost:0\", expected a host and a port, such as localhost:9001",
        assertThrows(IllegalArgumentException.class, () -> GREETING.withTarget("localhost:0"))
            .getMessage());
  }
}
