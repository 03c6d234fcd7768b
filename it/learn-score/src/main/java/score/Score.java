package score;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores the corpus: prints a table of all outcomes and their sums, and compares each with the one
 * that is expected.
 */
public final class Score {
  private static final String HEAD = """
      | protocol | rules | replayed | verified | constant bytes open | wrong peers | wrong echoes |
      |---|---|---|---|---|---|---|
      """;

  private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
  private final Map<String, Outcome> groups = new LinkedHashMap<>();

  private Score() {}

  /**
   * Runs the corpus. Ends with status 1 if anything is worse than expected.
   *
   * @param args the file with what is expected, {@code compare} or {@code accept}, a folder for
   *     what is recorded and learned, and parts of the names to run; all by default
   */
  public static void main(String[] args) throws Exception {
    Path expected = Path.of(args[0]);
    Score score = new Score();
    score.run(args[1].equals("written"), Path.of(args[2]), List.of(args).subList(3, args.length));
    score.sums();
    boolean worse = false;
    if (args[1].equals("accept")) {
      score.accept(expected);
    } else if (args[1].equals("compare")) {
      worse = score.isWorseThan(expected(expected));
    }
    System.exit(worse ? 1 : 0); // some of the servers leave threads behind
  }

  private void run(boolean written, Path work, List<String> names) throws Exception {
    List<Subject> subjects = new ArrayList<>(Generated.all());
    if (System.getProperty("generated").isEmpty()) {
      subjects.addAll(Debian.all());
      subjects.addAll(jars());
    }
    System.out.print(HEAD);
    for (Subject subject : subjects) {
      if (!names.isEmpty() && names.stream().noneMatch(subject.name()::contains)) {
        continue;
      }
      if (subject.missing() != null) {
        System.err.println("ts-proxy: skipped " + subject.name() + ": " + subject.missing());
        continue;
      }
      Path folder = work.resolve(subject.name().replaceAll("[^a-zA-Z0-9]+", "-"));
      Outcome outcome = new Trial(subject, folder, written).run();
      System.out.println(outcome.row(subject.name()));
      outcomes.put(subject.name(), outcome);
      groups.merge(subject.group(), outcome, Outcome::plus);
    }
  }

  /** The servers that Maven fetches, unless it could not, so that they were not compiled. */
  private static List<Subject> jars() throws ReflectiveOperationException {
    try {
      List<Subject> all = new ArrayList<>();
      for (Object each :
          (List<?>) Class.forName("score.Jars").getDeclaredMethod("all").invoke(null)) {
        all.add((Subject) each);
      }
      return all;
    } catch (ClassNotFoundException e) {
      return List.of();
    }
  }

  private void sums() {
    System.out.print("\n" + HEAD);
    groups.forEach((name, sum) -> System.out.println(sum.row(name)));
    groups.values().stream()
        .reduce(Outcome::plus)
        .ifPresent(sum -> System.out.println(sum.row("all " + outcomes.size())));
  }

  private static Map<String, Outcome> expected(Path file) throws IOException {
    Map<String, Outcome> expected = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#")) {
        expected.put(line.substring(0, line.indexOf('\t')), Outcome.parse(line));
      }
    }
    return expected;
  }

  private boolean isWorseThan(Map<String, Outcome> expected) {
    boolean worse = false;
    for (Map.Entry<String, Outcome> each : outcomes.entrySet()) {
      Outcome before = expected.get(each.getKey());
      String how = before == null
          ? "not in the file of expected outcomes"
          : each.getValue().worseThan(before);
      if (how != null) {
        System.err.println("ts-proxy: " + each.getKey() + ": " + how);
        worse = true;
      }
    }
    return worse;
  }

  /** Writes these outcomes to the file, and leaves those of others in it as they are. */
  private void accept(Path file) throws IOException {
    Map<String, Outcome> all = Files.exists(file) ? expected(file) : new LinkedHashMap<>();
    all.putAll(outcomes);
    List<String> lines = new ArrayList<>(List.of(
        "# Written by scripts/learn_score.sh --accept. At least: clients replayed, servers verified.",
        "# At most: wrong peers passed, wrong echoes passed."));
    all.forEach((name, outcome) -> lines.add(outcome.line(name)));
    Files.write(file, lines);
  }
}
