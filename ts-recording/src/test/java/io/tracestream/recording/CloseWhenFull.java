package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Records a bit more than a buffer holds, in a JVM of its own whose files may not grow so large,
 * and prints what is said by the time when the writer is closed.
 */
final class CloseWhenFull {
  private CloseWhenFull() {}

  public static void main(String[] args) throws IOException {
    RecordingWriter writer = RecordingWriter.create(Path.of(args[0]));
    try (writer) {
      writer.write(1, Direction.C2S, Lines.payload("6a".repeat(200_000)));
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
    writer.close();
    System.out.println("closed");
  }
}
