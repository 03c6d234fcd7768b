package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say what to play. */
final class SourceOptions {
  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {
    @Option(
        names = "--record",
        required = true,
        paramLabel = "FILE",
        converter = Values.FileName.class,
        description = "Recording to play.")
    private Path file;

    @Option(
        names = "--record-dir",
        required = true,
        paramLabel = "DIR",
        converter = Values.FileOrFolder.class,
        description = "Folder of recordings to play, each on a connection of its own.")
    private Path directory;
  }

  /** The file or the folder. */
  Path recording() {
    return source.file != null ? source.file : source.directory;
  }

  boolean isDirectory() {
    return source.directory != null;
  }

  /** Refuses a folder in the place of a file, and the other way round. */
  void check() throws Failures.NotStarted {
    if (source.file != null && Files.isDirectory(source.file)) {
      throw new Failures.NotStarted("--record: " + source.file
          + " is a folder; use --record-dir to play the recordings in it");
    }
    if (isDirectory() && Files.isRegularFile(source.directory)) {
      throw new Failures.NotStarted(
          "--record-dir: " + source.directory + " is a file; use --record to play it");
    }
  }

  /** What to play. The files are not opened yet. */
  List<Conversation> conversations() throws Failures.NotStarted {
    if (!isDirectory()) {
      return List.of(Conversation.of(source.file));
    }
    try {
      RecordingDirectory directory = RecordingDirectory.open(source.directory);
      directory.leftOut().forEach(log()::warn);
      return directory.conversations();
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  /** Made late, once it is known how much to log. */
  private static Logger log() {
    return LoggerFactory.getLogger(SourceOptions.class);
  }
}
