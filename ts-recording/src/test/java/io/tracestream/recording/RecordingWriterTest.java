package io.tracestream.recording;

import static io.tracestream.recording.Lines.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tracestream.codec.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingWriterTest {
  private static final String HEADER = "# ts_proxy recording v1\n";

  @TempDir
  Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("a.rec");
  }

  private interface Recorder {
    void record(RecordingWriter writer) throws IOException;
  }

  private String written(Recorder recorder) throws IOException {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      recorder.record(writer);
    }
    return Files.readString(file);
  }

  private String refusal() {
    return assertThrows(RecordingException.class, () -> RecordingWriter.create(file))
        .getMessage();
  }

  @Test
  void theFileIsExactlyThis() throws Exception {
    assertEquals(HEADER + "123\tc2s\t68656c6c6f\n456\ts2c\t776f726c64\n", written(w -> {
      w.write(123, Direction.C2S, payload("68656c6c6f"));
      w.write(456, Direction.S2C, payload("776f726c64"));
    }));
  }

  @Test
  void whatWaitsInMemoryIsCountedUntilItIsInTheFile() throws Exception {
    for (Path each : new Path[] {file, dir.resolve("a.rec.gz")}) {
      try (RecordingWriter writer = RecordingWriter.create(each)) {
        assertEquals(0, writer.unwritten());
        writer.write(1, Direction.C2S, payload("6869"));
        writer.write(1, Direction.C2S, payload("68"));
        assertEquals("1\tc2s\t6869\n1\tc2s\t68\n".length(), writer.unwritten());
        for (int i = 0; i < 20; i++) { // more than one buffer
          writer.write(2, Direction.S2C, ByteBuffer.allocate(100_000));
        }
        writer.flush();
        assertEquals(0, writer.unwritten());
      }
    }
  }

  @Test
  void theFramingIsTheSecondLineAndReadersKnowIt() throws Exception {
    Framing mysql = Framing.parse("mysql");
    try (RecordingWriter writer = RecordingWriter.create(file, mysql)) {
      writer.write(123, Direction.C2S, payload("0003"));
    }
    assertEquals(
        HEADER + "# framing length=3,order=little,adjust=1\n123\tc2s\t0003\n",
        Files.readString(file));
    try (Recording recording = Recording.open(file, 10)) {
      assertEquals(mysql, recording.framing());
      recording.requireFraming(mysql);
      Exception e = assertThrows(
          RecordingException.class, () -> recording.requireFraming(Framing.ofLength(4)));
      assertEquals(
          file + ": was recorded with the framing length=3,order=little,adjust=1, found length=4;"
              + " use the recorded one",
          e.getMessage());
    }
    Recording unnamed = Recording.of("b", HEADER + "1\tc2s\t00\n# framing kafka\n");
    unnamed.requireFraming(mysql); // a later line is a comment like any other
    assertNull(unnamed.framing());
  }

  @Test
  void aFramingThatIsNoneIsAnErrorInItsLine() {
    Recording wrong = Recording.of("b", HEADER + "# framing length=17\n1\tc2s\t00\n");
    assertEquals(
        "b:2: framing: found \"length=17\", expected a number from 1 to 16; correct the line or"
            + " record again",
        assertThrows(RecordingException.class, wrong::framing).getMessage());
  }

  @Test
  void theVersionLineIsInTheFileAtOnce() throws Exception {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      assertEquals(HEADER, Files.readString(file));
      writer.flush();
      assertEquals(HEADER, Files.readString(file));
    }
    assertEquals(HEADER, Files.readString(file));
  }

  @Test
  void anEmptyPayloadEndsItsLineBehindATab() throws Exception {
    assertEquals(HEADER + "0\tc2s\t\n0\ts2c\t\n", written(w -> {
      w.write(0, Direction.C2S);
      w.write(0, Direction.S2C, ByteBuffer.allocate(0), ByteBuffer.allocate(0));
    }));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 999_999, 1_000_000, Long.MAX_VALUE})
  void timesArePlainDecimalNumbers(long elapsed) throws Exception {
    assertEquals(
        HEADER + elapsed + "\tc2s\t21\n",
        written(w -> w.write(elapsed, Direction.C2S, payload("21"))));
  }

  @Test
  void everyByteIsTwoLowerCaseDigits() throws Exception {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      hex.append(String.format(Locale.ROOT, "%02x", i));
    }
    assertEquals(
        HEADER + "1\ts2c\t" + hex + "\n",
        written(w -> w.write(1, Direction.S2C, payload(hex.toString()))));
  }

  @Test
  void aPayloadInSeveralPartsIsOneEntryAndThePartsAreLeftAsTheyWere() throws Exception {
    ByteBuffer heap = payload("ff 01 02 ff".replace(" ", "")).position(1).limit(3);
    ByteBuffer direct =
        ByteBuffer.allocateDirect(3).put(payload("030405")).flip().position(1);
    ByteBuffer readOnly = payload("0607").asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(
        HEADER + "1\tc2s\t010204050607\n",
        written(w -> w.write(1, Direction.C2S, heap, direct, readOnly)));
    assertEquals(1, heap.position());
    assertEquals(3, heap.limit());
    assertEquals(1, direct.position());
    assertEquals(0, readOnly.position());
  }

  @Test
  void linesStayInTheBufferUntilTheyAreFlushed() throws Exception {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      writer.write(1, Direction.C2S, payload("21"));
      assertEquals(HEADER, Files.readString(file));
      writer.flush();
      assertEquals(HEADER + "1\tc2s\t21\n", Files.readString(file));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {131_000, 131_072, 131_073, 400_000})
  void aLineLongerThanTheBufferIsWrittenWhole(int bytes) throws Exception {
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) 0x6a);
    assertEquals(
        HEADER + "1\tc2s\t21\n2\ts2c\t" + "6a".repeat(bytes) + "\n3\tc2s\t21\n", written(w -> {
          w.write(1, Direction.C2S, payload("21"));
          w.write(2, Direction.S2C, ByteBuffer.wrap(payload));
          w.write(3, Direction.C2S, payload("21"));
        }));
  }

  @Test
  void linesAreWholeWhereverTheBufferEnds() throws Exception {
    byte[] filler = new byte[131_072 - 40];
    for (int size = filler.length; size < filler.length + 40; size++) {
      ByteBuffer first = ByteBuffer.wrap(Arrays.copyOf(filler, size));
      assertEquals(
          HEADER + "1\tc2s\t" + "00".repeat(size) + "\n22\ts2c\t6869\n22\tc2s\t\n",
          written(w -> {
            w.flush();
            w.write(1, Direction.C2S, first);
            w.write(22, Direction.S2C, payload("68"), payload("69"));
            w.write(22, Direction.C2S);
          }),
          "first of " + size);
    }
  }

  @Test
  void timeMayStandStillButNotFall() throws Exception {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      writer.write(5, Direction.C2S);
      writer.write(5, Direction.S2C);
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> writer.write(4, Direction.C2S));
      assertEquals("elapsedMicros: found 4, expected at least 5", e.getMessage());
    }
    assertEquals(HEADER + "5\tc2s\t\n5\ts2c\t\n", Files.readString(file));
  }

  @Test
  void timeBelowZeroIsRefused() throws Exception {
    try (RecordingWriter writer = RecordingWriter.create(file)) {
      assertThrows(IllegalArgumentException.class, () -> writer.write(-1, Direction.C2S));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# ts_proxy recording v1\n",
        "# ts_proxy recording v1\r\n1\tc2s\t21\n",
        "1\tc2s\t21\n",
        "# ts_proxy recording v1\ndamaged",
        "# my notes\n# ts_proxy recording v1\n",
        "# ts_proxy recording v1\n1\tc2"
      })
  void anEarlierRecordingAndAnEmptyFileAreReplaced(String earlier) throws Exception {
    Files.writeString(file, earlier);
    assertEquals(HEADER + "7\tc2s\t21\n", written(w -> w.write(7, Direction.C2S, payload("21"))));
  }

  @Test
  void closingAWriterAgainTakesNothingFromTheNextOne() throws Exception {
    RecordingWriter first = RecordingWriter.create(file);
    first.close();
    try (RecordingWriter second = RecordingWriter.create(file)) {
      first.close();
      assertThrows(RecordingException.class, () -> RecordingWriter.create(file));
      second.write(1, Direction.C2S, payload("21"));
    }
    assertEquals(HEADER + "1\tc2s\t21\n", Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\n",
        "\n",
        "# a script's comment\n",
        "#!/bin/sh\nrm -r *\n",
        "PK\u0003\u0004",
        "\u0000",
        "# ts_proxy recording v2\n1\tc2s\t21\n",
        "12 bottles\n",
        "1\n2\n"
      })
  void anotherKindOfFileIsRefusedAndStaysAsItIs(String other) throws Exception {
    Files.writeString(file, other);
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(file, longAgo);
    assertEquals(
        file + ": is not a recording and is left as it is; choose another name", refusal());
    assertEquals(other, Files.readString(file));
    assertEquals(longAgo, Files.getLastModifiedTime(file));
  }

  @Test
  void aDirectoryIsRefused() {
    file = dir;
    assertEquals(dir + ": is a folder; choose another name", refusal());
  }

  @Test
  void aMissingDirectoryIsTold() {
    file = dir.resolve("missing/a.rec");
    assertEquals(file + ": there is no such folder; make it first", refusal());
  }

  @Test
  void aFileThatCannotBeReadIsRefused() throws Exception {
    Files.writeString(file, HEADER);
    file.toFile().setReadable(false);
    assumeFalse(Files.isReadable(file), "root reads everything");
    assertEquals(file + ": cannot be replaced: permission denied; choose another name", refusal());
  }

  @Test
  void aFileThatCannotBeWrittenIsRefused() throws Exception {
    Files.writeString(file, HEADER);
    file.toFile().setWritable(false);
    assumeFalse(Files.isWritable(file), "root writes everything");
    assertEquals(file + ": cannot be replaced: permission denied; choose another name", refusal());
  }

  @Test
  void aSecondWriterIsRefusedUntilTheFirstIsClosed() throws Exception {
    try (RecordingWriter first = RecordingWriter.create(file)) {
      first.write(1, Direction.C2S, payload("21"));
      first.flush();
      assertEquals(file + ": another proxy is recording to it; choose another name", refusal());
      first.write(2, Direction.C2S, payload("22"));
    }
    assertEquals(HEADER + "1\tc2s\t21\n2\tc2s\t22\n", Files.readString(file));
    assertEquals(HEADER, written(w -> {}));
  }

  @Test
  void closingTwiceIsClosingOnce() throws Exception {
    RecordingWriter writer = RecordingWriter.create(file);
    writer.close();
    writer.close();
    assertEquals(HEADER, Files.readString(file));
  }

  @Test
  void aBrokenWriterThrowsAtEachCallAndCloses() throws Exception {
    RecordingWriter writer = RecordingWriter.create(file);
    writer.write(1, Direction.C2S, payload("21"));
    Files.delete(file);
    IOException first = LostRecordingTest.awaitFailure(writer::flush);
    assertSame(first, assertThrows(IOException.class, writer::flush));
    assertSame(first, assertThrows(IOException.class, () -> writer.write(2, Direction.C2S)));
    writer.close();
    assertFalse(Files.exists(file));
  }

  @Test
  void aClosedWriterSaysSo() throws Exception {
    RecordingWriter writer = RecordingWriter.create(file);
    writer.close();
    Exception e = assertThrows(IOException.class, () -> writer.write(1, Direction.C2S));
    assertEquals(file + ": this recording is closed", e.getMessage());
    assertThrows(IOException.class, writer::flush);
  }
}
