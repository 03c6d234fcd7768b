package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir
  private Path dir;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aNewFileHasItsContentAndNothingElseIsLeft() throws Exception {
    WholeFile.write(dir.resolve("a"), out -> out.write(new byte[200_000]));
    assertEquals(200_000, Files.size(dir.resolve("a")));
    assertEquals(List.of("a"), names());
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "for all to read");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    WholeFile.write(file, out -> out.write(1));
    WholeFile.write(dir.resolve("b"), out -> out.write(1));
    for (String name : names()) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name))));
    }
  }

  @Test
  void anEarlierFileIsReplaced() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "earlier, and longer");
    WholeFile.write(file, out -> out.write("new".getBytes()));
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void untilAllIsWrittenTheEarlierFileStays() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "earlier");
    WholeFile.write(file, out -> {
      out.write(new byte[200_000]);
      assertEquals("earlier", Files.readString(file));
    });
    assertEquals(200_000, Files.size(file));
  }

  @Test
  void whatFailsHalfwayLeavesTheEarlierFileAsItWas() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "earlier");
    assertThrows(
        IOException.class,
        () -> WholeFile.write(file, out -> {
          out.write(new byte[200_000]);
          throw new IOException("halfway");
        }));
    assertEquals("earlier", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aLinkStaysOneAndItsFileIsReplaced() throws Exception {
    Path file = Files.writeString(dir.resolve("a"), "earlier");
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    WholeFile.write(link, out -> out.write("new".getBytes()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  @Test
  void checkingLeavesNoTrace() throws Exception {
    WholeFile.check(dir.resolve("a"));
    assertEquals(List.of(), names());
  }
}
