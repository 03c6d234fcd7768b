package io.tracestream.recording;

import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedactionTest {
  private static final String HEADER = "# ts_proxy recording v1\n";

  @TempDir
  private Path dir;

  /** Replaces the first byte of each c2s payload, and breaks at one that begins with 99. */
  private static final class FirstByte implements Redaction {
    private final List<String> fields;

    private FirstByte(String... fields) {
      this.fields = List.of(fields);
    }

    @Override
    public List<String> fields() {
      return fields;
    }

    @Override
    public void redact(Direction direction, ByteBuffer payload) {
      if (direction == Direction.C2S && payload.get(payload.position()) == (byte) 0x99) {
        throw new IllegalStateException("99 it is");
      }
      if (direction == Direction.C2S) {
        payload.put(payload.position(), (byte) 0);
      }
    }
  }

  private Path file() {
    return dir.resolve("a.rec");
  }

  private RecordingWriter writer() throws IOException {
    return RecordingWriter.create(file(), null, new FirstByte("c2s:0+1", "one more"));
  }

  @Test
  void theFileNamesTheFieldsAndHasNoneOfTheirBytes() throws Exception {
    ByteBuffer secret = payload("ff01");
    try (RecordingWriter writer = writer()) {
      writer.write(1, Direction.C2S, secret);
      writer.write(2, Direction.S2C, payload("ff02"));
      writer.write(3, Direction.C2S, payload("ff"), payload(""), payload("0304"));
    }
    assertEquals(payload("ff01"), secret);
    assertEquals(
        HEADER + "# redact c2s:0+1\n# redact one more\n"
            + "1\tc2s\t0001\n2\ts2c\tff02\n3\tc2s\t000304\n",
        Files.readString(file()));
    try (Recording recording = Recording.open(file(), 10);
        RecordingReader reader = recording.reader()) {
      assertEquals(List.of("c2s:0+1", "one more"), recording.redacted());
      reader.advance();
      reader.skipPayload();
      reader.advance();
      assertEquals(
          List.of("c2s:0+1", "one more"), recording.reader(reader.position()).redacted());
      assertEquals(recording.redacted(), Conversation.of(file()).redacted(10));
    }
  }

  @Test
  void aPayloadOfAnyLengthIsRedacted() throws Exception {
    int[] lengths = {1, WriteMemory.SMALL, WriteMemory.SMALL + 1, WriteMemory.LARGE + 1, 5};
    try (RecordingWriter writer = writer()) {
      for (int length : lengths) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x77);
        writer.write(1, Direction.C2S, ByteBuffer.wrap(bytes));
      }
    }
    List<String> lines = Files.readAllLines(file());
    for (int i = 0; i < lengths.length; i++) {
      assertEquals("1\tc2s\t00" + "77".repeat(lengths[i] - 1), lines.get(3 + i));
    }
  }

  @Test
  void aPayloadThatCannotBeRedactedIsNotWrittenAndNothingAfterIt() throws Exception {
    RecordingWriter writer = writer();
    writer.write(1, Direction.C2S, payload("ff01"));
    RecordingException e = assertThrows(
        RecordingException.class, () -> writer.write(2, Direction.C2S, payload("9902")));
    assertEquals(
        file() + ": a payload could not be redacted, so it is not recorded:"
            + " java.lang.IllegalStateException: 99 it is",
        e.getMessage());
    assertThrows(RecordingException.class, () -> writer.write(3, Direction.S2C, payload("03")));
    writer.close();
    String text = Files.readString(file());
    assertTrue(text.startsWith(HEADER) && text.endsWith("\n1\tc2s\t0001\n"), text);
    assertFalse(text.contains("99") || text.contains("\t03"), text);
  }

  @Test
  void eachFileOfAFolderNamesTheFields() throws Exception {
    RecordingDirectoryConfig config = RecordingDirectoryConfig.of(dir.resolve("folder"))
        .withRedaction(new FirstByte("c2s:0+1"))
        .withRotateSize(200);
    for (boolean gzip : List.of(false, true)) {
      try (RecordingDirectoryWriter writer =
              RecordingDirectoryWriter.open(config.withGzip(gzip), warning -> {});
          ConversationWriter conversation = writer.conversation(Instant.now(), 1, "a:1", 0)) {
        for (int i = 0; i < 9; i++) {
          conversation.write(i, Direction.C2S, payload("ff".repeat(30)));
        }
      }
    }
    List<Conversation> all = RecordingDirectory.open(config.directory()).conversations();
    List<String> payloads = new ArrayList<>();
    for (Conversation conversation : all) {
      for (Path part : conversation.parts()) {
        try (Recording recording = Recording.open(part, 100);
            RecordingReader reader = recording.reader()) {
          assertEquals(List.of("c2s:0+1"), recording.redacted());
          while (reader.advance()) {
            payloads.add(reader.entry().toString());
          }
        }
      }
    }
    assertEquals(18, payloads.size());
    assertTrue(payloads.stream().noneMatch(text -> text.contains("ff".repeat(30))), "not redacted");
  }

  @Test
  void aRepairedRecordingStillNamesTheFields() throws Exception {
    String text = HEADER + "# redact c2s:0+1\n1\tc2s\t00\n2\tx2s\t00\n3\ts2c\t00\n";
    Files.writeString(file(), text);
    Path repaired = dir.resolve("b.rec");
    RecordingCheck.repair(file(), 100, repaired);
    assertEquals(text.replace("2\tx2s\t00\n", ""), Files.readString(repaired));
  }

  @Test
  void aTextThatWouldBeMoreThanItsLineIsRefused() {
    for (String field : List.of("c2s:0+1\n1\tc2s\t00", "", "c2s[0=\"\u00e9\"]:0+1", " ")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> RecordingWriter.create(file(), null, new FirstByte(field)));
      assertFalse(Files.exists(file()));
    }
  }
}
