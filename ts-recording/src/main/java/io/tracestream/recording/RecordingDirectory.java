package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The conversations that are recorded in a folder: its files whose names end with {@code .tsv} or
 * {@code .tsv.gz} and do not begin with a dot, in the order of their names, which is that in which
 * a proxy accepted the connections. The parts of a conversation that was too large for one file are
 * one again. Files of other names are passed over. Immutable.
 */
public final class RecordingDirectory {
  private final Path directory;
  private final List<Conversation> conversations;
  private final List<String> leftOut;

  private RecordingDirectory(
      Path directory, List<Conversation> conversations, List<String> leftOut) {
    this.directory = directory;
    this.conversations = List.copyOf(conversations);
    this.leftOut = List.copyOf(leftOut);
  }

  /**
   * The folder.
   *
   * @return its path as it was given
   */
  public Path directory() {
    return directory;
  }

  /**
   * What can be read.
   *
   * @return the conversations in order, one at least
   */
  public List<Conversation> conversations() {
    return conversations;
  }

  /**
   * What cannot be read: conversations of which a part is missing, mostly since the oldest files
   * were deleted; and what has a recording's name and is not a file, such as a link to one that is
   * gone.
   *
   * @return a line for each, to show to a user
   */
  public List<String> leftOut() {
    return leftOut;
  }

  /**
   * Lists a folder. Its files are opened when their conversation is.
   *
   * @param directory the folder
   * @return what is in it
   * @throws RecordingException when there is no such folder, it cannot be read, or no whole
   *     conversation is in it
   * @throws IOException when reading fails
   */
  public static RecordingDirectory open(Path directory) throws IOException {
    List<Conversation> conversations = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (List<Path> parts : partsByName(directory, leftOut).values()) {
      String missing = missingPart(parts);
      if (missing == null) {
        conversations.add(new Conversation(parts));
      } else {
        leftOut.add(missing);
      }
    }
    if (conversations.isEmpty()) {
      String found = leftOut.isEmpty() ? "no recording" : "no recording with all of its parts";
      throw new RecordingException(directory + ": found " + found
          + ", expected files that end with .tsv or .tsv.gz; record some first");
    }
    return new RecordingDirectory(directory, conversations, leftOut);
  }

  /** The files of each conversation, both in order. */
  private static TreeMap<String, List<Path>> partsByName(Path directory, List<String> leftOut)
      throws IOException {
    TreeMap<String, List<Path>> conversations = new TreeMap<>();
    for (Path file : files(directory)) {
      if (!Files.isRegularFile(file)) {
        leftOut.add(file + ": " + irregular(file) + "; leaving it out");
        continue;
      }
      conversations
          .computeIfAbsent(conversation(file), key -> new ArrayList<>())
          .add(file);
    }
    conversations.values().forEach(parts -> parts.sort((a, b) -> part(a) - part(b)));
    return conversations;
  }

  private static String irregular(Path file) {
    return Files.exists(file) ? "is not a regular file" : "is a link to a file that does not exist";
  }

  private static List<Path> files(Path directory) throws IOException {
    String expected = ", expected a folder of recordings";
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().matches("[^.].*\\.tsv(\\.gz)?"))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      throw new RecordingException(directory + ": found no such folder" + expected, e);
    } catch (NotDirectoryException e) {
      throw new RecordingException(directory + ": found no folder" + expected, e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(directory + ": found no permission to read it" + expected, e);
    }
  }

  /** What all parts of a conversation have in common, and no others: their order is that of it. */
  private static String conversation(Path file) {
    RecordingName name = RecordingName.of(file);
    return name == null || name.part() == 0
        ? file.getFileName().toString()
        : name.withPart(1).toString();
  }

  private static int part(Path file) {
    RecordingName name = RecordingName.of(file);
    return name == null ? 0 : name.part();
  }

  /** What to say of a conversation that is not whole; else null. */
  private static String missingPart(List<Path> parts) {
    int expected = part(parts.get(0)) == 0 ? 0 : 1;
    for (Path file : parts) {
      if (part(file) != expected) {
        return file + ": found no part " + expected
            + " of this conversation, expected all of them; leaving it out";
      }
      expected++;
    }
    return null;
  }
}
