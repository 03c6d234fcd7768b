package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.rules.Rules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class RuleOptionsTest {
  @TempDir
  private Path dir;

  @Command
  private static final class AnyCommand {
    @Mixin
    private RuleOptions options;
  }

  private static Rules rules(String... args) {
    AnyCommand command = new AnyCommand();
    new CommandLine(command).parseArgs(args);
    return command.options.rules();
  }

  @Test
  void withoutFlagsNothingVaries() {
    assertEquals(Rules.NONE, rules());
  }

  @Test
  void flagsAndFilesAddUp() throws Exception {
    Path one = Files.writeString(dir.resolve("one"), "# ids\nignore c2s:0+2\n");
    Path two = Files.writeString(dir.resolve("two"), "copy c2s:0+2->s2c:0+2 # of the request\n");
    assertEquals(
        """
        ignore s2c:-8+4
        ignore s2c:4+1
        ignore c2s:0+2
        copy c2s:4+1->s2c:5+1
        copy c2s:0+2->s2c:0+2
        """,
        rules(
                "--ignore=s2c:-8+4",
                "--rules",
                one.toString(),
                "--ignore",
                "s2c:4+1",
                "--copy=c2s:4+1->s2c:5+1",
                "--rules",
                two.toString())
            .toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--ignore=4+2 | \"4+2\": character 1: not a field; write the direction, the offset and the length, such"
            + " as c2s:4+2, or s2c:-8+4 to count from the payload's end",
        "--ignore=c2s:4+0 | \"c2s:4+0\": character 7: the length must be 1 or more",
        "--copy=c2s:4+4 | \"c2s:4+4\": character 8: write -> and a field of the other direction here, such as"
            + " c2s:4+4->s2c:0+4",
        "--copy=c2s:4+4->s2c:0+2 | \"c2s:4+4->s2c:0+2\": the lengths 4 and 2 differ; a copy puts"
            + " as many bytes as it takes",
      })
  void aWrongRuleSaysWhatWasExpected(String arg, String message) {
    Exception refused = assertThrows(ParameterException.class, () -> rules(arg));
    assertEquals(message, refused.getMessage().replaceFirst("^.*?\\): ", ""));
  }

  @Test
  void aWrongLineOfAFileIsReportedWithItsPlace() throws Exception {
    Path file = Files.writeString(dir.resolve("rules"), "\nignore c2s:x\n");
    Exception refused =
        assertThrows(ParameterException.class, () -> rules("--rules", file.toString()));
    assertEquals(
        file
            + ":2: \"c2s:x\": character 5: not an offset; write a number of bytes, such as c2s:4+2, or s2c:-8+4 to count from the payload's end",
        refused.getMessage());
  }

  @Test
  void aFileThatIsNotThereIsReported() {
    Path file = dir.resolve("none");
    Exception refused =
        assertThrows(ParameterException.class, () -> rules("--rules", file.toString()));
    assertEquals(file + ": no such file", refused.getMessage());
  }
}
