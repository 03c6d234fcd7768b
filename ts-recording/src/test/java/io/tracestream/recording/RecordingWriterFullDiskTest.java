package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingWriterFullDiskTest {
  private static final Path BASH = Path.of("/bin/bash");
  private static final int KIBIBYTES = 300;

  @TempDir
  Path dir;

  @Test
  void aFullDiskBreaksTheWriterAndTheFileEndsOnAWholeLine() throws Exception {
    Path file = dir.resolve("a.rec");
    String full = file + ": cannot be written: File too large";
    assertEquals(
        List.of(full, "write: " + full, "flush: " + full, "closed"),
        saidBy(dir, WriteUntilFull.class, file));

    String text = Files.readString(file);
    assertTrue(text.endsWith("\n"));
    assertTrue(text.length() <= KIBIBYTES * 1024);
    assertTrue(text.length() > KIBIBYTES * 1024 - 300, "there was room for one more line");
    int entry = 0;
    try (Recording recording = Recording.open(file, 100)) {
      RecordingReader reader = recording.reader();
      for (Entry next = reader.next(); next != null; next = reader.next()) {
        assertEquals(entry++, next.elapsedMicros());
      }
    }
    assertTrue(entry > 1000, entry + " entries");
  }

  @Test
  void closingTellsThatTheLastEntriesFoundNoRoom() throws Exception {
    Path file = dir.resolve("a.rec");
    assertEquals(
        List.of(file + ": cannot be written: File too large", "closed"),
        saidBy(dir, CloseWhenFull.class, file));
    assertEquals("# ts_proxy recording v1\n", Files.readString(file));
  }

  /** What a program prints whose files may not grow large. */
  static List<String> saidBy(Path dir, Class<?> program, Path... files) throws Exception {
    return saidBy(dir, "ulimit -f " + KIBIBYTES, program, files);
  }

  /** What a program prints that has such limits. */
  static List<String> saidBy(Path dir, String limits, Class<?> program, Path... files)
      throws Exception {
    assumeTrue(Files.isExecutable(BASH), "there is no bash to limit a file's size");
    Path output = dir.resolve("output");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(
        BASH.toString(),
        "-c",
        "export LC_ALL=C.UTF-8; " + limits + "; exec \"$@\"",
        "bash",
        java,
        "-XX:-UsePerfData",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        program.getName()));
    Stream.of(files).map(Path::toString).forEach(command::add);
    Process child = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    if (!child.waitFor(30, TimeUnit.SECONDS)) {
      child.destroyForcibly();
    }
    return Files.readAllLines(output);
  }
}
