package io.tracestream.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingDirectoryTest {
  private static final String FIRST = "20261123T031542.123456Z-000009";
  private static final String SECOND = "20261123T031542.123457Z-000010";

  @TempDir
  Path dir;

  private void files(String... names) throws IOException {
    for (int i = 0; i < names.length; i++) {
      Files.writeString(dir.resolve(names[i]), i + "\tc2s\t21\n");
    }
  }

  private String refusal(Path folder) {
    return assertThrows(RecordingException.class, () -> RecordingDirectory.open(folder))
        .getMessage();
  }

  private List<String> names(RecordingDirectory directory) {
    return directory.conversations().stream()
        .map(conversation -> dir.relativize(Path.of(conversation.toString())).toString())
        .toList();
  }

  @Test
  void conversationsComeInTheOrderOfTheirNames() throws Exception {
    files(SECOND + ".tsv", "login.tsv", FIRST + ".tsv", "a.tsv.gz", "notes.txt", "b.rec");
    Files.createDirectory(dir.resolve("c.tsv"));
    assertEquals(
        List.of(FIRST + ".tsv", SECOND + ".tsv", "a.tsv.gz", "login.tsv"),
        names(RecordingDirectory.open(dir)));
  }

  @Test
  void hiddenFilesAreNotRecordings() throws Exception {
    files("a.tsv", ".a.tsv", "._a.tsv", ".DS_Store", ".tsv", ".tsv.gz", ".b.tsv.gz");
    assertEquals(List.of("a.tsv"), names(RecordingDirectory.open(dir)));
    Files.delete(dir.resolve("a.tsv"));
    assertTrue(refusal(dir).startsWith(dir + ": contains no recording"));
  }

  @Test
  void whatIsNotARegularFileIsLeftOutWithALine() throws Exception {
    files("b.tsv");
    Files.createSymbolicLink(dir.resolve("a.tsv"), dir.resolve("gone.tsv"));
    Files.createSymbolicLink(dir.resolve("d.tsv"), dir.resolve("b.tsv"));
    RecordingFileTest.makePipe(dir.resolve("c.tsv.gz"));
    RecordingDirectory directory = RecordingDirectory.open(dir);
    assertEquals(List.of("b.tsv", "d.tsv"), names(directory));
    assertEquals(
        List.of(
            dir.resolve("a.tsv") + ": is a link to a file that does not exist; leaving it out",
            dir.resolve("c.tsv.gz") + ": is not a regular file; leaving it out"),
        directory.leftOut());
  }

  @Test
  void partsAreOneConversationInTheOrderOfTheirNumbers() throws Exception {
    String[] parts = new String[10_001];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = FIRST + String.format(Locale.ROOT, ".%04d.tsv", i + 1);
    }
    files(parts);
    RecordingDirectory directory = RecordingDirectory.open(dir);
    assertEquals(List.of(parts[0]), names(directory));
    try (Recording recording = directory.conversations().get(0).open(10)) {
      RecordingReader reader = recording.reader();
      for (int i = 0; i < parts.length; i++) {
        assertEquals(i, reader.next().elapsedMicros());
      }
    }
  }

  @Test
  void aConversationWithoutItsBeginningIsToldAndLeftOut() throws Exception {
    files(
        FIRST + ".0002.tsv", FIRST + ".0003.tsv", SECOND + ".0001.tsv.gz", SECOND + ".0002.tsv.gz");
    RecordingDirectory directory = RecordingDirectory.open(dir);
    assertEquals(List.of(SECOND + ".0001.tsv.gz"), names(directory));
    assertEquals(
        List.of(dir.resolve(FIRST + ".0002.tsv") + ": part 1 of this conversation is missing;"
            + " leaving the conversation out"),
        directory.leftOut());
  }

  @Test
  void aConversationWithAHoleIsLeftOutToo() throws Exception {
    files(FIRST + ".0001.tsv", FIRST + ".0003.tsv");
    assertEquals(
        dir + ": contains no complete recording, which is a file whose name ends with .tsv or"
            + " .tsv.gz; record one first",
        refusal(dir));
  }

  @Test
  void aFolderWithoutRecordingsIsRefused() throws Exception {
    files("notes.txt");
    assertEquals(
        dir
            + ": contains no recording, which is a file whose name ends with .tsv or .tsv.gz; record"
            + " one first",
        refusal(dir));
  }

  @Test
  void whatIsNoFolderIsRefused() throws Exception {
    Path missing = dir.resolve("missing");
    assertEquals(
        missing + ": there is no such folder; name a folder of recordings", refusal(missing));
    Path file = Files.writeString(dir.resolve("a"), "");
    assertEquals(file + ": is not a folder; name a folder of recordings", refusal(file));
  }
}
