package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bank.BankDecoder;
import io.tracestream.recording.PayloadDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the user sees of the entries of a recording with inspect. */
@ResourceLock(Resources.SYSTEM_ERR)
class EntriesTest {
  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  private static String entry(String direction, String payload) {
    return "1000\t" + direction + "\t"
        + HexFormat.of().formatHex(payload.getBytes(StandardCharsets.UTF_8)) + "\n";
  }

  /** Runs inspect on the file and gives its stdout; expects that status. */
  private List<String> inspect(int status, String... options) {
    return run(status, file, options).stdout();
  }

  private static Run run(int status, Path file, String... options) {
    String[] args = new String[options.length + 2];
    args[0] = "inspect";
    args[1] = file.toString();
    System.arraycopy(options, 0, args, 2, options.length);
    Run run = Run.of(args);
    assertEquals(status, run.status(), run::stderr);
    return run;
  }

  @Test
  void payloadsAreShownWholeInHexAndText() throws Exception {
    Files.writeString(
        file, entry("c2s", "seventeen letters") + entry("s2c", "a\tb") + "2\ts2c\t\n");
    assertEquals(
        List.of(
            " entry    line      time s dir    bytes",
            "     1       1    0.001000 c2s       17",
            "  hex            0  73 65 76 65 6e 74 65 65 6e 20 6c 65 74 74 65 72  seventeen letter",
            "  hex           16  73                                               s",
            "  text    seventeen letters",
            "     2       2    0.001000 s2c        3",
            "  hex            0  61 09 62                                         a.b",
            "  text    a\\tb",
            "     3       3    0.000002 s2c        0"),
        inspect(0, "--entries", "--full"));
  }

  @Test
  void textInUtf8IsShownLineByLine() throws Exception {
    Files.writeString(file, entry("c2s", "Grüße,\r\nZoë"));
    assertEquals(
        List.of("  text    Grüße,", "  text    Zoë"), inspect(0, "--full").subList(3, 5));
  }

  @Test
  void theFirstBytesAreShownAsUtf8Too() throws Exception {
    Files.writeString(file, entry("c2s", "Grüße, Zoë ö"));
    assertTrue(
        inspect(0, "--entries").get(1).endsWith("4772c3bcc39f652c205a6fc3  Grü ß e, Zoë"),
        inspect(0, "--entries")::toString);
  }

  @Test
  void bytesThatATerminalWouldActOnAreNeverShownRaw() throws Exception {
    Files.writeString(
        file, entry("c2s", "\u001b]0;title\u0007\u202e") + "1\tc2s\tff1b5b324a9b324a\n");
    String all = String.join("\n", inspect(0, "--full"))
        + String.join("\n", inspect(0, "--json"))
        + String.join("\n", inspect(0, "--entries"));
    assertTrue(all.chars().allMatch(c -> c == '\n' || c >= ' ' && c <= '~'), all);
  }

  @Test
  void grepFindsTextAndBytesAnywhereInAPayload() throws Exception {
    Files.writeString(
        file, entry("c2s", "nothing") + entry("c2s", "0123456789LOLOGR") + entry("s2c", "LOGR"));
    List<String> found = List.of(
        " entry    line      time s dir    bytes       at  payload in hex            as text",
        "     2       2    0.001000 c2s       16       12  4c4f4752                  LOGR",
        "     3       3    0.001000 s2c        4        0  4c4f4752                  LOGR");
    assertEquals(found, inspect(0, "--grep", "LOGR"));
    assertEquals(found, inspect(0, "--grep", "0x4c4f4752"));
    assertEquals(List.of(found.get(0), found.get(2)), inspect(0, "--grep=LOGR", "--direction=s2c"));
  }

