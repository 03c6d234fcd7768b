package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import io.tracestream.testing.SystemText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

@ResourceLock(Resources.SYSTEM_ERR)
class ReportOptionTest {
  private static final Path BASH = Path.of("/bin/bash");
  private static final SessionListener NOBODY = result -> {};

  @TempDir
  private Path dir;

  @Command
  private static final class AnyCommand {
    @Mixin
    private ReportOption report;
  }

  private static ReportOption option(String... args) {
    AnyCommand command = new AnyCommand();
    new CommandLine(command).parseArgs(args);
    return command.report;
  }

  private static ReportOption to(Path file) {
    return option("--report", file.toString());
  }

  private Path recording() {
    return dir.resolve("a.rec");
  }

  private String refusal(Path file) {
    return assertThrows(Failures.NotStarted.class, () -> to(file).check(recording()))
        .getMessage();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private boolean writeTwo(ReportOption report) {
    SessionListener listener = report.listener(NOBODY, 16, Decoders.NONE);
    List<SessionResult> results = List.of(
        Results.matched(1), Results.different(2, Results.bytes("abc"), Results.bytes("abd")));
    results.forEach(listener::ended);
    return report.write("replay", recording(), Results.verdict(results), false);
  }

  @Test
  void withoutTheFlagNothingIsDone() throws Exception {
    ReportOption none = option();
    none.check(recording());
    assertSame(NOBODY, none.listener(NOBODY, 16, Decoders.NONE));
    assertTrue(none.write("replay", recording(), Results.verdict(List.of()), true));
    assertEquals(List.of(), names());
  }

  @ParameterizedTest
  @ValueSource(strings = {"report.json", "REPORT.JSON"})
  void aNameInJsonGetsJson(String name) throws Exception {
    assertTrue(writeTwo(to(dir.resolve(name))));
    Map<?, ?> report = ReadJson.object(Files.readAllBytes(dir.resolve(name)));
    assertEquals(2, ((List<?>) report.get("sessions")).size());
    assertEquals(recording().toString(), report.get("recording"));
    assertEquals(false, report.get("passed"));
    assertEquals(List.of(name), names());
  }

  @Test
  void aNameInXmlGetsXml() throws Exception {
    Path file = dir.resolve("report.xml");
    assertTrue(writeTwo(to(file)));
    assertTrue(Files.readString(file).endsWith("</testsuites>\n"));
    assertEquals(List.of("report.xml"), names());
  }

  @Test
  void aNameWithoutAFolderStandsInTheCurrentOne() {
    assertDoesNotThrow(() -> option("--report", "report.json").check(recording()));
    assertFalse(Files.exists(Path.of("report.json")));
  }

  @Test
  void checkingLeavesAnEarlierReportAsItWas() throws Exception {
    Path file = Files.writeString(dir.resolve("report.json"), "earlier");
    to(file).check(recording());
    assertEquals("earlier", Files.readString(file));
    assertEquals(List.of("report.json"), names());
  }

  @ParameterizedTest
  @ValueSource(strings = {"report.txt", "report", "json", "report.json.gz"})
  void anotherSuffixIsRefusedAsWrongUsage(String name) {
    Exception refused = assertThrows(ParameterException.class, () -> option("--report", name));
    assertEquals(
        "Invalid value for option '--report': found \"" + name
            + "\", expected a name that ends in .html, .json or .xml",
        refused.getMessage());
  }

  @Test
  void aFolderIsRefused() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("x.json"));
    assertEquals("--report: " + folder + " is a folder; choose another name", refusal(folder));
  }

  @Test
  void aMissingFolderIsReported() {
    Path file = dir.resolve("none").resolve("x.json");
    assertEquals(
        "--report: cannot write " + file + ": there is no folder " + dir.resolve("none")
            + "; create it",
        refusal(file));
  }

  @Test
  void aFileInThePlaceOfTheFolderIsReported() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "").resolve("x.json");
    assertEquals(
        "--report: cannot write " + file + ": there is no folder " + dir.resolve("file")
            + "; create it",
        refusal(file));
  }

  @Test
  void aFolderThatCannotBeWrittenToIsReported() throws Exception {
    Path folder = Files.createDirectory(
        dir.resolve("ro"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    assumeFalse(Files.isWritable(folder), "root may write anywhere");
    Path file = folder.resolve("x.json");
    assertEquals("--report: cannot write " + file + ": no permission", refusal(file));
  }

  @Test
  void aNameThatIsTooLongIsReported() {
    Path file = dir.resolve("x".repeat(250) + ".json");
    String tooLong = SystemText.of(() -> Files.createFile(dir.resolve("x".repeat(256))));
    assertEquals("--report: cannot write " + file + ": " + tooLong, refusal(file));
  }

  @Test
  void whatIsNoRegularFileIsRefused() throws Exception {
    Path file = dir.resolve("x.json");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(file));
      assertEquals(
          "--report: " + file + " is not a regular file; choose another name", refusal(file));
    }
  }

  @Test
  void theRecordingItselfIsNotOverwritten() throws Exception {
    Path file = Files.writeString(dir.resolve("x.json"), "# ts_proxy recording v1\n");
    Exception refused = assertThrows(Failures.NotStarted.class, () -> to(file).check(file));
    assertEquals(
        "--report: " + file + " is the recording; choose another name", refused.getMessage());
  }

  @Test
  void aFolderThatIsGoneInTheEndGetsOneLine() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    ReportOption report = to(folder.resolve("x.json"));
    report.check(recording());
    Files.delete(folder);
    PrintStream stderr = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true));
    try {
      assertFalse(writeTwo(report));
    } finally {
      System.setErr(stderr);
    }
    assertEquals(
        "ts-proxy: --report: cannot write " + folder.resolve("x.json") + ": there is no folder "
            + folder + "; create it\n",
        said.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.json", "x.xml"})
  void aFullDiskGetsOneLineAndTheEarlierReportStays(String name) throws Exception {
    assumeTrue(Files.isExecutable(BASH), "there is no bash to limit a file's size");
    Path file = Files.writeString(dir.resolve(name), "earlier");
    assertEquals(
        List.of("ts-proxy: --report: cannot write " + file + ": File too large", "false"),
        saidWithoutRoom(file));
    assertEquals("earlier", Files.readString(file));
    assertEquals(List.of("output", name), names());
  }

  private List<String> saidWithoutRoom(Path file) throws Exception {
    Path output = dir.resolve("output");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child = new ProcessBuilder(
            BASH.toString(),
            "-c",
            "export LC_ALL=C.UTF-8; ulimit -f 100; exec \"$@\"",
            "bash",
            java,
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            WriteReportWithoutRoom.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    if (!child.waitFor(2, TimeUnit.MINUTES)) {
      child.destroyForcibly();
    }
    return Files.readAllLines(output);
  }
}
