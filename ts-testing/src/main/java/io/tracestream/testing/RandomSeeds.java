package io.tracestream.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a test with the given number of seeds, fresh ones each time. The test's name shows the seed:
 * put it into {@code @ValueSource(longs = …)} to see a failure again.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(RandomSeeds.Source.class)
public @interface RandomSeeds {
  /** How many. */
  int value();

  /** Makes the seeds. */
  final class Source implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      int count =
          context.getRequiredTestMethod().getAnnotation(RandomSeeds.class).value();
      return new Random().longs(count).mapToObj(Arguments::of);
    }
  }
}
