package io.tracestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a stream of this process leads to. */
enum Terminal {
  STDOUT(1),
  STDERR(2);

  private final int number;

  Terminal(int number) {
    this.number = number;
  }

  /** Whether it shows colours, and the user has not said no to them: https://no-color.org. */
  boolean showsColours() {
    String refused = System.getenv("NO_COLOR");
    return (refused == null || refused.isEmpty())
        && !"dumb".equals(System.getenv("TERM"))
        && isTerminal();
  }

  /** Linux says what it is; {@link System#console} knows of stdin and stdout together only. */
  private boolean isTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null;
    }
  }
}
