package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recorded conversation that is not opened yet: a file, several files in a row, or one in memory.
 * Immutable.
 */
public final class Conversation {
  private final String name;
  private final List<Path> parts;
  private final @Nullable Recording inMemory;

  private Conversation(String name, List<Path> parts, @Nullable Recording inMemory) {
    this.name = name;
    this.parts = List.copyOf(parts);
    this.inMemory = inMemory;
  }

  /**
   * A conversation in files.
   *
   * @param parts its files, in order; at least one
   * @return the conversation
   */
  public static Conversation of(List<Path> parts) {
    return new Conversation(parts.get(0).toString(), parts, null);
  }

  /**
   * A conversation in one file.
   *
   * @param file the file
   * @return the conversation
   */
  public static Conversation of(Path file) {
    return of(List.of(file));
  }

  /**
   * A conversation in memory.
   *
   * @param recording see {@link Recording#of(String, List)}; it may be closed, which does nothing
   * @return the conversation
   */
  public static Conversation of(Recording recording) {
    return new Conversation(recording.toString(), List.of(), recording);
  }

  /**
   * Its files.
   *
   * @return the files in order; none if it is in memory
   */
  public List<Path> parts() {
    return parts;
  }

  /**
   * Opens it.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return one recording of all parts; close it when its readers are done
   * @throws RecordingException as in {@link Recording#open(List, int)}; also if one in memory has
   *     no entry
   * @throws IOException if reading fails
   */
  public Recording open(int maxPayloadLength) throws IOException {
    if (inMemory == null) {
      return Recording.open(parts, maxPayloadLength);
    }
    inMemory.requireEntry();
    return inMemory;
  }

  /**
   * Opens it for inspection, even if it is damaged or has no entry.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return one recording of all parts; close it when its readers are done
   * @throws RecordingException as in {@link Recording#openEvenIfDamaged(Path, int)}
   * @throws IOException if reading fails
   */
  public Recording openEvenIfDamaged(int maxPayloadLength) throws IOException {
    return inMemory != null ? inMemory : Recording.openEvenIfDamaged(parts, maxPayloadLength);
  }

  /**
   * What was replaced in the payloads before they were recorded.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return as in {@link Recording#redacted}
   * @throws RecordingException as in {@link Recording#redacted}; also if it cannot be opened
   * @throws IOException if reading fails
   */
  public List<String> redacted(int maxPayloadLength) throws IOException {
    if (inMemory != null) {
      return inMemory.redacted();
    }
    try (Recording recording = Recording.openUnread(parts, maxPayloadLength)) {
      return recording.redacted();
    }
  }

  /** The name of its first file or of the recording in memory. */
  @Override
  public String toString() {
    return name;
  }
}
