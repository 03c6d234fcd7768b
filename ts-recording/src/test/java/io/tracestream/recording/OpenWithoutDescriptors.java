package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens a recording, in a JVM of its own that may open few files, until that fails. */
final class OpenWithoutDescriptors {
  private OpenWithoutDescriptors() {}

  public static void main(String[] args) throws IOException {
    Recording.open(Path.of(args[0]), 100).close(); // all classes are loaded
    List<Recording> open = new ArrayList<>();
    String said;
    while (true) {
      try {
        open.add(Recording.open(Path.of(args[0]), 100));
      } catch (RecordingException e) {
        said = "refused: " + e.getMessage();
        break;
      } catch (IOException e) {
        said = e.getMessage();
        break;
      }
    }
    for (Recording recording : open) {
      recording.close();
    }
    System.out.println(said);
  }
}
