package io.tracestream.junit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.Comparer;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.opentest4j.AssertionFailedError;

/**
 * Turns what was recorded into the recording of a test, completely or not at all. It is a file, or
 * a folder with a file for each conversation.
 */
final class NewRecording {
  private static final Pattern VARYING_COMMENT = Pattern.compile("# (epoch|connection) ");

  private final Settings settings;
  private final Path place;

  NewRecording(Settings settings, Path place) {
    this.settings = settings;
    this.place = place;
  }

  /** Refuses a place that cannot be written to, before anything is recorded. */
  void requirePlace() throws IOException {
    requireFolderAbove();
    if (settings.isFolder()) {
      if (Files.exists(place) && !holdsRecordingsOnly()) {
        throw new IOException(place + ": it contains files that are not recordings, so it is not"
            + " replaced; choose another folder");
      }
    } else if (Files.isDirectory(place)) {
      throw new IOException(place + " is a folder; end the name with a / to record each connection"
          + " to a file in it");
    } else if (Files.exists(place) && Files.size(place) > 0) {
      requireRecording();
    }
  }

  /** Never replaces another kind of file, such as notes in which each line is a comment. */
  private void requireRecording() throws IOException {
    try (Recording recording = Recording.openEvenIfDamaged(place, FrameFormat.LARGEST_PAYLOAD);
        RecordingReader reader = recording.reader()) {
      if (!reader.advance() && !reader.hasVersionLine()) {
        throw new IOException(
            place + ": is not a recording, so it is not replaced; choose another name");
      }
    } catch (RecordingException e) {
      if (e.line() == 0 || e.isOtherFormat()) { // otherwise it is a damaged recording
        throw e;
      }
    }
  }

  /** Creates folders only inside the project: elsewhere, a wrong name is more likely. */
  private void requireFolderAbove() throws IOException {
    Path folder = place.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException(place + " cannot be replaced; choose another folder");
    }
    if (Path.of(settings.recording()).isAbsolute() && !Files.isDirectory(folder)) {
      throw new IOException(
          place + ": there is no folder " + folder + "; create it, or correct the name");
    }
    Path existing = folder;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new IOException(place + ": " + existing + " is not a folder; choose another name");
    }
    if (!Files.isWritable(existing)) {
      throw new IOException(
          place + ": there is no permission to write to " + existing + "; choose another place");
    }
  }

  private boolean holdsRecordingsOnly() throws IOException {
    return Files.isDirectory(place)
        && files(place).stream().allMatch(file -> file.toString().endsWith(".tsv"));
  }

  /** The files in a folder, except hidden ones, which belong to the system or a tool. */
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
   * Saves conversations and replaces an earlier recording.
   *
   * @param conversations what was recorded, in the order in which clients connected; at least one
   * @return how many frames were saved
   */
  long save(List<Path> conversations) throws IOException {
    try {
      Files.createDirectories(place.toAbsolutePath().getParent());
      return settings.isFolder() ? saveFolder(conversations) : saveFile(conversations);
    } catch (FileSystemException e) { // its message may be just a file name
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException(
          place + ": nothing was recorded: " + e.getFile() + " cannot be written: " + reason, e);
    }
  }

  /** Each connection plays the whole file, so all conversations have to be the same. */
  private long saveFile(List<Path> conversations) throws IOException {
    Path part = beside("part");
    try (Recording first = open(conversations.get(0))) {
      for (Path conversation : conversations) {
        try (Recording other = open(conversation)) {
          requireSame(first, other, conversations.size());
        }
      }
      long frames = copy(conversations.get(0), part);
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
      return frames;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void requireSame(Recording first, Recording other, int count) throws IOException {
    for (Direction direction : Direction.values()) {
      if (!isSame(first, other, direction)) {
        throw new AssertionFailedError(place + ": nothing was recorded: the " + count
            + " connections had different frames, and a file holds one conversation; end its name"
            + " with a / to make it a folder, or add rules for what varies");
      }
    }
  }

  /** Compares each direction by itself: how the two interleave is a matter of timing. */
  private boolean isSame(Recording first, Recording other, Direction direction) throws IOException {
    Comparer comparer = new Comparer(settings.rules(), direction);
    RecordingReader ours = first.reader();
    RecordingReader theirs = other.reader();
    boolean isEqual;
    boolean more;
    do {
      more = advance(ours, direction);
      isEqual = more == advance(theirs, direction)
          && (!more || comparer.areAlike(ours.payload(), theirs.payload()));
    } while (isEqual && more);
    return isEqual;
  }

  /**
   * Goes to the next entry of that direction, without those that may come at any time; returns
   * false at the end.
   */
  private boolean advance(RecordingReader reader, Direction direction) throws IOException {
    boolean more;
    do {
      more = reader.advance();
    } while (more
        && (reader.direction() != direction
            || settings.rules().allows(direction, reader.payload())));
    return more;
  }

  private long saveFolder(List<Path> conversations) throws IOException {
    Path part = beside("part");
    Files.createDirectory(part);
    try {
      int number = 1;
      long frames = 0;
      for (Path conversation : conversations) {
        String name = String.format(Locale.ROOT, "%06d.tsv", number++);
        frames += copy(conversation, part.resolve(name));
      }
      replaceFolder(part);
      return frames;
    } finally {
      delete(part);
    }
  }

  /** A folder cannot be moved onto an existing one, so that is moved away first. */
  private void replaceFolder(Path part) throws IOException {
    Path old = beside("old");
    if (Files.exists(place)) {
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (Files.exists(place)) { // another process recorded it in the meantime: either will do
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
        if (isHidden(file)) { // not ours to delete
          Files.move(file, place.resolve(file.getFileName()));
        }
      }
      delete(old);
    }
  }

  /** A hidden name, so that it is never taken for a recording. */
  private Path beside(String kind) {
    return place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + "." + kind);
  }

  private Recording open(Path conversation) throws IOException {
    return Recording.open(conversation, settings.format().longestPayload());
  }

  /**
   * Copies a recording without the comments that differ from run to run. Those that say how a
   * conversation ended stay in a folder; a file is to have no comments. The copy is as readable as
   * other sources, while what was recorded is readable only by its owner.
   */
  private long copy(Path original, Path file) throws IOException {
    long frames = 0;
    try (BufferedReader lines = Files.newBufferedReader(original, US_ASCII);
        BufferedWriter out = Files.newBufferedWriter(file, US_ASCII, CREATE_NEW)) {
      out.append(lines.readLine()).append('\n'); // the version
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        boolean isComment = line.startsWith("#");
        if (!isComment || settings.isFolder() && !VARYING_COMMENT.matcher(line).lookingAt()) {
          out.append(line).append('\n');
        }
        frames += isComment ? 0 : 1;
      }
    }
    return frames;
  }

  /** Deletes a folder and the files in it, if it exists. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : allFiles(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }
}
