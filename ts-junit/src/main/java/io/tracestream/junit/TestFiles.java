package io.tracestream.junit;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/** Finds the files of a test among its sources, so that new recordings can be committed. */
final class TestFiles {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private TestFiles() {}

  /** The file of that name, relative to the working directory if it is inside that. */
  static Path find(Class<?> test, String name) {
    Path file = project(test).resolve(RESOURCES).resolve(name).normalize();
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }

  /** The nearest folder above the class that has tests, even if an IDE starts in another one. */
  private static Path project(Class<?> test) {
    for (Path folder = classes(test); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(RESOURCES.getParent()))) {
        return folder;
      }
    }
    return Path.of("").toAbsolutePath();
  }

  /** Where the class was loaded from; null if that is not a file. */
  private static @Nullable Path classes(Class<?> test) {
    CodeSource source = test.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | RuntimeException e) {
      return null;
    }
  }
}
