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
import org.jspecify.annotations.Nullable;

/**
 * The conversations that were recorded to a folder: its files whose names end with {@code .tsv} or
 * {@code .tsv.gz} and do not begin with a dot, in the order of their names, which is the order in
 * which a proxy accepted the connections. If a conversation was too large for one file, its parts
 * are joined again. Files with other names are ignored. Immutable.
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
   * @return its path, as it was given
   */
  public Path directory() {
    return directory;
  }

  /**
   * The conversations that can be read.
   *
   * @return the conversations in order, at least one
   */
  public List<Conversation> conversations() {
    return conversations;
  }

  /**
   * What cannot be read: conversations with a missing part, usually because the oldest files were
   * deleted; and anything with a recording's name that is not a file, such as a link to a file that
   * does not exist.
   *
   * @return a line for each, to show to a user
   */
  public List<String> leftOut() {
    return leftOut;
  }

  /**
   * Lists a folder. A file is opened when its conversation is.
   *
   * @param directory the folder
   * @return its conversations
   * @throws RecordingException if the folder does not exist, cannot be read, or contains no
   *     complete conversation
   * @throws IOException if reading fails
   */
  public static RecordingDirectory open(Path directory) throws IOException {
    List<Conversation> conversations = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (List<Path> parts : partsByName(directory, leftOut).values()) {
      String missing = missingPart(parts);
      if (missing == null) {
        conversations.add(Conversation.of(parts));
      } else {
        leftOut.add(missing);
      }
    }
    if (conversations.isEmpty()) {
      String missing = leftOut.isEmpty() ? "no recording" : "no complete recording";
      throw new RecordingException(directory + ": contains " + missing
          + ", which is a file whose name ends with .tsv or .tsv.gz; record one first");
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
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().matches("[^.].*\\.tsv(\\.gz)?"))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      throw new RecordingException(
          directory + ": there is no such folder; name a folder of recordings", e);
    } catch (NotDirectoryException e) {
      throw new RecordingException(directory + ": is not a folder; name a folder of recordings", e);
    } catch (AccessDeniedException e) {
      throw new RecordingException(directory + ": cannot be read: permission denied", e);
    }
  }

  /** What the parts of one conversation have in common: conversations are sorted by it. */
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

  /** What to say about a conversation with a missing part; null if none is missing. */
  private static @Nullable String missingPart(List<Path> parts) {
    int expected = part(parts.get(0)) == 0 ? 0 : 1;
    for (Path file : parts) {
      if (part(file) != expected) {
        return file + ": part " + expected
            + " of this conversation is missing; leaving the conversation out";
      }
      expected++;
    }
    return null;
  }
}
