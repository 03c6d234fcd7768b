package io.tracestream.replay;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A recording that is played. */
@Timeout(60)
abstract class ReplayTestBase {
  @TempDir
  Path dir;

  Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("login.rec");
  }
}
