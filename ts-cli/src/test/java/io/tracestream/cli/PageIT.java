package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Pages as a person uses them, in a real browser: scripts/test_page.sh says which. */
@EnabledIfEnvironmentVariable(named = "TS_PROXY_BROWSER", matches = ".+")
@ResourceLock(Resources.SYSTEM_ERR)
class PageIT {
  private static final String SELECTED = "#list [aria-selected=true]";

  @TempDir
  private static Path profile;

  private static Browser browser;

  @TempDir
  private Path dir;

  @BeforeAll
  static void startTheBrowser() throws Exception {
    browser = Browser.start(System.getenv("TS_PROXY_BROWSER"), profile);
  }

  @AfterAll
  static void stopTheBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void showInASize() throws Exception {
    browser.resize(1400, 800);
    browser.complaints().clear();
    browser.loaded().clear();
  }

  @AfterEach
  void nothingWentWrongAndNothingElseWasLoaded() {
    assertEquals(List.of(), browser.complaints());
    assertTrue(
        browser.loaded().stream().allMatch(url -> url.startsWith("file:///")),
        browser.loaded()::toString);
  }

  private static String entry(long micros, String direction, String text) {
    return micros + "\t" + direction + "\t"
        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "\n";
  }

  private static String conversation(int requests) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= requests; i++) {
      text.append(entry(i * 1000L, "c2s", (i % 10 == 0 ? "put " : "get ") + i));
      text.append(entry(i * 1000L + 100, "s2c", "Value " + i));
    }
    return text.toString();
  }

  private Path record(String name, String text) throws Exception {
    Files.createDirectories(dir.resolve(name).getParent());
    return Files.writeString(dir.resolve(name), "# ts_proxy recording v1\n" + text);
  }

  private void open(String... command) throws Exception {
    Run run = Run.of(command);
    assertEquals("", run.stderr());
    browser.open(Path.of(command[command.length - 1]));
  }

  private void inspect(Path recording) throws Exception {
    open("inspect", recording.toString(), "--html", dir.resolve("page.html").toString());
  }

  private String selected() throws Exception {
    return browser.value("document.querySelector('" + SELECTED + "').getAttribute('aria-label')");
  }

  private void awaitSelected(String label) throws Exception {
    browser.await("document.querySelector('" + SELECTED + "')?.getAttribute('aria-label') === '"
        + label + "'");
  }

  @Test
  void aPageShowsWhatWasRecorded() throws Exception {
    inspect(record("a.rec", conversation(20)));
    assertEquals("recording " + dir.resolve("a.rec"), browser.text("h1"));
    assertEquals("40 entries", browser.text("#count"));
    assertEquals("c2s entry 1, 5 bytes, after 0 \u00b5s, get 1", selected());
    assertEquals("0 67 65 74 20 31 get 1", browser.text("#panel"));
    browser.click("#tab-text");
    assertEquals("get 1", browser.text("#panel"));
  }

  @Test
  void everythingWorksFromTheKeyboard() throws Exception {
    inspect(record("a.rec", conversation(20)));
    browser.press("ArrowDown");
    awaitSelected("s2c entry 2, 7 bytes, after 100 \u00b5s, Value 1");
    browser.press(".");
    awaitSelected("s2c entry 4, 7 bytes, after 100 \u00b5s, Value 2");
    browser.press("End");
    awaitSelected("s2c entry 40, 8 bytes, after 100 \u00b5s, Value 20");
    browser.press("/");
    browser.type("VALUE 7");
    browser.awaitText("#count", "1 of 40 entries");
    awaitSelected("s2c entry 14, 7 bytes, after 100 \u00b5s, Value 7");
    assertEquals("Value 7", browser.text("#panel .hit:last-of-type"));
    browser.press("Escape");
    browser.awaitText("#count", "40 entries");
    browser.press("?");
    browser.await("document.querySelector('dialog').open");
    browser.press("Escape");
  }

  @Test
  void entriesAreFilteredByDirectionKindAndContent() throws Exception {
    inspect(record("a.rec", conversation(20)));
    browser.click("input[value=c2s] + span");
    browser.awaitText("#count", "20 of 40 entries");
    browser.click("#kind");
    browser.type("0=707574");
    browser.awaitText("#count", "2 of 40 entries");
    awaitSelected("c2s entry 19, 6 bytes, after 900 \u00b5s, put 10");
    browser.type(",x");
    browser.awaitText("#count", "Not a kind of frame: write 0003, 4=0003, 0=\"GET\" or len=9");
    browser.press("Escape");
    browser.click("#find");
    browser.type("0x3130");
    browser.awaitText("#count", "1 of 40 entries");
    browser.click("#hide");
    browser.awaitText("#count", "20 of 40 entries");
    assertEquals("1", browser.value("document.querySelectorAll('.row.hit:not([hidden])').length"));
  }

  @Test
  void aConnectionOfAFolderIsChosen() throws Exception {
    record("recs/1.tsv", conversation(2));
    record("recs/2.tsv", entry(1, "c2s", "other"));
    inspect(dir.resolve("recs"));
    assertEquals("4 entries", browser.text("#count"));
    browser.press("]");
    browser.awaitText("#count", "1 entry");
    awaitSelected("c2s entry 1, 5 bytes, after 0 \u00b5s, other");
    assertEquals("1", browser.value("document.querySelector('#choice').value"));
    assertEquals("2.tsv (1 entry)", browser.text("#choice option:checked"));
  }

  @Test
  void theTimelineLeadsToAnEntry() throws Exception {
    inspect(record(
        "a.rec",
        entry(0, "c2s", "a") + entry(4_900_000, "s2c", "b") + entry(10_000_000, "c2s", "c")));
    browser.click("#timeline");
    awaitSelected("s2c entry 2, 1 byte, after 4.90 s, b");
  }

  /** How tall the bars of requests are that stand at two parts of the timeline, in pixels. */
  private static int[] barsAt(double one, double other) {
    String heights = browser.value("(() => {"
        + " const canvas = document.querySelector('#timeline canvas');"
        + " const above = (canvas.clientHeight / 2 - 8) * devicePixelRatio;"
        + " const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, above);"
        + " return [" + one + ", " + other + "].map((part) => {"
        + "   const x = Math.round(6 + (canvas.clientWidth - 12) * part) * devicePixelRatio;"
        + "   return all.data.filter((value, i) =>"
        + "     i % 4 === 3 && (i >> 2) % all.width === x && value > 127).length;"
        + " }).join(' '); })()");
    return Stream.of(heights.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @Test
  void manyEntriesAtAMomentMakeATallerBarThanOne() throws Exception {
    StringBuilder entries = new StringBuilder(entry(0, "c2s", "first"));
    for (int i = 0; i < 50; i++) {
      entries.append(entry(1_500_000 + i, "c2s", "dense"));
    }
    entries.append(entry(8_500_000, "c2s", "alone")).append(entry(10_000_000, "c2s", "final"));
    inspect(record("a.rec", entries.toString()));
    int[] bars = barsAt(0.15, 0.85);
    assertTrue(bars[1] > 0 && bars[0] > 2 * bars[1], Arrays.toString(bars));
  }

  private void report() throws Exception {
    Path file = dir.resolve("report.html");
    Page page = Page.of(file);
    String text = conversation(50);
    page.add(List.of(Conversation.of(Recording.of("a.rec", text))), 1000, Decoders.NONE);
    HtmlReport.write(
        Results.report(
            false,
            Results.matched(1),
            Results.different(2, Results.bytes("get 2"), Results.bytes("get 7")),
            Results.extra(3, "one more")),
        page,
        new Decoders(List.of(new JsonDecoder())));
    browser.open(file);
  }

  @Test
  void theFirstMismatchIsShownAtOnceWithWhatCameBefore() throws Exception {
    report();
    assertEquals("failed", browser.text(".verdict"));
    assertTrue(browser.text("#marks").startsWith("Mismatch 1 of 2 connection 2, c2s entry 3 of 6"));
    assertEquals("mismatch, c2s entry 3, 5 bytes, after 900 \u00b5s, get 2", selected());
    assertEquals(
        "byte expected, 5 bytes found, 5 bytes 0 67 65 74 20 32 get 2 67 65 74 20 37 get 7",
        browser.text("table.bytes"));
    assertEquals("32", browser.text("table.bytes td:nth-of-type(1) .differs"));
    assertEquals("37", browser.text("table.bytes td:nth-of-type(2) .differs"));
    assertEquals("s2c entry 2 came before it", browser.text(".before"));
    browser.click(".before button");
    awaitSelected("s2c entry 2, 7 bytes, after 100 \u00b5s, Value 1");
    browser.click("#marks .go");
    awaitSelected("mismatch, c2s entry 3, 5 bytes, after 900 \u00b5s, get 2");
  }

  @Test
  void theNextMismatchIsInItsOwnSession() throws Exception {
    report();
    browser.press("n");
    browser.await("document.querySelector('#choice').value === '2'");
    assertEquals("mismatch, c2s entry 7, 8 bytes, one more", selected());
    assertTrue(browser.text("table.bytes").startsWith("byte expected, none found, 8 bytes"));
    browser.press("n");
    browser.await("document.querySelector('#choice').value === '1'");
  }

  @Test
  void onlyMismatchesAreListed() throws Exception {
    report();
    browser.click("#only");
    browser.awaitText("#count", "1 of 100 entries");
  }

  @Test
  void aDiffShowsBothRecordings() throws Exception {
    Path a = record("a.rec", entry(0, "c2s", "one") + entry(1, "s2c", "two"));
    Path b =
        record("b.rec", entry(0, "c2s", "ore") + entry(1, "s2c", "two") + entry(2, "s2c", "x"));
    Path page = dir.resolve("diff.html");
    Run run = Run.of("diff", a.toString(), b.toString(), "--report", page.toString());
    assertEquals(1, run.status(), run.stderr());
    browser.open(page);
    assertEquals("different", browser.text(".verdict"));
    assertEquals(
        "byte A, 3 bytes B, 3 bytes 0 6f 6e 65 one 6f 72 65 ore", browser.text("table.bytes"));
    browser.press("n");
    awaitSelected("change, s2c entry 3, 1 byte, x");
  }

  @Test
  void hostilePayloadsAndNamesStayText() throws Exception {
    String hostile = "</script><img src=x onerror=\"document.title='hacked'\"><!--";
    inspect(record(hostile.replace("/", "\\"), entry(0, "c2s", hostile)));
    browser.click("#tab-text");
    assertEquals(hostile, browser.text("#panel"));
    assertEquals("0", browser.value("document.images.length"));
    assertTrue(browser.value("document.title").startsWith("recording: "));
  }

  @Test
  void aHundredThousandEntriesAreAtHand() throws Exception {
    inspect(record("a.rec", conversation(50_000)));
    browser.awaitText("#count", "100\u202f000 entries".replaceAll("\\s+", " "));
    browser.press("End");
    awaitSelected("s2c entry 100000, 11 bytes, after 100 \u00b5s, Value 50000");
    assertTrue(Integer.parseInt(browser.value("document.querySelectorAll('.row').length")) < 100);
    browser.press("/");
    browser.type("put 4999");
    browser.awaitText("#count", "1 of 100\u202f000 entries".replaceAll("\\s+", " "));
    awaitSelected("c2s entry 99979, 9 bytes, after 900 \u00b5s, put 49990");
  }

  @Test
  void aPageThatWasCutOffSaysSo() throws Exception {
    inspect(record("a.rec", conversation(200)));
    Path page = dir.resolve("page.html");
    String html = Files.readString(page);
    int data = html.indexOf("data-size");
    Files.writeString(page, html.substring(0, data + 400) + html.substring(data + 404));
    browser.open(page);
    assertEquals(
        "This file is damaged: its entries cannot be read. Copy it again or make it again.",
        browser.text("#state"));
  }

  @Test
  void aBrowserThatIsTooOldIsToldSo() throws Exception {
    inspect(record("a.rec", conversation(1)));
    browser.openWithout("DecompressionStream", dir.resolve("page.html"));
    assertEquals(
        "This browser is too old to show the entries. Use Chrome or Edge 93, Firefox 113, Safari"
            + " 16.4, or a newer one.",
        browser.text("#state"));
  }

  @Test
  void darkAndNarrowItIsReadableToo() throws Exception {
    browser.prefer("dark");
    browser.resize(400, 700);
    inspect(record("a.rec", conversation(20)));
    assertEquals("0 67 65 74 20 31 get 1", browser.text("#panel"));
    assertEquals(
        "rgb(20, 23, 28)", browser.value("getComputedStyle(document.body).backgroundColor"));
    assertEquals("true", browser.value("document.documentElement.scrollWidth <= innerWidth"));
    browser.prefer("light");
  }
}
