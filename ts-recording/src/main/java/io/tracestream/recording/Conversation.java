package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One of the conversations of a {@link RecordingDirectory}.
 *
 * @param parts the files that hold it, in their order; one at least
 */
public record Conversation(List<Path> parts) {
  /**
   * Makes it, with a list of its own.
   *
   * @param parts the files that hold it
   */
  public Conversation {
    parts = List.copyOf(parts);
  }

  /**
   * Opens it.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return one recording of all parts; close it when its readers are done
   * @throws RecordingException as in {@link Recording#open(List, int)}
   * @throws IOException when reading fails
   */
  public Recording open(int maxPayloadLength) throws IOException {
    return Recording.open(parts, maxPayloadLength);
  }

  /** The name of its first file. */
  @Override
  public String toString() {
    return parts.get(0).toString();
  }
}
