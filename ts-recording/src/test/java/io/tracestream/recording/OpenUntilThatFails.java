package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens a recording, in a JVM of its own that has few descriptors or little memory, until that
 * fails.
 */
final class OpenUntilThatFails {
  private OpenUntilThatFails() {}

  public static void main(String[] args) throws IOException {
    new RecordingException("", 0, RecordingException.Kind.NOT_READ, null); // classes are files, too
    List<Recording> open = new ArrayList<>();
    String said;
    while (true) {
      try {
        open.add(Recording.open(Path.of(args[0]), 100_000_000));
      } catch (RecordingException e) {
        said = (e.isNotRead() ? "not read: " : "refused: ") + e.getMessage();
        break;
      }
    }
    for (Recording recording : open) {
      recording.close();
    }
    System.out.println(said);
  }
}
