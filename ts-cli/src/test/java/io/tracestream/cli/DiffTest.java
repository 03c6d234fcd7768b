package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Comparing recordings. */
@ResourceLock(Resources.SYSTEM_ERR)
class DiffTest {
  @TempDir
  private Path dir;

  private String a;
  private String b;

  @BeforeEach
  void record() throws IOException {
    a = write("a.rec", "0\tc2s\t00016869", "9\ts2c\t0001796573", "9\tc2s\t0002");
    b = write("b.rec", "0\tc2s\t77776869", "5\ts2c\t7777796f73", "9\tc2s\t7778", "9\ts2c\t21");
  }

  private String write(String name, String... lines) throws IOException {
    String text = "# ts_proxy recording v1\n" + String.join("\n", lines) + "\n";
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private static List<String> diff(int status, String... args) {
    List<String> command = new ArrayList<>(List.of("diff"));
    command.addAll(List.of(args));
    Run run = Run.of(command.toArray(String[]::new));
    assertEquals(status, run.status(), run.stderr());
    List<String> lines = new ArrayList<>(run.stdout());
    lines.addAll(run.stderr().lines().toList());
    return lines;
  }

  @Test
  void recordingsThatAreTheSameEndWithZero() throws Exception {
    assertEquals(
        List.of("3 entries in A, 3 in B: 3 same, 0 changed, 0 added, 0 removed"), diff(0, a, a));
  }

  @Test
  void payloadsAreComparedAsDecodersReadThemToo() throws Exception {
    String one = write("1.rec", "0\tc2s\t7b2261223a317d");
    String other = write("2.rec", "0\tc2s\t7b2261223a327d", "0\tc2s\t5b5d");
    List<String> lines = diff(1, one, other, "--decode", "json");
    int from = lines.indexOf("  decoded, - A, + B:");
    assertEquals(
        List.of("      {", "    -   \"a\": 1", "    +   \"a\": 2", "      }", ""),
        lines.subList(from + 1, from + 6));
    assertTrue(lines.contains("  decoded, + B:"), lines::toString);
    String json = String.join("\n", diff(1, one, other, "--decode", "json", "--json"));
    assertTrue(json.contains("\"decoded\" : [ \"{\", \"  \\\"a\\\": 1\", \"}\" ]"), json);
  }

  @Test
  void recordingsThatDifferEndWithOneAndShowTheBytes() throws Exception {
    assertEquals(
        """
        changed s2c AA:3 (entry 2), BB:3 (entry 2): 5 bytes, 1 differs, at payload byte 3
          A         0  00 01 79 65 73                                   ..yes
          B         0  77 77 79 6f 73                                   wwyos
                       ~~ ~~    ^^                                      ~~ ^

        added s2c BB:5 (entry 4): 1 byte
          B         0  21                                               !

        3 entries in A, 4 in B: 2 same, 1 changed, 1 added, 0 removed
        """.replace("AA", a).replace("BB", b),
        String.join("\n", diff(1, a, b, "--ignore=c2s:0+2", "--copy", "c2s:0+2->s2c:0+2")) + "\n");
  }

  @Test
  void asJsonItSaysTheSame() throws Exception {
    String text = String.join("\n", diff(1, a, b, "--json", "--ignore", "c2s:0+2"));
    List<String> found = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      while (json.nextToken() != null) {
        if (json.currentToken().isScalarValue()) {
          found.add(json.currentName() + "=" + json.getText());
        }
      }
    }
    assertEquals(
        List.of(
            "a=" + a,
            "b=" + b,
            "null=c2s:0+2",
            "kind=changed",
            "direction=s2c",
            "entry=2",
            "line=3",
            "length=5",
            "payload=0001796573",
            "entry=2",
            "line=3",
            "length=5",
            "payload=7777796f73",
            "offset=0",
            "length=2",
            "offset=3",
            "length=1",
            "kind=added",
            "direction=s2c",
            "a=null",
            "entry=4",
            "line=5",
            "length=1",
            "payload=21",
            "identical=false",
            "entriesA=3",
            "entriesB=4",
            "same=2",
            "changed=1",
            "added=1",
            "removed=0",
            "allowedA=0",
            "allowedB=0"),
        found);
  }

