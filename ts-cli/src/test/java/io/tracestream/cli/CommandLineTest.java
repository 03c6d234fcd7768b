package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.testing.SystemText;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user sees of each command without a conversation: help, mistakes, exit statuses. */
@ResourceLock(Resources.SYSTEM_ERR)
class CommandLineTest {
  private static final List<String> COMMANDS = List.of(
      "proxy",
      "replay",
      "verify",
      "load",
      "learn",
      "diff",
      "inspect",
      "check",
      "detect",
      "import",
      "export",
      "simple_server",
      "simple_client");

  @TempDir
  private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy ",
        "replay ",
        "verify ",
        "load ",
        "diff ",
        "learn ",
        "simple_server ",
        "simple_client ",
        "simple-server ",
        "simple-client ",
        "inspect ",
        "check "
      })
  void everyCommandHasHelpAndAVersion(String command) {
    Run help = Run.of((command + "--help").split(" "));
    assertEquals(0, help.status());
    assertTrue(help.stdout().get(0).startsWith("Usage: ts-proxy " + command.replace('-', '_')));
    Run version = Run.of((command + "--version").split(" "));
    assertEquals(0, version.status());
    assertTrue(version.stdout().get(0).startsWith("ts-proxy "));
  }

  @Test
  void theCommandHelpShowsTheSameHelp() {
    for (String command : COMMANDS) {
      assertEquals(Run.of(command, "--help"), Run.of("help", command));
    }
    assertEquals(Run.of("--help"), Run.of("help"));
  }

  @Test
  void helpIsAsWideAsATerminalUsuallyIsAndHasExamples() {
    int width = Integer.parseInt(System.getenv().getOrDefault("COLUMNS", "80"));
    for (String command : COMMANDS) {
      List<String> help = Run.of("help", command).stdout();
      assertTrue(help.stream().allMatch(line -> line.length() <= width), help.toString());
      assertTrue(help.contains("Examples:"), help.toString());
      assertTrue(help.stream().anyMatch(line -> line.startsWith("  ts-proxy " + command + " ")));
    }
  }

  @Test
  void helpBreaksLinesAtBlanksOnly() {
    String help = String.join("\n", Run.of("help", "replay").stdout());
    for (String whole : List.of("s2c:-8+4 ", "'c2s[0=0003]'", "FILE.json,", "allow FRAMES.")) {
      assertTrue(help.contains(whole), whole + " in " + help);
    }
  }

  @Test
  void theOverviewSaysOfEachCommandAllThatItsDescriptionBeginsWith() {
    String overview = String.join(" ", Run.of("--help").stdout()).replaceAll(" +", " ");
    for (String command : COMMANDS) {
      List<String> help = Run.of(command, "--help").stdout();
      String first = String.join(" ", help.subList(help.indexOf("") + 1, help.size()))
          .replaceFirst("\\..*", ".");
      assertTrue(overview.contains(first), first + " in " + overview);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "proxy, true, true",
    "replay, true, true",
    "verify, true, true",
    "load, true, true",
    "simple_server, true, true",
    "simple_client, true, false",
    "learn, true, false",
    "diff, false, false",
    "inspect, false, false",
    "check, false, false"
  })
  void optionsAreOfferedWhereTheyDoSomething(String command, boolean frames, boolean logs) {
    String help = String.join("\n", Run.of(command, "--help").stdout());
    assertEquals(frames, help.contains("--header-len"));
    assertEquals(logs, help.contains("--verbose"));
    assertEquals(logs, help.contains("--quiet"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | no command given; the commands are proxy, replay, verify, load, learn, diff, inspect,"
            + " check, detect, import, export, simple_server, simple_client, completion, help;"
            + " see ts-proxy --help",
        "prosy | unknown command \"prosy\" (did you mean proxy?); see ts-proxy --help",
        "frobnicate | unknown command \"frobnicate\"; see ts-proxy --help",
        "--bogus | unknown option \"--bogus\"; see ts-proxy --help",
        "-v replay --listen a:0 --record f | unknown option \"-v\"; see ts-proxy --help",
        "help prosy | unknown command \"prosy\" (did you mean proxy?); see ts-proxy --help",
        "replay --record f | missing: --listen H:P; see ts-proxy replay --help",
        "replay --listen a:0 --record= | --record: found \"\", expected a name that a file can have"
            + " here; see ts-proxy replay --help",
        "replay --listen a:0 --record f --timing slow | --timing: found \"slow\", expected original"
            + " or none; see ts-proxy replay --help",
        "simple_server --listen 9000 | --listen: found \"9000\", expected HOST:PORT, such as"
            + " localhost:9000 or 127.0.0.1:9000; see ts-proxy simple_server --help",
        "simple_server --listen ::1:9000 | --listen: found \"::1:9000\", expected HOST:PORT, such as"
            + " [::1]:9000 with an IPv6 address; see ts-proxy simple_server --help",
        "simple_server --listen a:70000 | --listen: found port 70000 in \"a:70000\", expected 0 to"
            + " 65535; see ts-proxy simple_server --help",
        "simple_server --listen 1.2.3.256:0 | --listen: found \"1.2.3.256\", which is not an IPv4"
            + " address; see ts-proxy simple_server --help",
        "simple_server --listen [1::2::3]:0 | --listen: found \"1::2::3\", which is not an IPv6"
            + " address; see ts-proxy simple_server --help",
        "simple_server --listen | --listen: missing its value, H:P; see ts-proxy simple_server --help",
        "simple_server --listen a:0 --listen b:0 | --listen was given more than once; give it once;"
            + " see ts-proxy simple_server --help",
        "replay --listen a:0 | missing: --record FILE or --record-dir DIR; see ts-proxy replay --help",
        "diff | missing: A, B; see ts-proxy diff --help",
        "diff a b --json=x | --json: takes no value; see ts-proxy diff --help",
        "simple_client --connect a:0 | --connect: found port 0 in \"a:0\", expected 1 to 65535; see"
            + " ts-proxy simple_client --help",
        "simple_server --listen a:1 -q -v | --verbose and --quiet cannot be"
            + " combined; see ts-proxy simple_server --help",
        "simple_client --connect a:1 --header-len 17 | --header-len: found 17, expected a whole"
            + " number from 1 to 16; see ts-proxy simple_client --help",
        "simple_client --connect a:1 --max-payload-len 2147483640 | --max-payload-len: found"
            + " 2147483640, expected a whole number from 0 to 2147483639; see ts-proxy"
            + " simple_client --help",
        "simple_client --connect a:1 --count -1 | --count: found -1, expected a whole number from 0"
            + " to 2147483647; see ts-proxy simple_client --help",
        "replay --bogus x | unknown option \"--bogus\"; see ts-proxy replay --help",
        "replay --recrod x | unknown option \"--recrod\" (did you mean --record?); see ts-proxy replay"
            + " --help",
        "replay --lisen=a:0 --record x | unknown option \"--lisen=a:0\" (did you mean --listen?); see"
            + " ts-proxy replay --help",
        "inspect --bogus | unknown option \"--bogus\"; see ts-proxy inspect --help",
        "inspect a --header-len 2 | unknown option \"--header-len\"; see ts-proxy inspect --help",
        "simple_client --message --count | --message: missing its value; found the option"
            + " --count; see ts-proxy simple_client --help",
        "diff a b --copy c2s:4+4- | --copy: found \"c2s:4+4-\", which the shell cut at the >; put"
            + " quotes around it: --copy 'c2s:4+4->s2c:0+4'; see ts-proxy diff --help",
        "learn | missing: A, B, a recording of the same conversation each; see ts-proxy learn --help",
        "learn a.rec | missing: B, a recording of the same conversation as a.rec; see ts-proxy learn"
            + " --help",
        "detect | missing: CAPTURE or RAW files, or --listen H:P and --target H:P; see ts-proxy detect"
            + " --help",
        "detect --listen a:0 | missing: --target H:P; see ts-proxy detect --help",
        "detect a.pcap --listen a:0 --target a:1 | files and --listen cannot be combined: give one or"
            + " the other; see ts-proxy detect --help",
        "simple_server --listen a:0 --framing kafak | --framing: found \"kafak\", expected a name such"
            + " as kafka, or keys such as length=4; did you mean kafka?; see ts-proxy simple_server"
            + " --help",
        "simple_server --listen a:0 --framing size=4 | --framing: found \"size=4\", expected a name"
            + " such as kafka, or keys such as length=4; --framing help lists them; see ts-proxy"
            + " simple_server --help",
        "simple_server --listen a:0 --framing kafka --header-len 4 | --header-len and --framing cannot"
            + " be combined; see ts-proxy simple_server --help",
        "simple_server --listen a:0 --listen-tls= | --listen-tls: found nothing, expected"
            + " CERT.pem,KEY.pem, a PKCS#12 file, or auto; see ts-proxy simple_server --help",
        "simple_server --listen a:0 --listen-tls=auto:a/b | --listen-tls: found \"a/b\" in \"auto:a/b\","
            + " expected host names or IP addresses, such as auto:db.example,10.0.0.7; see ts-proxy"
            + " simple_server --help",
        "simple_client --connect a:1 --target-tls --target-name=a/b | --target-name: found \"a/b\","
            + " expected the name in the server's certificate, such as db.example; see ts-proxy"
            + " simple_client --help",
        "proxy --listen a:0 --target a:1 --seed x | --seed: found \"x\", expected a whole number; see"
            + " ts-proxy proxy --help",
        "proxy --listen a:0 --target a:1 --decode json | --decode is only valid with --show; see"
            + " ts-proxy proxy --help",
        "load --target a:1 --record a --clients 1 --report r.json --histogram r.json | --report and"
            + " --histogram cannot be the same file; see ts-proxy load --help",
        "check | missing: FILE; see ts-proxy check --help",
        "check a b | unexpected argument \"b\"; see ts-proxy check --help",
        "check a --max-payload-len x | --max-payload-len: found x, expected a whole number from 0 to"
            + " 2147483639; see ts-proxy check --help",
        "verify --record a | missing: --target H:P; see ts-proxy verify --help",
        "verify --record a --target a:1 --reply-timeout 0s | --reply-timeout: found 0s, expected more"
            + " than 0; see ts-proxy verify --help"
      })
  void wrongUsageGetsOneLine(String args, String line) {
    Run run = Run.of(args == null || args.isEmpty() ? new String[0] : args.split(" "));
    assertEquals("ts-proxy: " + line + "\n", run.stderr());
    assertEquals(2, run.status());
    assertEquals(List.of(), run.stdout());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--connections=0 | --connections: found 0, expected a whole number from 1 to 2147483647",
        "--idle-timeout=0s | --idle-timeout: found 0s, expected more than 0",
        "--idle-timeout=10 | --idle-timeout: found \"10\", expected a time such as 500ms, 10s, 2m or 1h",
        "--speed=0 | --speed: found \"0\", expected a number above 0, such as 2.0",
        "--speed=fast | --speed: found \"fast\", expected a number above 0, such as 2.0",
        "--max-gap=-1s | --max-gap: found \"-1s\", expected a time such as 500ms, 10s, 2m or 1h",
        "--context=-1 | --context: found -1, expected a whole number from 0 to 1000000",
        "--timing=none --speed=2 | --speed is only valid with --timing original:"
            + " --timing none has no pauses",
        "--repeat | --repeat is only valid with --record-dir: each client plays the one --record"
            + " file",
        "--at-end=drop | --at-end: found \"drop\", expected close or hold",
        "--strict-use | --strict-use is only valid with --stub",
        "--length=c2s:4+2 | --length: \"c2s:4+2\": character 7: not a number; write u8, u16, u32, u16le,"
            + " u32le, varint or digits, such as c2s:2+u16",
        "--allow=c2s[len=] | --allow: \"c2s[len=]\": character 9: not a length; write a number of bytes, such as len=37",
        "--report=report.txt | --report: found \"report.txt\", expected a name that ends in .html,"
            + " .json or .xml",
        "--ignore=c2s | --ignore: \"c2s\": character 4: write : and the offset of the field here, such"
            + " as c2s:4+2",
        "--copy=c2s:0+2->c2s:0+2 | --copy: \"c2s:0+2->c2s:0+2\": a copy goes from one direction to the"
            + " other",
      })
  void aWrongValueGetsALine(String more, String message) {
    Run run = Run.of(("replay --listen 127.0.0.1:0 --record a.rec " + more).split(" "));
    assertEquals("ts-proxy: " + message + "; see ts-proxy replay --help\n", run.stderr());
    assertEquals(2, run.status());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--record a --record-dir b | --record and --record-dir cannot be combined",
        "--record ab/ | --record: found \"ab/\", expected the name of a file, without a / at its end",
        "--rotate-size 1m | --rotate-size is only valid with --record-dir",
        "--max-files 3 --record a | --max-files is only valid with --record-dir",
        "--gzip | --gzip is only valid with --record-dir, or a --record FILE whose"
            + " name ends with .gz",
        "--record-dir b --rotate-size 0 | --rotate-size: found \"0\", expected a number of bytes"
            + " such as 1000000, 64k, 10m or 2g",
        "--record-dir b --rotate-size 1mb | --rotate-size: found \"1mb\", expected a number of"
            + " bytes such as 1000000, 64k, 10m or 2g",
        "--record-dir b --max-files 0 | --max-files: found 0, expected a whole number from 1 to"
            + " 2147483647"
      })
  void optionsForRecordingThatDoNotGoTogetherGetALine(String more, String message) {
    Run run = Run.of(("proxy --listen 127.0.0.1:0 --target a:1 " + more).split(" "));
    assertEquals("ts-proxy: " + message + "; see ts-proxy proxy --help\n", run.stderr());
    assertEquals(2, run.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy",
        "proxy --listen",
        "proxy --listen a:0",
        "proxy --listen a:0 --target",
        "proxy --listen a:0 --target b",
        "proxy --listen a:0 --target b:0",
        "proxy --listen a:0 --target b:65536",
        "proxy --listen a:0 --target b:1 x",
        "proxy --listen a:0 --target b:1 --record",
        "proxy --listen a:0 --listen b:0 --target b:1",
        "proxy --listen a:0 --target b:1 --gzip=x",
        "proxy --listen a:0 --target b:1 --max-connections 0",
        "proxy --listen a:0 --target b:1 --idle-timeout 5",
        "proxy --listen [::1 --target b:1",
        "proxy --listen a:-1 --target b:1",
        "proxy --listen a:0 --target b:1 --header-len 0",
        "proxy --listen a:0 --target b:1 --header-len=",
        "proxy --listen a:0 --target b:1 --header-len 8x",
        "proxy --listen a:0 --target b:1 --max-payload-len -1",
        "proxy --listen a:0 --target b:1 --max-payload-len 1e3",
        "proxy --listen a:0 --target b:1 --verbose --quiet",
        "proxy --listen a:0 --target b:1 --bogus=1 --flush-recording",
        "proxy -x",
        "proxy --",
        "replay --listen a:0",
        "replay --record a",
        "replay --listen a:0 --record a --record-dir b",
        "replay --listen a:0 --record a --record b",
        "replay --listen a:0 --record a b",
        "replay --listen a:0 --record a --select match",
        "replay --listen a:0 --record-dir a --select any",
        "replay --listen a:0 --record a --connections x",
        "replay --listen a:0 --record a --connections",
        "replay --listen a:0 --record a --speed -1",
        "replay --listen a:0 --record a --speed 1e999",
        "replay --listen a:0 --record a --max-gap 5 s",
        "replay --listen a:0 --record a --timing",
        "replay --listen a:0 --record a --timing None",
        "replay --listen a:0 --record a --ignore 4+2",
        "replay --listen a:0 --record a --ignore c2s:4",
        "replay --listen a:0 --record a --ignore c2s:-1+2",
        "replay --listen a:0 --record a --ignore c2s:99999999999+2",
        "replay --listen a:0 --record a --copy c2s:4+2",
        "replay --listen a:0 --record a --copy c2s:4+2->s2c:4+3",
        "replay --listen a:0 --record a --copy",
        "replay --listen a:0 --record a --rules /no/such/file",
        "replay --listen a:0 --record a --rules /dev",
        "replay --listen a:0 --record a --context -1",
        "replay --listen a:0 --record a --context 1000001",
        "replay --listen a:0 --record a --report r",
        "replay --listen a:0 --record a --report=",
        "verify",
        "verify --target a:1",
        "verify --target a --record b",
        "verify --target a:1 --record b --reply-timeout x",
        "verify --target a:1 --record b --order random",
        "verify --target a:1 --record b --at-end hold",
        "verify --target a:1 --record b --allow ping",
        "replay --listen a:0 --record-dir b --stub --select match",
        "replay --listen a:0 --record-dir b --stub --repeat",
        "replay --listen a:0 --record b --order any",
        "verify --target a:1 --record b --repeat",
        "verify --target a:1 --record b --listen a:0",
        "verify --target a:1 --record",
        "load",
        "load --target a:1 --record b",
        "load --target a:1 --record b --clients 0",
        "load --target a:1 --record b --clients 60001",
        "load --target a:1 --clients 1",
        "load --target a:1 --record b --clients 1 --rate 500",
        "load --target a:1 --record b --clients 1 --rate 0/s",
        "load --target a:1 --record b --clients 1 --rate 1/s --speed 2",
        "load --target a:1 --record b --clients 1 --max-gap 1s",
        "load --target a:1 --record b --clients 1 --rounds 0",
        "load --target a:1 --record b --clients 1 --rounds 1 --duration 1s",
        "load --target a:1 --record b --clients 1 --duration 0s",
        "load --target a:1 --record b --clients 1 --fail-if p99",
        "load --target a:1 --record b --clients 1 --report r.xml",
        "load --target a:1 --record b --clients 1 --timing none",
        "learn",
        "learn a",
        "learn --json a b",
        "learn a b --header-len 2",
        "learn a b --max-payload-len 3000000000",
        "diff",
        "diff a",
        "diff a b c",
        "diff a b --context x",
        "diff a b --json=maybe",
        "diff a b --rules",
        "diff a b --ignore s2c:+",
        "diff '' b",
        "inspect",
        "inspect a b",
        "inspect a --entry",
        "inspect a --entries=5",
        "check",
        "check a b c",
        "check a --repair",
        "check a --repair b/",
        "check a --fix",
        "simple_server",
        "simple_server --listen x",
        "simple_server --listen a:0 --count 2",
        "simple_client",
        "simple_client --connect a:99999",
        "simple_client --connect a:1 --count",
        "simple_client --connect a:1 --count 1.5",
        "simple_client --connect a:1 --count 9999999999",
        "simple_client --connect a:1 --message",
        "simple_client --connect a:1 hello",
        "simple-client --bogus",
        "help me",
        "version",
        "--verbose",
        "-x",
        "@file"
      })
  void whateverIsWrongGetsOnePlainLine(String args) {
    Run run = Run.of(args.replace("''", "").split(" "));
    assertEquals(2, run.status(), run.stderr());
    assertEquals(List.of(), run.stdout());
    assertEquals(1, run.stderr().lines().count(), run.stderr());
    assertTrue(run.stderr().startsWith("ts-proxy: "), run.stderr());
    assertTrue(run.stderr().matches("(?s).*; see ts-proxy( \\w+)? --help\n"), run.stderr());
    assertFalse(run.stderr().matches("(?s).*(Exception|expected none|null).*"), run.stderr());
  }

  @Test
  void aPortInUseGetsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      String inUse = SystemText.of(() -> new ServerSocket().bind(taken.getLocalSocketAddress()));
      for (String command : List.of("proxy --target a:1", "simple_server")) {
        Run run = Run.of((command + " --listen " + listen).split(" "));
        assertEquals(
            "ts-proxy: --listen: cannot listen on " + listen + ": " + inUse
                + "; choose another address\n",
            run.stderr());
        assertEquals(3, run.status());
      }
    }
  }

  @Test
  void aFileThatIsNoRecordingIsNotOverwritten() throws Exception {
    Path file = Files.writeString(dir.resolve("notes.txt"), "my notes\n");
    Run run =
        Run.of("proxy", "--listen=127.0.0.1:0", "--target", "a:1", "--record", file.toString());
    assertEquals(3, run.status());
    assertEquals(
        "ts-proxy: " + file + ": is not a recording and is left as it is; choose another name\n",
        run.stderr());
    assertEquals("my notes\n", Files.readString(file));
  }

  @Test
  void aClientWithoutServerFails() throws Exception {
    Run run = Run.of("simple_client", "--connect", "127.0.0.1:1");
    assertEquals(1, run.status());
    assertEquals(
        "ts-proxy: --connect: cannot connect to 127.0.0.1:1: " + SystemText.connectionRefused()
            + "; start the server or correct the address\n",
        run.stderr());
  }

  @Test
  void aFolderThatCannotBeRecordedToGetsOneLine() throws Exception {
    Path file = Files.writeString(dir.resolve("notes"), "my notes");
    Run run =
        Run.of("proxy", "--listen=127.0.0.1:0", "--target=a:1", "--record-dir", file.toString());
    assertEquals(3, run.status());
    assertEquals("ts-proxy: " + file + ": is not a folder; choose another name\n", run.stderr());
  }

  @Test
  void aRecordingThatIsNotThereIsStatusThree() {
    String file = dir.resolve("none.rec").toString();
    for (String command : List.of(
        "replay --listen 127.0.0.1:0 --record",
        "verify --target 127.0.0.1:1 --record",
        "load --target 127.0.0.1:1 --clients 1 --record",
        "inspect",
        "check")) {
      Run run = Run.of((command + " " + file).split(" "));
      assertEquals(3, run.status());
      assertTrue(run.stderr().startsWith("ts-proxy: " + file + ": "), run.stderr());
      assertEquals(1, run.stderr().lines().count(), run.stderr());
    }
  }

  @Test
  void aWrongRulesFileIsReportedBeforeAnythingStarts() throws Exception {
    Path rules = Files.writeString(dir.resolve("ids.rules"), "# ids\nignore c2s:-1+2\n");
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n");
    Run run =
        Run.of("replay", "--listen=127.0.0.1:0", "--record=" + file, "--rules", rules.toString());
    assertEquals(2, run.status());
    assertEquals(
        "ts-proxy: " + rules
            + ":2: \"c2s:-1+2\": character 8: it goes beyond the payload's end; the length may"
            + " be at most 1 here; see ts-proxy replay --help\n",
        run.stderr());
  }

  @Test
  void rulesFromAPipeThatNobodyWritesToAreRefused() throws Exception {
    Path pipe = dir.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    Run run = Run.of("diff", "a", "b", "--rules", pipe.toString());
    assertEquals(2, run.status());
    assertEquals(
        "ts-proxy: " + pipe + ": not a regular file; rules are in a text file; see ts-proxy diff"
            + " --help\n",
        run.stderr());
  }

  @Test
  void aReportWithoutAFolderForItStopsTheReplayBeforeItStarts() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n");
    Path report = dir.resolve("none/report.json");
    Run run =
        Run.of("replay", "--listen=127.0.0.1:0", "--record=" + file, "--report", report.toString());
    assertEquals(3, run.status());
    assertEquals(
        "ts-proxy: --report: cannot write " + report + ": there is no folder " + report.getParent()
            + "; create it\n",
        run.stderr());
    assertFalse(Files.exists(report.getParent()));
  }

  @Test
  void aMessageMayLookLikeAFlag() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Run.Started client = Run.start(
            "simple_client",
            "--connect=127.0.0.1:" + listening.address().getPort(),
            "--header-len=1",
            "--message=--count");
        TestPeer server = listening.accept()) {
      server.send(server.await(1 + "1_--count".length()));
      assertEquals(List.of("echo: 1_--count"), client.awaitOutput());
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    // Linux takes no more connections than the queue holds, and one.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      assertTrue(first.isConnected() && second.isConnected());
      Run client = Run.of("simple_client", "--connect=127.0.0.1:" + full.getLocalPort());
      assertEquals(1, client.status());
      assertTrue(client.stderr().contains("timed out"), client.stderr());
    }
  }
}
