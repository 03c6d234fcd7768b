package io.tracestream.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The other programs of this machine: which are there, and what would have to be installed. */
final class Installed {
  private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");
  private static final Pattern MODULES = Pattern.compile("--modules-path=(\\S+)");

  private final Set<String> notes = new LinkedHashSet<>();
  private final Set<String> versions = new LinkedHashSet<>();

  /** What the reader of the figures should know: above all what was left out; a line each. */
  Set<String> notes() {
    return notes;
  }

  void note(String line) {
    notes.add(line);
  }

  /** Name and version of each program that was asked for and is there. */
  Set<String> versions() {
    return versions;
  }

  Optional<Path> haproxy() throws InterruptedException {
    return find("haproxy", "-v", "haproxy");
  }

  Optional<Path> socat() throws InterruptedException {
    return find("socat", "-V", "socat");
  }

  Optional<Path> mitmdump() throws InterruptedException {
    return find("mitmdump", "--version", "mitmproxy");
  }

  /** The nginx of this machine when it can forward TCP. */
  Optional<Nginx> nginx() throws InterruptedException {
    Optional<Path> program = find("nginx", "-v", "nginx libnginx-mod-stream");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    String built = Program.output(program.get().toString(), "-V");
    if (built.matches("(?s).*--with-stream(\\s.*|)")) {
      return program.map(path -> new Nginx(path, ""));
    }
    Matcher modules = MODULES.matcher(built);
    if (modules.find()) {
      Path module = Path.of(modules.group(1), "ngx_stream_module.so");
      if (Files.isReadable(module)) {
        return program.map(path -> new Nginx(path, "load_module " + module + ";"));
      }
    }
    note("nginx: found none with its stream module, left out; on Debian: "
        + "apt-get install libnginx-mod-stream");
    return Optional.empty();
  }

  private Optional<Path> find(String name, String versionFlag, String packages)
      throws InterruptedException {
    Optional<Path> program = Program.find(name);
    if (program.isPresent()) {
      Matcher version = VERSION.matcher(Program.output(program.get().toString(), versionFlag));
      versions.add(version.find() ? name + " " + version.group() : name);
    } else {
      note(name + ": found no such program, left out; on Debian: apt-get install " + packages);
    }
    return program;
  }

  /**
   * An nginx that can forward TCP.
   *
   * @param program its path
   * @param loadModule the first line of its configuration; empty when the module is built in
   */
  record Nginx(Path program, String loadModule) {}
}
