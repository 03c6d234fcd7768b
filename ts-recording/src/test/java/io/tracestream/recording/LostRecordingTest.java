package io.tracestream.recording;

import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A recording that somebody takes away or changes while it is recorded is not lost in silence. */
class LostRecordingTest {
  @TempDir
  Path dir;

  /** What happens to a file of 33 bytes, and what is said of it. */
  private enum Loss {
    DELETED("deleted or moved") {
      @Override
      void happen(Path file) throws IOException {
        Files.delete(file);
      }
    },
    MOVED("deleted or moved") {
      @Override
      void happen(Path file) throws IOException {
        Files.move(file, file.resolveSibling("b.rec"));
      }
    },
    REPLACED("replaced by another file") {
      @Override
      void happen(Path file) throws IOException {
        Path same = file.resolveSibling("b.rec");
        Files.copy(file, same);
        Files.move(same, file, StandardCopyOption.ATOMIC_MOVE);
      }
    },
    REPLACED_BY_A_LINK_TO_IT("replaced by another file") {
      @Override
      void happen(Path file) throws IOException {
        Path moved = file.resolveSibling("b.rec");
        Files.move(file, moved);
        Files.createSymbolicLink(file, moved);
      }
    },
    EMPTIED("truncated from 33 to 0 bytes") {
      @Override
      void happen(Path file) throws IOException {
        Files.writeString(file, "");
      }
    },
    CUT("truncated from 33 to 31 bytes") {
      @Override
      void happen(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(31);
        }
      }
    },
    WRITTEN_TO("written to by another program") {
      @Override
      void happen(Path file) throws IOException {
        Files.writeString(file, "# a note\n", StandardOpenOption.APPEND);
      }
    };

    private final String said;

    Loss(String said) {
      this.said = said;
    }

    abstract void happen(Path file) throws IOException;
  }

  interface Attempt {
    void run() throws IOException;
  }

  /** Tries again and again until it fails. */
  static RecordingException awaitFailure(Attempt attempt) throws IOException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (System.nanoTime() < deadline) {
      try {
        attempt.run();
        Thread.onSpinWait();
      } catch (RecordingException e) {
        return e;
      }
    }
    return fail("it never failed");
  }

  private static String lost(Path file, String how) {
    return file + ": was " + how + " while it was recorded; the recording is not complete";
  }

  @ParameterizedTest
  @EnumSource
  void whateverHappensToTheFileIsToldWhenItIsClosed(Loss loss) throws Exception {
    Path file = dir.resolve("a.rec");
    RecordingWriter writer = RecordingWriter.create(file);
    writer.write(1, Direction.C2S, payload("21"));
    writer.flush();
    loss.happen(file);
    Exception e = assertThrows(RecordingException.class, writer::close);
    assertEquals(lost(file, loss.said), e.getMessage());
  }

  @Test
  void flushingTellsItAlsoWhileNoEntryComes() throws Exception {
    Path file = dir.resolve("a.rec");
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      Files.delete(file);
      Exception e = awaitFailure(writer::flush);
      assertEquals(lost(file, "deleted or moved"), e.getMessage());
      assertFalse(Files.exists(file));
    }
  }

  @Test
  void entriesThatFillBuffersTellItWithoutAFlush() throws Exception {
    Path file = dir.resolve("a.rec");
    ByteBuffer payload = ByteBuffer.allocate(10_000);
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      writer.write(1, Direction.C2S, payload);
      Files.delete(file);
      Exception e = awaitFailure(() -> writer.write(1, Direction.C2S, payload));
      assertEquals(lost(file, "deleted or moved"), e.getMessage());
    }
  }

  @Test
  void aCutLeavesNoHoleAndWhatFollowsAreWholeLines() throws Exception {
    Path file = dir.resolve("a.rec");
    ByteBuffer payload = ByteBuffer.allocate(10_000);
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      for (int i = 0; i < 100; i++) {
        writer.write(1, Direction.C2S, payload);
      }
      writer.flush();
      Files.writeString(file, "");
      awaitFailure(() -> writer.write(2, Direction.C2S, payload));
    }
    String line = "2\tc2s\t" + "00".repeat(10_000) + "\n";
    try (Stream<String> lines = Files.lines(file)) {
      assertTrue(lines.allMatch(found -> line.equals(found + "\n")));
    }
    assertEquals(0, Files.size(file) % line.length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConversationOfAFolderTellsItAndOthersGoOn(boolean gzip) throws Exception {
    RecordingDirectoryConfig config = RecordingDirectoryConfig.of(dir).withGzip(gzip);
    try (RecordingDirectoryWriter folder =
            RecordingDirectoryWriter.open(config, warning -> fail(warning));
        ConversationWriter first = folder.conversation(Instant.EPOCH, 1, "a:1", 0);
        ConversationWriter second = folder.conversation(Instant.EPOCH, 2, "a:1", 0)) {
      first.write(1, Direction.C2S, payload("21"));
      second.write(1, Direction.C2S, payload("22"));
      second.write(2, Direction.C2S, payload("23"));
      Path lost = dir.resolve("19700101T000000.000000Z-000001.tsv" + (gzip ? ".gz" : ""));
      Files.delete(lost);
      Exception e = awaitFailure(first::flush);
      assertEquals(lost(lost, "deleted or moved"), e.getMessage());
    }
    try (Recording whole = RecordingDirectory.open(dir).conversations().get(0).open(10)) {
      assertEquals(2, Lines.entries(whole.reader()).size());
    }
  }
}
