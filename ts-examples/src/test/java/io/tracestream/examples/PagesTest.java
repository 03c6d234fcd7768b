package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What README.md and the pages in {@code docs} show is true: their code is code that is compiled
 * and run, and their links lead somewhere. {@code scripts/test_docs.sh} runs the commands in them.
 */
class PagesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<Path> SNIPPETS = List.of(
      ROOT.resolve("ts-examples/src/test/java/io/tracestream/examples/EmbeddingTest.java"),
      ROOT.resolve("ts-junit/src/test/java/io/tracestream/junit/SnippetsTest.java"));
  private static final Pattern SNIPPET = Pattern.compile("// ----\n(.*?)// ----\n", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("```(java|xml)\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

  @Test
  void allJavaAndXmlInThePagesIsCodeThatRuns() throws IOException {
    Set<String> tested = new HashSet<>(snippets());
    for (Path file : files(ROOT.resolve("it"), ".java", ".xml")) {
      tested.add(Files.readString(file).strip());
    }
    List<String> others = new ArrayList<>();
    for (Path page : pages()) {
      Matcher code = CODE.matcher(Files.readString(page));
      while (code.find()) {
        String shown = code.group(2);
        boolean isTested = shown.startsWith("<dependency")
            ? tested.stream().anyMatch(pom -> anyLibrary(pom).contains(anyLibrary(shown)))
            : tested.contains(shown);
        if (!isTested) {
          others.add(ROOT.relativize(page) + ":\n" + shown);
        }
      }
    }
    assertEquals(
        List.of(), others, "code in the pages that is not in EmbeddingTest, SnippetsTest or it/");
  }

  /** A part of a pom, as it is for any library of ours and any version. */
  private static String anyLibrary(String pom) {
    return pom.replaceAll("(?m)^\\s+", "")
        .replaceAll(">ts-[a-z-]+<", ">LIBRARY<")
        .replaceAll("<version>.*</version>", "<version/>");
  }

  @Test
  void allSnippetsAreInThePages() throws IOException {
    String all = "";
    for (Path page : pages()) {
      all += Files.readString(page);
    }
    for (String snippet : snippets()) {
      assertEquals(
          2, all.split(Pattern.quote("```java\n" + snippet + "\n```"), -1).length, snippet);
    }
  }

  @Test
  void allLinksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://") && !isThere(page, target)) {
          broken.add(ROOT.relativize(page) + ": " + target);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private static boolean isThere(Path page, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
  }

  /** The anchors that code hosts give to headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(Files.readString(page));
    while (heading.find()) {
      anchors.add(heading
          .group(1)
          .toLowerCase(Locale.ROOT)
          .replaceAll("[^\\p{L}\\p{N} _-]", "")
          .replace(' ', '-'));
    }
    return anchors;
  }

  private static List<String> snippets() throws IOException {
    String all = "";
    for (Path file : SNIPPETS) {
      all += Files.readString(file);
    }
    return SNIPPET
        .matcher(all)
        .results()
        .map(found -> found.group(1).stripIndent().strip())
        .toList();
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("CONTRIBUTING.md"));
    return pages;
  }

  private static List<Path> files(Path folder, String... suffixes) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> Stream.of(suffixes).anyMatch(file.toString()::endsWith))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }
}
