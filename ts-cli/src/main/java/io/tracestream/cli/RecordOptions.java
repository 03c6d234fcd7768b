package io.tracestream.cli;

import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.RecordingDirectoryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The flags that say what to record to, and how. */
final class RecordOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description = {
        "Record to this file, in place of an earlier recording; compressed if its name ends",
        "with .gz. While recording, one client at a time is served."
      })
  private Path file;

  @Option(
      names = "--record-dir",
      paramLabel = "DIR",
      converter = Values.FileName.class,
      description = "Record to this folder, each connection to a file of its own.")
  private Path directory;

  @Option(
      names = "--rotate-size",
      paramLabel = "BYTES",
      converter = Values.ByteCount.class,
      description = "Go on in another file when one has so many bytes, such as 64k, 10m or 2g.")
  private Long rotateSize;

  @Option(
      names = "--max-files",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "Delete the oldest recordings in the folder when there are more.")
  private Integer maxFiles;

  @Option(names = "--gzip", description = "Compress the files in the folder.")
  private boolean gzip;

  @Option(
      names = "--flush-recording",
      description = "Have each frame in the file before it is forwarded.")
  private boolean flush;

  /** Refuses flags that do not go together. */
  void check() throws Failures.NotStarted {
    if (file != null && directory != null) {
      throw wrong("--record and --record-dir cannot be combined");
    }
    requireOtherThan("stdout", 1);
    requireOtherThan("stderr", 2);
    requireDirectory("--rotate-size", rotateSize != null, "");
    requireDirectory("--max-files", maxFiles != null, "");
    requireDirectory("--gzip", gzip, ", or a --record FILE whose name ends with .gz");
  }

  /** A recording would be mixed with what we say. */
  private void requireOtherThan(String name, int number) throws Failures.NotStarted {
    try {
      if (file == null || !Files.isSameFile(file, Path.of("/dev/fd/" + number))) {
        return;
      }
    } catch (IOException e) {
      return; // it is no file yet, or the system does not say
    }
    throw new Failures.NotStarted(
        file + ": is where " + name + " goes; choose another name for the recording");
  }

  private void requireDirectory(String flag, boolean given, String other) {
    if (given && directory == null) {
      throw wrong(flag + " is only valid with --record-dir" + other);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Puts what the flags say into a configuration that records nothing. */
  ProxyConfig addTo(ProxyConfig config) {
    ProxyConfig flushing = config.withFlushRecording(flush);
    if (directory == null) {
      return flushing.withRecording(file);
    }
    return flushing.withRecordingDirectory(RecordingDirectoryConfig.of(directory)
        .withRotateSize(rotateSize == null ? 0 : rotateSize)
        .withMaxFiles(maxFiles == null ? 0 : maxFiles)
        .withGzip(gzip));
  }
}
