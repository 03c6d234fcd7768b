package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.Timing;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives each {@link ReplayTest} a server of its own. */
final class ReplayTestExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(ReplayTestExtension.class);

  /** A constructor's parameter is the test's: each test has an instance of its own. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == InetSocketAddress.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    try {
      return started(context).current().address();
    } catch (IOException e) {
      throw new ExtensionConfigurationException(e.getMessage(), e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    started(context);
  }

  /** The run of the test, which its constructor may have started. */
  private static SharedRun started(ExtensionContext context) throws IOException {
    ReplayTest test = context
        .getTestMethod()
        .flatMap(method -> AnnotationSupport.findAnnotation(method, ReplayTest.class))
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

  private static Settings settings(ReplayTest test) {
    return new Settings(
        test.value(),
        new FrameFormat(test.headerLength(), test.maxPayloadLength()),
        test.pauses() ? Timing.ORIGINAL : Timing.NONE,
        Rules.of(test.rules()),
        test.rulesFile(),
        Duration.ofMillis(test.idleTimeoutMillis()),
        test.connections(),
        test.target().isEmpty() ? null : Settings.target(test.target()),
        test.record());
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    SharedRun run = context.getStore(OURS).get(SharedRun.class, SharedRun.class);
    if (run != null) { // else it could not begin
      run.end(context);
    }
  }
}
