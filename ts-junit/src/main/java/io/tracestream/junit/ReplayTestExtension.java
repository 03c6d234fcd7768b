package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.replay.Timing;
import io.tracestream.rules.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives each {@link ReplayTest}, and each invocation of a repeated one, a server of its own. */
final class ReplayTestExtension
    implements TestTemplateInvocationContextProvider,
        BeforeEachCallback,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler,
        ParameterResolver {
  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(ReplayTestExtension.class);

  private static Optional<ReplayTest> annotation(ExtensionContext context) {
    return context
        .getTestMethod()
        .flatMap(method -> AnnotationSupport.findAnnotation(method, ReplayTest.class));
  }

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return annotation(context).isPresent();
  }

  /** One invocation, unless another annotation says how often the test runs. */
  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return isTestWithoutUs(context.getRequiredTestMethod(), new HashSet<>())
        ? Stream.empty()
        : Stream.of(new Once(context.getDisplayName()));
  }

  @Override
  public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
    return isTestWithoutUs(context.getRequiredTestMethod(), new HashSet<>());
  }

  /** Whether there is an annotation such as {@code @RepeatedTest}, however deep. */
  private static boolean isTestWithoutUs(AnnotatedElement element, Set<Class<?>> seen) {
    for (Annotation annotation : element.getDeclaredAnnotations()) {
      Class<? extends Annotation> type = annotation.annotationType();
      if (type == Testable.class
          || type != ReplayTest.class && seen.add(type) && isTestWithoutUs(type, seen)) {
        return true;
      }
    }
    return false;
  }

  private record Once(String displayName) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int invocation) {
      return displayName;
    }
  }

  /** A constructor's parameter is for one test, as each test has an instance of its own. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == InetSocketAddress.class || type == Faults.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    try {
      SharedRun run = run(context);
      return parameter.getParameter().getType() == Faults.class
          ? Objects.requireNonNull(run.faults())
          : run.current().address();
    } catch (UncheckedIOException
        | IllegalStateException
        | IllegalArgumentException
        | ExtensionConfigurationException e) {
      // Of this type, JUnit shows the message as it is: what is wrong is in its first words.
      throw new ParameterResolutionException(e.getMessage(), e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    run(context);
  }

  /** The run of the test, which its constructor may have begun. */
  private static SharedRun run(ExtensionContext context) {
    ReplayTest test = annotation(context)
        .orElseThrow(
            () -> new ExtensionConfigurationException("@ReplayTest is for a method, and gives a"
                + " server to it, its constructor, and its methods @BeforeEach; for one server for the"
                + " whole class, use a static field of ReplayExtension"));
    ExtensionContext.Store store = context.getStore(OURS);
    SharedRun run = store.get(SharedRun.class, SharedRun.class);
    if (run == null) {
      run = new SharedRun(settings(test));
      run.begin(context);
      store.put(SharedRun.class, run);
    }
    return run;
  }

  private static FrameFormat format(ReplayTest test) {
    if (test.framing().isEmpty()) {
      return new FrameFormat(test.headerLength(), test.maxPayloadLength());
    }
    if (test.headerLength() != 8) {
      throw new IllegalArgumentException(
          "headerLength: cannot be combined with framing, which says how long it is");
    }
    return new FrameFormat(Framing.parse(test.framing()), test.maxPayloadLength());
  }

  private static Settings settings(ReplayTest test) {
    if (test.idleTimeoutMillis() <= 0) {
      throw new IllegalArgumentException(
          "idleTimeoutMillis: found " + test.idleTimeoutMillis() + ", expected more than 0");
    }
    Settings settings = Settings.of(test.value())
        .withFormat(format(test))
        .withTiming(test.pauses() ? Timing.ORIGINAL : Timing.NONE)
        .withRules(test.rules())
        .withRulesFile(test.rulesFile())
        .withFaults(test.faultSeed(), test.faults())
        .withRewriter(test.rewriter())
        .withIdleTimeout(Duration.ofMillis(test.idleTimeoutMillis()))
        .withConnections(test.connections())
        .withMode(test.record())
        .withAtEnd(test.atEnd())
        .withStub(test.stub())
        .withStrictUse(test.strictUse())
        .checked();
    return test.target().isEmpty() ? settings : settings.withTarget(test.target());
  }

  @Override
  public void handleBeforeEachMethodExecutionException(
      ExtensionContext context, Throwable throwable) throws Throwable {
    handleTestExecutionException(context, throwable);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable throwable)
      throws Throwable {
    SharedRun run = context.getStore(OURS).get(SharedRun.class, SharedRun.class);
    throw run == null ? throwable : run.explained(throwable);
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    SharedRun run = context.getStore(OURS).get(SharedRun.class, SharedRun.class);
    if (run != null) { // null when the annotation's settings are wrong
      run.end(context);
    }
  }
}
