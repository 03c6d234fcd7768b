package io.tracestream.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Records three compressed conversations side by side, in a JVM of its own whose files may not grow
 * large, until the first breaks, and closes all.
 */
final class FillDirectory {
  private FillDirectory() {}

  public static void main(String[] args) throws IOException {
    RecordingDirectoryConfig config =
        RecordingDirectoryConfig.of(Path.of(args[0])).withGzip(true);
    Random random = new Random(3);
    byte[] payload = new byte[300];
    try (RecordingDirectoryWriter writer =
        RecordingDirectoryWriter.open(config, System.out::println)) {
      List<ConversationWriter> all = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        all.add(writer.conversation(Instant.EPOCH, i, "a:1", 0));
      }
      try {
        for (int i = 0; i < 100_000; i++) {
          random.nextBytes(payload);
          all.get(i % 3).write(i, Direction.C2S, ByteBuffer.wrap(payload));
        }
      } catch (IOException e) {
        System.out.println("broken");
      }
      for (ConversationWriter conversation : all) {
        close(conversation);
      }
    }
    System.out.println("closed");
  }

  private static void close(ConversationWriter conversation) {
    try {
      conversation.close();
    } catch (IOException e) {
      // its last lines found no room either
    }
  }
}
