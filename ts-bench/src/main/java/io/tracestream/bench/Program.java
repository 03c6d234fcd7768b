package io.tracestream.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds programs of this machine, and has them say who they are. */
final class Program {
  /** Where servers are installed; a user's own path often does not go there. */
  private static final String SERVERS = File.pathSeparator + "/usr/local/sbin:/usr/sbin";

  private static final long LIMIT_MINUTES = 5;

  private Program() {}

  static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + SERVERS;
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The Java that runs this. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The ts-proxy.jar that was built along with this. */
  static Path builtJar() {
    return module("ts-cli").resolve("target/ts-proxy.jar");
  }

  /** The folder of another module of this build; this module's classes or jar are in its target. */
  static Path module(String name) {
    Path self = Path.of(URI.create(
        Program.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    return self.getParent().getParent().resolveSibling(name);
  }

  /**
   * All that a command prints, to stdout and stderr, until it ends or five minutes are over; empty
   * when it cannot be run.
   */
  static String output(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      CompletableFuture.delayedExecutor(LIMIT_MINUTES, TimeUnit.MINUTES)
          .execute(process::destroyForcibly);
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return text;
    } catch (IOException e) {
      return "";
    }
  }
}
