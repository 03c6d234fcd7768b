package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingWriterMemoryTest {
  @TempDir
  Path dir;

  @Test
  void withoutMemoryForMoreBuffersARecordingIsStillWhole() throws Exception {
    Path file = dir.resolve("a.rec");
    assertEquals(List.of("closed"), saidBy(WriteWithoutMemory.class, file));
    try (Recording recording = Recording.open(file, 200_000)) {
      RecordingReader reader = recording.reader();
      for (int i = 0; i < 3; i++) {
        Entry entry = reader.next();
        assertEquals(i, entry.elapsedMicros());
        assertArrayEquals(new byte[200_000], entry.payload());
      }
      assertNull(reader.next());
    }
  }

  private List<String> saidBy(Class<?> program, Path file) throws Exception {
    Path output = dir.resolve("output");
    Process child = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:MaxDirectMemorySize=400k",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    if (!child.waitFor(30, TimeUnit.SECONDS)) {
      child.destroyForcibly();
    }
    return Files.readAllLines(output);
  }
}
