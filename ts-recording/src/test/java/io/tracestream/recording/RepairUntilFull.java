package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Repairs a recording in a JVM of its own whose files may not grow large; prints what that says.
 */
final class RepairUntilFull {
  private RepairUntilFull() {}

  public static void main(String[] args) throws IOException {
    try {
      RecordingCheck.repair(Path.of(args[0]), 100, Path.of(args[1]));
    } catch (RecordingException e) {
      System.out.println("refused: " + e.getMessage());
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
