package io.tracestream.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recordings for tests. */
final class TestRecordings {
  private TestRecordings() {}

  /** Writes a recording of entries such as {@code c2s 6869, s2c 796573}, all at one time. */
  static Path write(Path file, String entries) throws IOException {
    StringBuilder text = new StringBuilder("# ts_proxy recording v1\n");
    for (String entry : entries.split(",")) {
      if (!entry.isBlank()) {
        text.append("0\t").append(entry.stripLeading().replace(' ', '\t')).append('\n');
      }
    }
    return Files.writeString(file, text);
  }
}