  @Test
  void whatIsNotThereIsReportedWithStatusOne() throws Exception {
    Files.writeString(file, entry("c2s", "ab"));
    for (List<String> option :
        List.of(List.of("--grep", "abc"), List.of("--entry", "2"), List.of("--direction", "s2c"))) {
      Run run = run(1, file, option.toArray(new String[0]));
      assertEquals(List.of(), run.stdout());
      assertEquals("ts-proxy: " + file + ": no such entry\n", run.stderr());
    }
  }

  @Test
  void grepSaysHowBytesAreWritten() throws Exception {
    Files.writeString(file, entry("c2s", "0x30"));
    for (String wrong : List.of("0x", "0x3", "0xgg")) {
      assertTrue(run(2, file, "--grep", wrong)
          .stderr()
          .startsWith("ts-proxy: --grep: found \"" + wrong + "\", expected 0x and two hex digits"
              + " for each byte; text that begins with 0x has to be given in hex: 0x3078; "));
    }
    assertTrue(run(2, file, "--grep", "").stderr().startsWith("ts-proxy: --grep: found nothing,"));
    assertEquals(2, inspect(0, "--grep", "0x3078").size());
  }

  @Test
  void oneEntryIsShownWithoutReadingOn() throws Exception {
    Files.writeString(file, entry("c2s", "one") + entry("s2c", "two") + "damage\n");
    assertEquals(
        "     2       2    0.001000 s2c        3  74776f                    two",
        inspect(0, "--entry", "2").get(1));
  }

  @Test
  void jsonHasAnObjectForEachEntryOnALineOfItsOwn() throws Exception {
    Files.writeString(file, entry("c2s", "{\"é\":\u00011}") + "5\ts2c\tff00\n");
    List<String> lines = inspect(0, "--json", "--decode", "json");
    assertEquals(2, lines.size());
    Map<?, ?> first = ReadJson.object(lines.get(0).getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        List.of(
            "file", "line", "entry", "micros", "direction", "length", "payload", "text", "decoded"),
        List.copyOf(first.keySet()));
    assertEquals(file.toString(), first.get("file"));
    assertEquals(
        List.of(1L, 1L, 1000L, 9L),
        List.of(first.get("line"), first.get("entry"), first.get("micros"), first.get("length")));
    assertEquals("c2s", first.get("direction"));
    assertEquals("7b22c3a9223a01317d", first.get("payload"));
    assertEquals("{\"é\":\u00011}", first.get("text"));
    assertEquals(List.of(), first.get("decoded")); // a control character is not JSON
    Map<?, ?> second = ReadJson.object(lines.get(1).getBytes(StandardCharsets.US_ASCII));
    assertNull(second.get("text"));
    assertEquals("ff00", second.get("payload"));
  }

  @Test
  void whatIsWholeBeforeDamageIsListedInJsonToo() throws Exception {
    Files.writeString(file, entry("c2s", "one") + "damage\n");
    Run run = run(1, file, "--json");
    assertEquals(1, run.stdout().size());
    assertTrue(run.stderr().startsWith("ts-proxy: " + file + ":2: "), run.stderr());
  }

  @Test
  void aFolderNamesOnlyTheConversationsThatHaveSuchEntries() throws Exception {
    Files.writeString(dir.resolve("1.tsv"), entry("c2s", "one"));
    Files.writeString(dir.resolve("2.tsv"), entry("c2s", "two"));
    List<String> lines = run(0, dir, "--grep", "two").stdout();
    assertEquals(3, lines.size(), lines::toString);
    assertEquals(dir.resolve("2.tsv").toString(), lines.get(0));
    List<String> json = run(0, dir, "--json").stdout();
    assertEquals(2, json.size());
    assertTrue(json.get(1).startsWith("{\"file\":\"" + dir.resolve("2.tsv") + "\""), json.get(1));
  }

