package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of numbered entries, whose payloads are of this many bytes. */
class ScriptTest {
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir
  private Path dir;

  private Script script(PageCache cache, boolean gzip, int entries, int payload)
      throws IOException {
    return script(cache, gzip, false, entries, payload);
  }

  private Script script(PageCache cache, boolean gzip, boolean inAnyOrder, int entries, int payload)
      throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < entries; i++) {
      String direction = i % 2 == 0 ? "c2s" : "s2c";
      String line =
          i + "\t" + direction + "\t" + String.format("%08x", i) + "61".repeat(payload - 4) + "\n";
      text.writeBytes(line.getBytes());
    }
    Path file = dir.resolve("a.rec");
    try (OutputStream out =
        gzip ? new GZIPOutputStream(Files.newOutputStream(file)) : Files.newOutputStream(file)) {
      text.writeTo(out);
    }
    Script script = new Script(Conversation.of(file), 10 * MEBIBYTE, cache, inAnyOrder);
    script.acquire();
    return script;
  }

  private static void assertIsAt(int entry, Cursor cursor) throws IOException {
    assertTrue(cursor.isAtEntry());
    ByteBuffer payload = cursor.payload();
    assertEquals(entry, payload.getInt(payload.position()));
    assertEquals(entry, cursor.entriesBefore());
    assertEquals(entry, cursor.elapsedMicros());
    assertEquals(Math.max(0, entry - 1), cursor.elapsedBefore());
    assertEquals(entry % 2 == 0 ? Direction.C2S : Direction.S2C, cursor.direction());
    assertEquals(entry + 1, cursor.place(Direction.C2S).line());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 1000, 16 * 1024, 16 * 1024 + 1, 300_000})
  void aCursorPassesAllEntriesOfAllPages(int payload) throws Exception {
    int entries = 4 * MEBIBYTE / Math.max(payload, 200);
    Script script = script(new PageCache(MEBIBYTE), false, entries, payload);
    Cursor cursor = script.cursor();
    for (int i = 0; i < entries; i++, cursor.next()) {
      assertIsAt(i, cursor);
    }
    assertFalse(cursor.isAtEntry());
    assertTrue(cursor.isAtEnd());
    assertNull(cursor.damage());
    script.release();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pagesThatWereDroppedAreReadAgainFromWhereTheyBegin(boolean gzip) throws Exception {
    PageCache cache = new PageCache(MEBIBYTE);
    Script script = script(cache, gzip, 4000, 1000);
    Cursor ahead = script.cursor();
    Cursor behind = script.cursor();
    for (int i = 0; i < 4000; i++, ahead.next()) {
      assertIsAt(i, ahead);
      if (i >= 3000) {
        assertIsAt(i - 3000, behind);
        behind.next();
      }
      assertTrue(cache.bytes() <= 2 * MEBIBYTE, "bytes kept: " + cache.bytes());
    }
    assertIsAt(2345, script.cursor(2345));
    script.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 4000})
  void fewPagesAreKeptUnlessMostFit(int entries) throws Exception {
    PageCache cache = new PageCache(MEBIBYTE);
    Script script = script(cache, false, entries, 1000);
    for (int client = 0; client < 2; client++) {
      for (Cursor cursor = script.cursor(); cursor.isAtEntry(); cursor.next()) {
        cursor.direction();
      }
    }
    boolean fit = entries == 1000;
    assertEquals(fit, cache.bytes() > MEBIBYTE / 2, "bytes kept: " + cache.bytes());
    script.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 1000, 16 * 1024 + 1, 300_000})
  void entriesCanBeReadInAnyOrderOnceTheyWereReadInTheirs(int payload) throws Exception {
    int entries = Math.max(20, 4 * MEBIBYTE / Math.max(payload, 200));
    Script script = script(new PageCache(MEBIBYTE / 2), false, true, entries, payload);
    Cursor cursor = script.cursor();
    while (cursor.isAtEntry()) {
      cursor.next();
    }
    for (int i = 0, entry = 0; i < entries; i++, entry = (entry + entries / 2 + 1) % entries) {
      cursor.moveTo(script, entry);
      assertIsAt(entry, cursor);
      if (i % 100 == 0) {
        script.closeFiles();
      }
    }
    cursor.moveTo(script, entries + 5);
    assertTrue(cursor.isAtEnd());
    assertEquals(entries, cursor.entriesBefore());
    script.release();
  }

  @Test
  void filesAreClosedWithTheLastUserAndOpenedAgainWithTheNext() throws Exception {
    PageCache cache = new PageCache(1000);
    Script script = script(cache, false, 2000, 1000);
    Cursor cursor = script.cursor(1500);
    script.release();
    script.acquire();
    assertIsAt(1500, cursor);
    assertIsAt(7, script.cursor(7));
    script.release();
  }

  @Test
  void damageStandsBehindTheEntriesBeforeIt() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), "0\tc2s\t61\n0\ts2c\t6\n");
    Script script = new Script(Conversation.of(file), 100, new PageCache(), false);
    script.acquire();
    Cursor cursor = script.cursor();
    assertNull(cursor.damage());
    cursor.next();
    assertFalse(cursor.isAtEntry());
    assertFalse(cursor.isAtEnd());
    assertEquals(2, cursor.damage().line());
    script.release();
  }
}
