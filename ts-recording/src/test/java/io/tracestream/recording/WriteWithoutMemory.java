package io.tracestream.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Records three entries that fill a buffer each, in a JVM of its own that has no memory for a
 * second one. An entry that memory runs out in is given up, as an event loop does.
 */
final class WriteWithoutMemory {
  private WriteWithoutMemory() {}

  public static void main(String[] args) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(Path.of(args[0]))) {
      for (int i = 0; i < 3; i++) {
        try {
          writer.write(i, Direction.C2S, ByteBuffer.allocate(200_000));
        } catch (OutOfMemoryError e) {
          System.out.println(e.getMessage());
        }
      }
    }
    System.out.println("closed");
  }
}
