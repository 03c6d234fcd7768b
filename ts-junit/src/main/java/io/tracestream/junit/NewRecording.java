package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.opentest4j.AssertionFailedError;

/** Makes what was recorded the recording of a test: whole, or not at all. */
final class NewRecording {
  private NewRecording() {}

  /** Refuses, before anything is recorded, what could not be written in the end. */
  static void requirePlace(Path file) throws IOException {
    requireWritable(file);
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": found a folder, expected a file; end the name with a / to"
          + " record each connection to a file in it");
    }
    if (Files.exists(file)) { // another kind of file is not to be replaced
      Recording.openEvenIfDamaged(file, FrameFormat.LARGEST_PAYLOAD).close();
    }
  }

  static void requireWritable(Path place) throws IOException {
    Path folder = place.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw new IOException(
          place + ": found no permission to write there, expected a place for a recording");
    }
  }

  /**
   * Saves a conversation.
   *
   * @param conversations what was recorded, one at least; each connection that plays the recording
   *     plays all of it, so all of them have to be the same
   * @param file where to save it, in the place of an earlier one
   */
  static void save(List<Path> conversations, Settings settings, Path file) throws IOException {
    int longest = settings.format().longestPayload();
    try (Recording first = Recording.open(conversations.get(0), longest)) {
      for (Path conversation : conversations) {
        try (Recording other = Recording.open(conversation, longest)) {
          requireSame(first, other, conversations.size(), settings, file);
        }
      }
      replace(file, first);
    }
  }

  private static void requireSame(
      Recording first, Recording other, int count, Settings settings, Path file)
      throws IOException {
    if (!RecordingDiff.compare(first, other, settings.rules(), change -> {}).isSame()) {
      throw new AssertionFailedError(
          file + ": nothing was recorded: found " + count
              + " connections with different frames, expected the same in each, as a recording holds one"
              + " conversation; end its name with a / to make it a folder, or have rules for what varies");
    }
  }

  private static void replace(Path file, Recording recording) throws IOException {
    Path part = file.resolveSibling(UUID.randomUUID() + ".part-" + file.getFileName());
    try {
      write(recording, part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Writes it without its comments, which are others each time. */
  static void write(Recording recording, Path file) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      RecordingReader entries = recording.reader();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        writer.write(entry.elapsedMicros(), entry.direction(), ByteBuffer.wrap(entry.payload()));
      }
    }
  }
}
