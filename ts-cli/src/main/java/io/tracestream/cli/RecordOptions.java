package io.tracestream.cli;

import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.rules.Field;
import io.tracestream.rules.RedactedFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where to record, and how. */
final class RecordOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      converter = Values.FileName.class,
      description =
          "Record to FILE and replace an earlier recording there. Compressed if the name ends in"
              + " .gz. Serves one client at a time.")
  private Path file;

  @Option(
      names = "--record-dir",
      paramLabel = "DIR",
      converter = Values.FileOrFolder.class,
      description = "Record each connection to a file of its own in DIR.")
  private Path directory;

  @Option(
      names = "--rotate-size",
      paramLabel = "BYTES",
      converter = Values.ByteCount.class,
      description = "Start another file when one reaches BYTES, such as 64k, 10m or 2g.")
  private Long rotateSize;

  @Option(
      names = "--max-files",
      paramLabel = "N",
      converter = Values.FromOne.class,
      description = "Keep at most N recordings in DIR: delete the oldest.")
  private Integer maxFiles;

  @Option(names = "--gzip", description = "Compress the files in DIR.")
  private boolean gzip;

  @Option(
      names = "--flush-recording",
      description =
          "Write each frame to the file before forwarding it, so that a kill loses nothing.")
  private boolean flush;

  @Option(
      names = "--redact",
      paramLabel = "FIELD",
      converter = RuleOptions.ToField.class,
      description = "Replace these bytes in the recording, never in what is forwarded, such as"
          + " passwords: c2s:4+16, or 'c2s[0=0003]:4+len8' in payloads that begin with 00 03."
          + " Repeatable.")
  private List<Field> redacted = new ArrayList<>();

  /** Refuses options that cannot be combined. */
  void check() throws Failures.NotStarted {
    if (file != null && directory != null) {
      throw wrong("--record and --record-dir cannot be combined");
    }
    requireOtherThan("stdout", 1);
    requireOtherThan("stderr", 2);
    if (!redacted.isEmpty() && !isGiven()) {
      throw wrong("--redact is only valid with --record or --record-dir");
    }
    requireDirectory("--rotate-size", rotateSize != null, "");
    requireDirectory("--max-files", maxFiles != null, "");
    requireDirectory("--gzip", gzip, ", or a --record FILE whose name ends with .gz");
  }

  /** Refuses a file that our own output goes to: the two would be mixed. */
  private void requireOtherThan(String name, int number) throws Failures.NotStarted {
    try {
      if (file == null || !Files.isSameFile(file, Path.of("/dev/fd/" + number))) {
        return;
      }
    } catch (IOException e) {
      return; // there is no such file yet, or the system cannot say
    }
    throw new Failures.NotStarted(
        "--record: " + file + " is where " + name + " goes; choose another name");
  }

  private void requireDirectory(String flag, boolean given, String other) {
    if (given && directory == null) {
      throw wrong(flag + " is only valid with --record-dir" + other);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private RedactedFields redaction() {
    try {
      return redacted.isEmpty() ? null : RedactedFields.of(redacted);
    } catch (IllegalArgumentException e) {
      throw wrong("--redact: " + e.getMessage());
    }
  }

  boolean isGiven() {
    return file != null || directory != null;
  }

  /** Adds what the options say to a configuration that records nothing. */
  ProxyConfig addTo(ProxyConfig config) {
    ProxyConfig flushing = config.withFlushRecording(flush).withRedaction(redaction());
    if (directory == null) {
      return flushing.withRecording(file);
    }
    return flushing.withRecordingDirectory(RecordingDirectoryConfig.of(directory)
        .withRotateSize(rotateSize == null ? 0 : rotateSize)
        .withMaxFiles(maxFiles == null ? 0 : maxFiles)
        .withGzip(gzip));
  }
}
