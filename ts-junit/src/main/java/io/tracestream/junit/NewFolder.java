package io.tracestream.junit;

import io.tracestream.recording.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;

/**
 * Makes what was recorded the folder of a test: a file for each conversation, whole or not at all.
 */
final class NewFolder {
  private NewFolder() {}

  /** Refuses, before anything is recorded, what could not be written in the end. */
  static void requirePlace(Path folder) throws IOException {
    NewRecording.requireWritable(folder);
    if (Files.exists(folder) && !holdsRecordingsOnly(folder)) {
      throw new IOException(folder
          + ": found something else than recordings, expected a folder to replace; choose another");
    }
  }

  private static boolean holdsRecordingsOnly(Path folder) throws IOException {
    return Files.isDirectory(folder)
        && files(folder).stream().allMatch(file -> file.toString().endsWith(".tsv"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  /**
   * Saves conversations.
   *
   * @param conversations what was recorded, in the order in which clients came
   * @param folder where to save them, in the place of an earlier one
   */
  static void save(List<Path> conversations, Settings settings, Path folder) throws IOException {
    Path part = beside(folder, "part");
    Files.createDirectory(part);
    try {
      int number = 1;
      for (Path conversation : conversations) {
        Path file = part.resolve(String.format("%06d.tsv", number++));
        try (Recording recording =
            Recording.open(conversation, settings.format().longestPayload())) {
          NewRecording.write(recording, file);
        }
      }
      replace(folder, part);
    } finally {
      deleteIfExists(part);
    }
  }

  /** A folder cannot take the name of another one that is there: that has to go first. */
  private static void replace(Path folder, Path part) throws IOException {
    Path old = beside(folder, "old");
    if (Files.exists(folder)) {
      Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (Files.exists(old)) {
        Files.move(old, folder, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    deleteIfExists(old);
  }

  private static Path beside(Path folder, String kind) {
    return folder.resolveSibling(UUID.randomUUID() + "." + kind + "-" + folder.getFileName());
  }

  private static void deleteIfExists(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }
}
