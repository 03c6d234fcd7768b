package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Records entries of 100 bytes until that fails, in a JVM of its own whose files may not grow
 * large. Prints what each call of the broken writer says.
 */
final class WriteUntilFull {
  private WriteUntilFull() {}

  public static void main(String[] args) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(Path.of(args[0]))) {
      try {
        for (int i = 0; i < 100_000; i++) {
          writer.write(i, Direction.C2S, Lines.payload("6a".repeat(100)));
        }
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
      try {
        writer.write(100_000, Direction.S2C);
      } catch (IOException e) {
        System.out.println("write: " + e.getMessage());
      }
      try {
        writer.flush();
      } catch (IOException e) {
        System.out.println("flush: " + e.getMessage());
      }
    }
    System.out.println("closed");
  }

  /** Only begins to record, and prints why that cannot be. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) throws IOException {
      try {
        RecordingWriter.create(Path.of(args[0])).close();
      } catch (RecordingException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
