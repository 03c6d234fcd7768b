package io.tracestream.junit;

import io.tracestream.codec.FrameFormat;
import io.tracestream.compare.RecordingDiff;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import io.tracestream.recording.RecordingWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.opentest4j.AssertionFailedError;

/**
 * Makes what was recorded the recording of a test: whole, or not at all. It is a file, or a folder
 * with a file for each conversation.
 */
final class NewRecording {
  private final Settings settings;
  private final Path place;

  NewRecording(Settings settings, Path place) {
    this.settings = settings;
    this.place = place;
  }

  /** Refuses, before anything is recorded, what could not be written in the end. */
  void requirePlace() throws IOException {
    requireFolderAbove();
    if (settings.isFolder()) {
      if (Files.exists(place) && !holdsRecordingsOnly()) {
        throw new IOException(place + ": there are other files than recordings in it, so it is not"
            + " replaced; choose another folder");
      }
    } else if (Files.isDirectory(place)) {
      throw new IOException(place + " is a folder; end the name with a / to record each connection"
          + " to a file in it");
    } else if (Files.exists(place) && Files.size(place) > 0) {
      requireRecording();
    }
  }

  /** Another kind of file is not to be replaced, be it notes that hold only comments. */
  private void requireRecording() throws IOException {
    try (Recording recording = Recording.openEvenIfDamaged(place, FrameFormat.LARGEST_PAYLOAD);
        RecordingReader reader = recording.reader()) {
      if (!reader.advance() && !reader.hasVersionLine()) {
        throw new IOException(place + ": is not a recording: it has no entry; choose another name");
      }
    } catch (RecordingException e) {
      if (e.line() == 0 || e.isOtherFormat()) { // else it is a damaged one
        throw e;
      }
    }
  }

  /** Only folders of the project are created: elsewhere, a wrong name is more likely. */
  private void requireFolderAbove() throws IOException {
    Path folder = place.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(place + " cannot be replaced; choose another folder");
    }
    if (Path.of(settings.recording()).isAbsolute() && !Files.isDirectory(folder)) {
      throw new IOException(
          place + ": there is no folder " + folder + "; create it, or correct the name");
    }
    while (!Files.exists(folder)) {
      folder = folder.getParent();
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(place + ": " + folder + " is not a folder; choose another name");
    }
    if (!Files.isWritable(folder)) {
      throw new IOException(
          place + ": there is no permission to write to " + folder + "; choose another place");
    }
  }

  private boolean holdsRecordingsOnly() throws IOException {
    return Files.isDirectory(place)
        && files(place).stream().allMatch(file -> file.toString().endsWith(".tsv"));
  }

  /** What is in a folder but for hidden files, which the system or a tool keeps there. */
  static List<Path> files(Path folder) throws IOException {
    return allFiles(folder).stream().filter(file -> !isHidden(file)).toList();
  }

  private static List<Path> allFiles(Path folder) throws IOException {
    try (var all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private static boolean isHidden(Path file) {
    return file.getFileName().toString().startsWith(".");
  }

  /**
   * Saves conversations, in the place of an earlier recording.
   *
   * @param conversations what was recorded, in the order in which clients came; one at least
   */
  void save(List<Path> conversations) throws IOException {
    try {
      Files.createDirectories(place.toAbsolutePath().getParent());
      if (settings.isFolder()) {
        saveFolder(conversations);
      } else {
        saveFile(conversations);
      }
    } catch (FileSystemException e) { // whose text may be no more than a name
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException(
          place + ": nothing was recorded: " + e.getFile() + " cannot be written: " + reason, e);
    }
  }

  /** Each connection that plays a file plays all of it, so all of them have to be the same. */
  private void saveFile(List<Path> conversations) throws IOException {
    Path part = beside("part");
    try (Recording first = open(conversations.get(0))) {
      for (Path conversation : conversations) {
        try (Recording other = open(conversation)) {
          requireSame(first, other, conversations.size());
        }
      }
      write(first, conversations.get(0), part);
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void requireSame(Recording first, Recording other, int count) throws IOException {
    if (!RecordingDiff.compare(first, other, settings.rules(), change -> {}).isSame()) {
      throw new AssertionFailedError(place + ": nothing was recorded: the " + count
          + " connections had different frames, and a recording holds one conversation; end its name"
          + " with a / to make it a folder, or add rules for what varies");
    }
  }

  private void saveFolder(List<Path> conversations) throws IOException {
    Path part = beside("part");
    Files.createDirectory(part);
    try {
      int number = 1;
      for (Path conversation : conversations) {
        try (Recording recording = open(conversation)) {
          String name = String.format(Locale.ROOT, "%06d.tsv", number++);
          write(recording, conversation, part.resolve(name));
        }
      }
      replaceFolder(part);
    } finally {
      delete(part);
    }
  }

  /** A folder cannot take the name of another one that is there: that has to go first. */
  private void replaceFolder(Path part) throws IOException {
    Path old = beside("old");
    if (Files.exists(place)) {
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (Files.exists(place)) { // another process has recorded it: one is as good as the other
        delete(old);
        return;
      }
      if (Files.exists(old)) {
        Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    if (Files.exists(old)) {
      for (Path file : allFiles(old)) {
        if (isHidden(file)) { // it is not ours
          Files.move(file, place.resolve(file.getFileName()));
        }
      }
      delete(old);
    }
  }

  /** Hidden, so that it is never taken for a recording itself. */
  private Path beside(String kind) {
    return place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + "." + kind);
  }

  private Recording open(Path conversation) throws IOException {
    return Recording.open(conversation, settings.format().longestPayload());
  }

  /**
   * Writes it without its comments, which are others each time; beside itself first, as a recording
   * is for its owner's eyes only, and a test's is to be as readable as other sources are.
   */
  private static void write(Recording recording, Path itself, Path file) throws IOException {
    Path clean = itself.resolveSibling("clean");
    try (RecordingWriter writer = RecordingWriter.create(clean)) {
      RecordingReader entries = recording.reader();
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        writer.write(entry.elapsedMicros(), entry.direction(), ByteBuffer.wrap(entry.payload()));
      }
    }
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      Files.copy(clean, out);
    }
    Files.delete(clean);
  }

  /** Deletes a folder of files, if it is there. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : allFiles(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }
}
