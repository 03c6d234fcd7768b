package io.tracestream.junit;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Which tests of a class have not run. JUnit tells an extension about those that are disabled, but
 * not about those that were not selected, so the class is searched for them. For one thread at a
 * time.
 */
final class ClassTests {
  private final Set<Key> notRun = new HashSet<>();
  private final Set<Key> disabled = new HashSet<>();
  private final Set<Class<?>> classes = new HashSet<>();

  /** An inherited method is a test of each class that inherits it. */
  private record Key(Class<?> test, Method method) {
    static Key of(ExtensionContext context) {
      return new Key(context.getRequiredTestClass(), context.getRequiredTestMethod());
    }
  }

  /** Adds the tests of a class and of those nested in it, unless they were added before. */
  void add(Class<?> test) {
    add(test, false);
  }

  private void add(Class<?> test, boolean isDisabled) {
    if (!classes.add(test)) {
      return;
    }
    for (Method method : AnnotationSupport.findAnnotatedMethods(
        test, Testable.class, HierarchyTraversalMode.TOP_DOWN)) {
      if ((method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC | Modifier.ABSTRACT)) == 0) {
        (isDisabled ? disabled : notRun).add(new Key(test, method));
      }
    }
    ReflectionSupport.findNestedClasses(
            test, nested -> AnnotationSupport.isAnnotated(nested, Nested.class))
        .forEach(nested ->
            add(nested, isDisabled || AnnotationSupport.isAnnotated(nested, Disabled.class)));
  }

  /** A test runs. */
  void ran(ExtensionContext context) {
    notRun.remove(Key.of(context));
  }

  /** A test does not run, because of a condition. */
  void disabled(ExtensionContext context) {
    Key key = Key.of(context);
    notRun.remove(key);
    disabled.add(key);
  }

  boolean allRan() {
    return notRun.isEmpty() && disabled.isEmpty();
  }

  /** Whether all tests ran that can. */
  boolean allRanOrAreDisabled() {
    return notRun.isEmpty();
  }
}
