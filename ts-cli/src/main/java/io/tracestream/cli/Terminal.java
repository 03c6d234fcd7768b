package io.tracestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a standard stream of this process is connected to. */
enum Terminal {
  STDOUT(1),
  STDERR(2);

  private final int number;

  Terminal(int number) {
    this.number = number;
  }

  /** Whether it shows colours, and the user has not turned them off: https://no-color.org. */
  boolean showsColours() {
    String refused = System.getenv("NO_COLOR");
    return (refused == null || refused.isEmpty()) && takesEscapes();
  }

  /** Whether it is a terminal that understands escape sequences. */
  boolean takesEscapes() {
    return !"dumb".equals(System.getenv("TERM")) && isTerminal();
  }

  /** Only Linux says it of each stream; elsewhere none counts as one. */
  boolean isTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
