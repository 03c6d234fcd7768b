package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestFilesTest {
  @TempDir
  private Path dir;

  /** This class, as it were compiled into that folder. */
  private Class<?> classIn(Path classes) throws Exception {
    String name = TestFilesTest.class.getName();
    Path file = classes.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    URL here = TestFilesTest.class.getResource("TestFilesTest.class");
    Files.copy(Path.of(here.toURI()), file);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)) {
      return loader.loadClass(name);
    }
  }

  @Test
  void aNameIsLookedForBesideTheTestsOfThisModule() {
    assertEquals(
        Path.of("src/test/resources/bank/login.tsv"),
        TestFiles.find(TestFilesTest.class, "bank/login.tsv"));
  }

  @Test
  void theProjectIsThatOfTheClassWhereverTheTestIsStarted() throws Exception {
    Files.createDirectories(dir.resolve("app/src/test/java"));
    for (String classes : new String[] {"target/test-classes", "build/classes/java/test"}) {
      assertEquals(
          dir.resolve("app/src/test/resources/login.tsv"),
          TestFiles.find(classIn(dir.resolve("app").resolve(classes)), "login.tsv"));
    }
  }

  @Test
  void withoutSuchAProjectItIsTheWorkingDirectory() throws Exception {
    assertEquals(
        Path.of("src/test/resources/login.tsv"),
        TestFiles.find(classIn(dir.resolve("classes")), "login.tsv"));
    assertEquals(
        Path.of("src/test/resources/login.tsv"), TestFiles.find(String.class, "login.tsv"));
  }

  @Test
  void anAbsolutePathIsTakenAsItIs() {
    assertEquals(
        dir.resolve("login.tsv"),
        TestFiles.find(TestFilesTest.class, dir.resolve("login.tsv").toString()));
  }
}
