package io.tracestream.bench;

import java.time.LocalDate;
import java.util.Collection;

/** What figures depend on. */
final class Machine {
  private Machine() {}

  /** One line: the machine, Java, the other programs, the date. */
  static String text(Collection<String> versions) {
    StringBuilder text = new StringBuilder()
        .append(Runtime.getRuntime().availableProcessors())
        .append(" cores, ")
        .append(System.getProperty("os.name"))
        .append(' ')
        .append(System.getProperty("os.version"))
        .append(", Java ")
        .append(Runtime.version());
    versions.forEach(version -> text.append(", ").append(version));
    return text.append("; ").append(LocalDate.now()).toString();
  }
}
