package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tracestream.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real jar, running in a process of its own. */
final class App implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 120;
  /** To start quickly; and a machine that is busy may take long to stop it. */
  private static final List<String> JAVA_OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dts-proxy.stop.millis=100000");

  private final Process process;
  private final BufferedReader stdout;
  private final Path stderr;

  private App(Process process, Path stderr) {
    this.process = process;
    this.stdout =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.stderr = stderr;
  }

  static App start(String... args) throws IOException {
    List<String> command = jar();
    command.addAll(List.of(args));
    return start(command);
  }

  /** Starts another class, which acts as the program would in a rare case. */
  static App startMain(Class<?> main) throws IOException {
    return start(List.of(
        java(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName()));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Starts the jar in a shell that has set limits for it first. */
  static App startLimited(String limits, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", limits + " && exec \"$@\"", "bash"));
    command.addAll(jar());
    command.addAll(List.of(args));
    return start(command);
  }

  /** Starts the jar for a user of that language and country, such as {@code ar-EG}. */
  static App startIn(String locale, String... args) throws IOException {
    String[] parts = locale.split("-");
    List<String> command = jar("-Duser.language=" + parts[0], "-Duser.country=" + parts[1]);
    command.addAll(List.of(args));
    return start(command);
  }

  /** Starts the jar with pipes that are full already, and that nobody reads. */
  static App startUnread(String pipes, String... args) throws IOException {
    StringBuilder line = new StringBuilder();
    for (String pipe : pipes.split(" ")) {
      line.append("dd if=/dev/zero of=/dev/fd/")
          .append(pipe)
          .append(" bs=512 count=100000")
          .append(" oflag=nonblock 2>/dev/null; ");
    }
    line.append("exec 2>&3 3>&- \"$@\"");
    List<String> command = new ArrayList<>(List.of("bash", "-c", "exec 3>&2; " + line, "bash"));
    command.addAll(jar());
    command.addAll(List.of(args));
    return new App(new ProcessBuilder(command).start(), Path.of("nobody reads it"));
  }

  /** Starts the jar on a terminal, which shows stderr on stdout. */
  static App startOnTerminal(Map<String, String> variables, String... args) throws IOException {
    String line = String.join(" ", jar()) + " " + String.join(" ", args);
    ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null");
    builder.environment().putAll(variables);
    return start(builder);
  }

  /** Starts the container's entry point, as the container would with these variables. */
  static App startContained(Map<String, String> variables) throws IOException {
    return startScript(variables, "exec \"$scripts/docker-entrypoint.sh\"");
  }

  /** Starts a script of ours in bash with these variables; {@code $scripts} is where they are. */
  static App startScript(Map<String, String> variables, String line) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", line);
    builder.environment().put("scripts", Path.of("../scripts").toAbsolutePath().toString());
    builder.environment().put("TS_PROXY_JAR", System.getProperty("app.jar"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", String.join(" ", JAVA_OPTIONS));
    builder.environment().putAll(variables);
    return start(builder);
  }

  private static App start(List<String> command) throws IOException {
    return start(new ProcessBuilder(command));
  }

  private static App start(ProcessBuilder builder) throws IOException {
    Path stderr = Files.createTempFile("ts-proxy", ".stderr");
    return new App(builder.redirectError(stderr.toFile()).start(), stderr);
  }

  /** The command that runs the jar, with what makes it start quickly and with more options. */
  private static List<String> jar(String... options) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(JAVA_OPTIONS);
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", System.getProperty("app.jar")));
    return command;
  }

  /** Waits for the line that a server begins with, and gives its address. */
  InetSocketAddress awaitListening() throws IOException {
    return listening(stdout.readLine(), stderr());
  }

  /** The address in the line that a server begins with. */
  static InetSocketAddress listening(String line, String stderr) {
    if (line == null || !line.startsWith("listening on ")) {
      fail("first line: found " + line + ", expected listening on ...; stderr: " + stderr);
    }
    int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The rest of stdout, to its end. */
  List<String> awaitOutput() {
    return stdout.lines().toList();
  }

  /** Reads stdout until it has shown that text, which need not end a line. */
  void awaitText(String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = stdout.read();
      assertTrue(next >= 0, seen + "; stderr: " + stderr());
      seen.append((char) next);
    }
  }

  /** Reads a line of stdout and closes it, as {@code head -1} does. */
  String readFirstLineOnly() throws IOException {
    try (stdout) {
      return stdout.readLine();
    }
  }

  String stderr() throws IOException {
    return Files.readString(stderr);
  }

  /** Waits until stderr has that text. */
  void awaitStderr(String text) throws IOException {
    if (!Await.until(() -> stderr().contains(text))) {
      fail("no \"" + text + "\" in " + stderr());
    }
  }

  /** Sends SIGTERM. What it says then can still be read. */
  App terminate() {
    process.toHandle().destroy(); // Process.destroy closes its streams, too
    return this;
  }

  /** Sends SIGKILL. */
  App kill() {
    process.destroyForcibly();
    return this;
  }

  int awaitStatus() throws InterruptedException {
    assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "the process is still running");
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(stderr);
  }
}
