package io.tracestream.junit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs test classes inside a test, and reports what happened to them. */
final class Runs {
  /** What the last run printed to the standard error stream, its log included. */
  private static String printed = "";

  private Runs() {}

  /** What the only test of that name failed with. */
  static Throwable failure(Class<?> test, String name) {
    List<Throwable> failures = failures(method(test, name));
    assertEquals(1, failures.size(), "failures of " + name + ": " + failures);
    return failures.get(0);
  }

  static String message(Class<?> test, String name) {
    return failure(test, name).getMessage();
  }

  static void assertPasses(Class<?> test, String name) {
    assertCounts(1, 0, method(test, name));
  }

  /** How many tests passed, and how many failed; no class failed. */
  static void assertCounts(int passed, int failed, DiscoverySelector... selectors) {
    EngineExecutionResults results = run(selectors);
    String all = results.allEvents().failed().list().toString();
    assertEquals(failed, results.testEvents().failed().count(), all);
    assertEquals(passed, results.testEvents().succeeded().count(), all);
    assertEquals(0, results.containerEvents().failed().count(), all);
  }

  static void assertPass(int count, Class<?> test) {
    assertCounts(count, 0, selectClass(test));
  }

  /** Failures of tests and of classes. */
  static List<Throwable> failures(DiscoverySelector... selectors) {
    List<Throwable> failures = new ArrayList<>();
    run(selectors)
        .allEvents()
        .failed()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .forEach(result -> failures.add(result.getThrowable().orElseThrow()));
    return failures;
  }

  static EngineExecutionResults run(DiscoverySelector... selectors) {
    return run(Map.of(), selectors);
  }

  static EngineExecutionResults run(Map<String, String> settings, DiscoverySelector... selectors) {
    PrintStream standardError = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, UTF_8));
    try {
      return EngineTestKit.engine("junit-jupiter")
          .configurationParameters(settings)
          .selectors(selectors)
          .execute();
    } finally {
      System.setErr(standardError);
      printed = bytes.toString(UTF_8);
    }
  }

  /** What our extension itself printed for the user in the last run. */
  static List<String> said() {
    return printed.lines().filter(line -> line.startsWith("ts-junit: ")).toList();
  }

  static DiscoverySelector method(Class<?> test, String name) {
    Method found = Arrays.stream(test.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .findFirst()
        .orElseThrow();
    return selectMethod(test, found);
  }
}
