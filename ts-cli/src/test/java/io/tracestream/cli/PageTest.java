package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The page that inspect --html writes: what is in the file. PageIT opens it in a browser. */
@ResourceLock(Resources.SYSTEM_ERR)
class PageTest {
  private static final String HEADER = "# ts_proxy recording v1\n";
  private static final String BREAK_OUT = "</script><script>alert(1)</script><!--";

  @TempDir
  private Path dir;

  private Path recording(String name, String... entries) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, HEADER + String.join("\n", entries) + "\n");
  }

  private Path page() {
    return dir.resolve("page.html");
  }

  private Path pageOf(Path recording) {
    Run run = Run.of("inspect", recording.toString(), "--html", page().toString());
    assertEquals("", run.stderr());
    assertEquals(0, run.status());
    assertEquals(List.of(), run.stdout());
    return page();
  }

  private void assertRefused(int status, String stderr, String... args) {
    Run run = Run.of(args);
    assertEquals("ts-proxy: " + stderr + "\n", run.stderr());
    assertEquals(status, run.status());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aPageHasAllEntriesOfARecording() throws Exception {
    Path file =
        recording("a.rec", "1000\tc2s\t6869", "# note", "2500\ts2c\t", "99000000\tc2s\tff00");
    assertEquals(
        List.of("C " + file, "E 1:2 1000 c2s 6869", "E 2:4 2500 s2c ", "E 3:5 99000000 c2s ff00"),
        PageRecords.of(pageOf(file)));
    assertTrue(Files.readString(page())
        .contains("1 connection; c2s: 2 entries, 4 B of payload; s2c: 1 entry, 0 B of payload"));
  }

  @Test
  void aPageOfAFolderHasAllItsRecordings() throws Exception {
    Path first = recording("recs/1.tsv", "1\tc2s\t61");
    Path second = recording("recs/2.tsv", "2\ts2c\t62");
    assertEquals(
        List.of("C " + first, "E 1:2 1 c2s 61", "C " + second, "E 1:2 2 s2c 62"),
        PageRecords.of(pageOf(dir.resolve("recs"))));
  }

  @Test
  void neitherAPayloadNorANameBreaksOutOfThePage() throws Exception {
    String name = BREAK_OUT.replace("/", "\\") + "\u001b'\"&";
    pageOf(recording(name, "1\tc2s\t" + hex(BREAK_OUT)));
    String html = Files.readString(page());
    assertFalse(html.contains("<script>alert"), html);
    assertFalse(html.contains("\u001b"));
    assertTrue(html.contains("&lt;\\script&gt;&lt;script&gt;"));
    assertEquals(2, Pattern.compile("</script>").matcher(html).results().count());
  }

  @Test
  void aPageRunsOnlyItsOwnScriptAndLoadsNothing() throws Exception {
    String html = Files.readString(pageOf(recording("a.rec", "1\tc2s\t61")));
    assertTrue(
        Pattern.compile("content=\"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}=';"
                + " style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'\"")
            .matcher(html)
            .find());
    assertFalse(
        Pattern.compile("https?:|src=|href=|@import|url\\(").matcher(html).find());
  }

  @Test
  void theSameRecordingGivesTheSamePage() throws Exception {
    Path file = recording("a.rec", "1000\tc2s\t6869", "2500\ts2c\t");
    byte[] first = Files.readAllBytes(pageOf(file));
    assertArrayEquals(first, Files.readAllBytes(pageOf(file)));
  }

  @Test
  void onlyItsOwnerCanReadAPage() throws Exception {
    assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path file = pageOf(recording("a.rec", "1\tc2s\t61"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aLongPayloadIsCutAndThePageSaysSo() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t" + "61".repeat(PageData.MOST_OF_PAYLOAD + 1));
    assertEquals(
        "E 1:2 1 c2s 65536 of 65537 from 0", PageRecords.of(pageOf(file)).get(1));
    assertTrue(
        Files.readString(page()).contains("Of 1 long payload only the beginning is in this page."));
  }

  @Test
  void ofMuchPayloadAPageHasOnlyTheBeginningOfEach() throws Exception {
    long long64k = PageData.MOST_BYTES / PageData.MOST_OF_PAYLOAD;
    String entry = "1\tc2s\t" + "61".repeat(PageData.MOST_OF_PAYLOAD);
    Path file =
        recording("a.rec", Stream.generate(() -> entry).limit(long64k + 1).toArray(String[]::new));
    List<String> records = PageRecords.of(pageOf(file));
    assertFalse(records.get((int) long64k).contains(" of "));
    assertEquals("E 513:514 1 c2s 64 of 65536 from 0", records.get((int) long64k + 1));
  }

  @Test
  void entriesBeyondTheMostAreLeftOutAndThePageSaysSo() throws Exception {
    Path file = dir.resolve("recs/1.tsv");
    Files.createDirectories(file.getParent());
    Files.writeString(file, HEADER + "1\tc2s\t\n".repeat(PageData.MOST_ENTRIES + 1));
    recording("recs/2.tsv", "1\tc2s\t61");
    assertEquals(
        PageData.MOST_ENTRIES + 1, PageRecords.of(pageOf(dir.resolve("recs"))).size());
    assertTrue(Files.readString(page())
        .contains("Only the first 500000 entries are in this page; 1 recording was left out."));
  }

  @Test
  void aPageOfADamagedRecordingHasWhatIsWholeAndSaysWhatIsNot() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t61", "2\tx2s\t62");
    String damage =
        file + ":3: direction: found \"x2s\", expected c2s or s2c and a tab; correct the"
            + " line or record again";
    assertRefused(1, damage, "inspect", file.toString(), "--html", page().toString());
    assertEquals(List.of("C " + file, "E 1:2 1 c2s 61"), PageRecords.of(page()));
    assertTrue(Files.readString(page()).contains("<span class=\"verdict failed\">damaged</span>"));
  }

  @Test
  void aPageDoesNotReplaceARecording() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t61");
    String before = Files.readString(file);
    Path other = recording("other.html", "1\tc2s\t61");
    for (Path out : List.of(file, other)) {
      assertRefused(
          3,
          "--html: " + out + " exists and is not such a page; choose another name",
          "inspect",
          file.toString(),
          "--html",
          out.toString());
      assertEquals(before, Files.readString(out));
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsRefused() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t61");
    Path missing = dir.resolve("missing");
    assertRefused(
        3,
        "--html: cannot write " + missing.resolve("p.html") + ": there is no folder " + missing
            + "; create it",
        "inspect",
        file.toString(),
        "--html",
        missing.resolve("p.html").toString());
    assertRefused(
        3,
        "--html: " + dir + " is a folder; choose another name",
        "inspect",
        file.toString(),
        "--html",
        dir.toString());
    assertEquals(List.of("a.rec"), names());
  }

  @Test
  void aPageHasWhatADecoderMakesOfAPayload() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t" + hex("{\"a\":1}"), "2\ts2c\t00");
    Run run = Run.of("inspect", file.toString(), "--html", page().toString(), "--decode", "json");
    assertEquals(0, run.status(), run.stderr());
    List<String> records = PageRecords.of(page());
    assertEquals("E 1:2 1 c2s 7b2261223a317d decoded {\n  \"a\": 1\n}", records.get(1));
    assertEquals("E 2:3 2 s2c 00", records.get(2));
  }

  @Test
  void aFileWithoutAnEntryGetsNoPage() throws Exception {
    Path file = Files.writeString(dir.resolve("a.rec"), HEADER);
    assertRefused(
        3,
        file + ": is not a recording: no entry",
        "inspect",
        file.toString(),
        "--html",
        page().toString());
    assertEquals(List.of("a.rec"), names());
  }

  @Test
  void aPageIsNotAListOfEntries() throws Exception {
    Path file = recording("a.rec", "1\tc2s\t61");
    Run run = Run.of("inspect", "--entries", "--html", page().toString(), file.toString());
    assertEquals(2, run.status());
    assertTrue(
        run.stderr().contains("--html cannot be combined with options that list entries"),
        run.stderr());
  }
}
