package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.replay.Timing;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives each {@link ReplayTest} a server of its own. */
final class ReplayTestExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final ExtensionContext.Namespace OURS =
      ExtensionContext.Namespace.create(ReplayTestExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    ReplayTest test = AnnotationSupport.findAnnotation(
            context.getRequiredTestMethod(), ReplayTest.class)
        .orElseThrow();
    ReplayExtension extension = new ReplayExtension(settings(test, context.getRequiredTestClass()));
    extension.beforeEach(context);
    context.getStore(OURS).put(ReplayExtension.class, extension);
  }

  private static Settings settings(ReplayTest test, Class<?> testClass) throws IOException {
    Rules rules = Rules.of(test.rules());
    if (!test.rulesFile().isEmpty()) {
      rules = rules.plus(Rules.read(TestFiles.find(testClass, test.rulesFile())));
    }
    return new Settings(
        test.value(),
        new FrameFormat(test.headerLength(), test.maxPayloadLength()),
        test.pauses() ? Timing.ORIGINAL : Timing.NONE,
        rules,
        Duration.ofMillis(test.idleTimeoutMillis()),
        test.connections(),
        test.target().isEmpty() ? null : Settings.target(test.target()),
        test.record());
  }

  private static ReplayExtension extension(ExtensionContext context) {
    return context.getStore(OURS).get(ReplayExtension.class, ReplayExtension.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == InetSocketAddress.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return extension(context).address();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
    ReplayExtension extension = extension(context);
    if (extension != null) { // else it could not begin
      extension.afterEach(context);
    }
  }
}