  @Test
  void payloadsAreShownAsJsonWhereTheyAreJson() throws Exception {
    Files.writeString(file, entry("c2s", "{\"a\":[1,{}]}") + entry("s2c", "no JSON"));
    assertEquals(
        List.of(
            " entry    line      time s dir    bytes  payload in hex            as text",
            "     1       1    0.001000 c2s       12  7b2261223a5b312c7b7d5d7d  {\"a\":[1,{}]}",
            "  decoded {",
            "  decoded   \"a\": [ 1, { } ]",
            "  decoded }",
            "     2       2    0.001000 s2c        7  6e6f204a534f4e            no JSON"),
        inspect(0, "--entries", "--decode", "json"));
  }

  /** A jar as a user would make it. */
  private Path jar(String name) throws IOException {
    Path jar = Files.createDirectories(dir.resolve("decoders")).resolve(name);
    String classFile = BankDecoder.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream in = BankDecoder.class.getResourceAsStream("/" + classFile)) {
      out.putNextEntry(new JarEntry("META-INF/services/" + PayloadDecoder.class.getName()));
      out.write(BankDecoder.class.getName().getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry(classFile));
      in.transferTo(out);
    }
    return jar;
  }

  @Test
  void aDecoderInAFolderOfJarsIsChosenByItsName() throws Exception {
    Files.writeString(file, entry("c2s", "5f3abalance") + entry("s2c", "5f3a42.00"));
    Path jar = jar("bank.jar");
    List<String> expected = List.of(
        "  decoded id   35663361",
        "  decoded ask  balanceEUR",
        "  decoded id   35663361",
        "  decoded say  42.00EUR");
    for (Path place : List.of(jar, jar.getParent())) {
      assertEquals(
          expected,
          inspect(0, "--entries", "--decode", "bank:EUR", "--decoders", place.toString()).stream()
              .filter(line -> line.startsWith("  decoded"))
              .toList());
    }
  }

  @Test
  void aDecoderThatCannotBeLoadedDisturbsOnlyThoseWhoAskForIt() throws Exception {
    Files.writeString(file, entry("c2s", "{}"));
    Path jar = dir.resolve("broken.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/" + PayloadDecoder.class.getName()));
      out.write("bank.Gone\n".getBytes(StandardCharsets.UTF_8));
    }
    Files.copy(jar, jar("bank.jar").resolveSibling("a.jar"));
    String folder = dir.resolve("decoders").toString();
    assertTrue(inspect(0, "--entries", "--decode", "json", "--decoders", folder)
        .contains("  decoded { }"));
    String missing =
        run(2, file, "--full", "--decode", "gone", "--decoders", folder).stderr();
    assertTrue(missing.contains("; cannot load "), missing);
    assertTrue(missing.contains("Provider bank.Gone not found"), missing);
    String alone =
        run(2, file, "--full", "--decode", "json", "--decoders", jar.toString()).stderr();
    assertTrue(alone.startsWith("ts-proxy: --decoders: " + jar + ": cannot load "), alone);
    assertEquals(1, alone.lines().count());
  }

  @Test
  void mistakesWithDecodersAreNamed() throws Exception {
    Files.writeString(file, entry("c2s", "x"));
    String jar = jar("bank.jar").toString();
    assertTrue(run(2, file, "--full", "--decode", "bank")
        .stderr()
        .startsWith("ts-proxy: --decode: found \"bank\", expected json"));
    assertTrue(run(2, file, "--full", "--decode", "bank:eur", "--decoders", jar)
        .stderr()
        .startsWith("ts-proxy: --decode bank: found \"eur\", expected a currency; "));
    assertTrue(run(2, file, "--full", "--decode", "json:x")
        .stderr()
        .startsWith("ts-proxy: --decode json: takes no arguments; "));
    assertTrue(run(2, file, "--full", "--decode", "json", "--decoders", file.toString())
        .stderr()
        .startsWith("ts-proxy: --decoders: there is no decoder in " + file));
    assertTrue(run(2, file, "--full", "--decoders", jar)
        .stderr()
        .startsWith("ts-proxy: --decoders is only valid with --decode"));
    assertTrue(
        run(2, file, "--decode", "json").stderr().startsWith("ts-proxy: --decode: add --entries"));
  }
}
