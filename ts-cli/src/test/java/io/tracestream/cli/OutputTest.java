package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands write about strange names, and in which language. */
@ResourceLock(Resources.SYSTEM_ERR)
class OutputTest {
  @TempDir
  private Path dir;

  private TwoFiles files;

  @BeforeEach
  void writeRecordings() throws Exception {
    files = TwoFiles.in(dir);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect A",
        "inspect --entries A",
        "inspect DIR",
        "check A",
        "diff A B",
        "learn A B",
        "diff A B --json",
        "inspect missing",
        "replay --bogus",
        "simple_client --count x",
        "simple_client --connect 127.0.0.1:1",
        "--help",
        "replay --help"
      })
  void theTextIsTheSameInEveryLanguage(String command) {
    Locale ours = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      Run arabic = Run.of(files.args(command));
      Locale.setDefault(Locale.US);
      assertEquals(Run.of(files.args(command)), arabic);
    } finally {
      Locale.setDefault(ours);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect X",
        "inspect --entries X",
        "check X",
        "diff X Y",
        "learn X Y",
        "verify --target 127.0.0.1:1 --record X",
        "replay --listen 127.0.0.1:0 --record-dir X",
        "proxy --listen 127.0.0.1:0 --target 127.0.0.1:1 --record DIRX",
        "inspect DIRX",
        "X",
        "inspect X --X",
        "diff X Y --ignore X",
        "diff X Y --rules X",
        "learn X Z"
      })
  void whatComesFromOutsideIsShownWithoutControlCharacters(String command) throws Exception {
    String evil = dir + "/" + nameOf("e\u001b[2J\u009b2J\r\u202e\nts-proxy: forged");
    Files.writeString(Path.of(evil), "0\tc2s\t61\n0\ts2c\t6\n");
    Files.writeString(Path.of(evil + "2"), "0\tc2s\t61\n0\ts2c\t62\n");
    Files.createDirectories(Path.of(evil + "dir"));
    Files.copy(files.b(), Path.of(evil + "dir/\u001b[2J\nts-proxy: forged.tsv"));
    String[] args = command.split(" ");
    for (int i = 0; i < args.length; i++) {
      args[i] = args[i]
          .replace("DIRX", evil + "dir")
          .replace("X", evil)
          .replace("Y", evil + "2")
          .replace("Z", files.b().toString());
    }
    Run run = Run.of(args);
    for (String text : List.of(String.join("\n", run.stdout()), run.stderr())) {
      assertTrue(
          text.codePoints()
              .allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f || c > 0x9f && c != 0x202e),
          text);
      assertTrue(text.lines().noneMatch(line -> line.startsWith("ts-proxy: forged")), text);
    }
  }

  /** The characters of it that a file's name may have in this JVM: under LC_ALL=C only ASCII. */
  private static String nameOf(String text) {
    CharsetEncoder names =
        Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder();
    StringBuilder name = new StringBuilder();
    text.chars().filter(c -> names.canEncode((char) c)).forEach(c -> name.append((char) c));
    return name.toString();
  }

  @Test
  void jsonShowsNamesInAscii() throws Exception {
    String name = "\u009b2J\u202e.tsv";
    assumeTrue(nameOf(name).equals(name), "a JVM started under LC_ALL=C has only ASCII names");
    Path evil = Files.copy(files.b(), dir.resolve(name));
    Run run = Run.of("diff", "--json", files.a().toString(), evil.toString());
    assertTrue(String.join("", run.stdout()).chars().allMatch(c -> c >= ' ' && c < 0x7f));
    assertTrue(run.stdout().contains("  \"b\" : \"" + dir + "/\\u009B2J\\u202E.tsv\","));
  }
}
