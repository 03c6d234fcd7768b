package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A conversation that was recorded, not opened yet: in a file, in several in a row, or in memory.
 * Immutable.
 */
public final class Conversation {
  private final String name;
  private final List<Path> parts;
  private final Recording inMemory;

  private Conversation(String name, List<Path> parts, Recording inMemory) {
    this.name = name;
    this.parts = List.copyOf(parts);
    this.inMemory = inMemory;
  }

  /**
   * A conversation in files.
   *
   * @param parts the files that hold it, in their order; one at least
   */
  public Conversation(List<Path> parts) {
    this(parts.get(0).toString(), parts, null);
  }

  /**
   * A conversation in one file.
   *
   * @param file the file
   * @return the conversation
   */
  public static Conversation of(Path file) {
    return new Conversation(List.of(file));
  }

  /**
   * A conversation in memory.
   *
   * @param recording see {@link Recording#of(String, List)}; whoever plays it closes it, which does
   *     nothing there
   * @return the conversation
   */
  public static Conversation of(Recording recording) {
    return new Conversation(recording.toString(), List.of(), recording);
  }

  /**
   * The files that hold it.
   *
   * @return the files in their order; none when it is in memory
   */
  public List<Path> parts() {
    return parts;
  }

  /**
   * Opens it.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return one recording of all parts; close it when its readers are done
   * @throws RecordingException as in {@link Recording#open(List, int)}; one in memory must have an
   *     entry, too
   * @throws IOException when reading fails
   */
  public Recording open(int maxPayloadLength) throws IOException {
    if (inMemory == null) {
      return Recording.open(parts, maxPayloadLength);
    }
    inMemory.requireEntry();
    return inMemory;
  }

  /**
   * Opens it to look at it, also if it is damaged or has no entry.
   *
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return one recording of all parts; close it when its readers are done
   * @throws RecordingException as in {@link Recording#openEvenIfDamaged(Path, int)}
   * @throws IOException when reading fails
   */
  public Recording openEvenIfDamaged(int maxPayloadLength) throws IOException {
    return inMemory != null ? inMemory : Recording.openEvenIfDamaged(parts, maxPayloadLength);
  }

  /** The name of its first file, or that of the recording in memory. */
  @Override
  public String toString() {
    return name;
  }
}
