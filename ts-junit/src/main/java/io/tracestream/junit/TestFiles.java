package io.tracestream.junit;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** Where the files of a test are: with its sources, so that what is recorded can be committed. */
final class TestFiles {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private TestFiles() {}

  /** The file of that name; shown from the working directory on where it is below that. */
  static Path find(Class<?> test, String name) {
    Path file = project(test).resolve(RESOURCES).resolve(name).normalize();
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }

  /** The nearest folder above the class that has tests: also where an IDE starts elsewhere. */
  private static Path project(Class<?> test) {
    for (Path folder = classes(test); folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(RESOURCES.getParent()))) {
        return folder;
      }
    }
    return Path.of("").toAbsolutePath();
  }

  private static Path classes(Class<?> test) {
    CodeSource source = test.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | RuntimeException e) { // it is in no file
      return null;
    }
  }
}