  @Test
  void aRecordingThatIsMissingOrNoneEndsWithThree() throws Exception {
    String none = dir.resolve("none.rec").toString();
    assertEquals(
        List.of("ts-proxy: " + none + ": there is no such file; record one first"),
        diff(3, a, none));
    String notes = Files.writeString(dir.resolve("notes.txt"), "my notes\n").toString();
    assertTrue(diff(3, notes, a).get(0).startsWith("ts-proxy: " + notes + ":1: "));
  }

  @Test
  void damageEndsWithOneAndItsPlace() throws Exception {
    String damaged = write("c.rec", "0\tc2s\t00016869", "9\ts2c\t000179657");
    assertTrue(diff(1, a, damaged).get(0).startsWith("ts-proxy: " + damaged + ":3: "));
  }

  @Test
  void wrongRulesEndWithTwo() throws Exception {
    Path rules = Files.writeString(dir.resolve("my.rules"), "# ids\nignore c2s:0\n");
    assertEquals(
        List.of(
            "ts-proxy: " + rules + ":2: \"c2s:0\": character 6: write + and the length of the field"
                + " here, such as c2s:4+2; see ts-proxy diff --help"),
        diff(2, a, b, "--rules", rules.toString()));
  }

  private static List<String> marks(Path page) throws IOException {
    return PageRecords.of(page).stream()
        .filter(record -> record.startsWith("M"))
        .toList();
  }

  @Test
  void aPageMarksEachChange() throws Exception {
    Path page = dir.resolve("diff.html");
    diff(1, a, b, "--ignore", "c2s:0+2", "--report", page.toString());
    assertEquals(
        List.of(
            "C " + a,
            "S 1 , , ",
            "E 1:2 0 c2s 00016869",
            "E 2:3 9 s2c 0001796573",
            "M row 2, entry 2:3 s2c changed s2c " + a + ":3 (entry 2), " + b
                + ":3 (entry 2): 5 bytes,"
                + " 3 differ, the first at payload byte 0; ; ; expected 0001796573;"
                + " found 7777796f73; differing 0+2 3+1; open",
            "E 4:5 9 s2c only in B 21",
            "M row 3, entry 4:5 s2c added s2c " + b
                + ":5 (entry 4): 1 byte; ; ; found 21; differing;" + " open",
            "E 3:4 9 c2s 0002"),
        PageRecords.of(page));
    String html = Files.readString(page);
    assertTrue(html.contains("<span class=\"verdict failed\">different</span>"));
    assertTrue(html.contains("3 entries in A, 4 in B: 2 same, 1 changed, 1 added, 0 removed"));
  }

  @Test
  void aPageMarksWhatOnlyTheFirstRecordingHas() throws Exception {
    Path page = dir.resolve("diff.html");
    diff(1, b, a, "--ignore", "c2s:0+2", "--ignore", "s2c:0+5", "--report", page.toString());
    assertEquals(1, marks(page).size());
    assertTrue(marks(page).get(0).startsWith("M row 4, entry 4:5 s2c removed s2c "));
    assertTrue(marks(page).get(0).endsWith("; expected 21; differing; open"));
  }

  @Test
  void aPageOfEqualRecordingsSaysSo() throws Exception {
    Path page = dir.resolve("diff.html");
    diff(0, a, a, "--json", "--report", page.toString());
    assertEquals(5, PageRecords.of(page).size());
    assertTrue(Files.readString(page).contains("<span class=\"verdict passed\">same</span>"));
  }

  @Test
  void aPageDoesNotReplaceARecordingAndHasItsSuffix() throws Exception {
    String recording = write("c.html", "0\tc2s\t00");
    assertEquals(
        List.of("ts-proxy: --report: " + recording
            + " exists and is not such a page; choose another name"),
        diff(3, a, b, "--report", recording));
    assertEquals(
        List.of("ts-proxy: --report: found \"x.json\", expected a name that ends in .html; --json"
            + " writes JSON to stdout; see ts-proxy diff --help"),
        diff(2, a, b, "--report", "x.json"));
  }

  @Test
  void ofADamagedRecordingThereIsNoPage() throws Exception {
    String damaged = write("c.rec", "0\tc2s\t00016869", "x");
    Path page = dir.resolve("diff.html");
    diff(1, damaged, b, "--report", page.toString());
    assertTrue(Files.notExists(page));
  }
}
