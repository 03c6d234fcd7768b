package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tracestream.recording.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesTest {
  private static final String NOT_A_FIELD =
      "\": character 1: not a field; write the direction, the offset and the length, such as"
          + " c2s:4+2, or s2c:-8+4 to count from the payload's end";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("my.rules");
  }

  private String read(String text) throws IOException {
    return Rules.read(Files.writeString(file, text)).toString();
  }

  private String refusal(String text) throws IOException {
    Files.writeString(file, text);
    return refusal();
  }

  private String refusal() {
    return assertThrows(RulesException.class, () -> Rules.read(file)).getMessage();
  }

  @Test
  void rulesStandALineEachInAnyOrder() throws Exception {
    assertEquals(
        "ignore c2s:4+2\nignore s2c:-8+4\ncopy c2s:0+2->s2c:0+2\n",
        read("ignore c2s:4+2\ncopy c2s:0+2->s2c:0+2\nignore s2c:-8+4"));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    String text = "ignore c2s:4+2\nignore s2c:-8+4\ncopy c2s:0+2->s2c:0+2\n";
    assertEquals(text, read(read(text)));
  }

  @Test
  void anEmptyFileLetsNothingVary() throws Exception {
    assertEquals("", read(""));
  }

  @Test
  void commentsAndBlankLinesSayNothing() throws Exception {
    assertEquals(
        "ignore c2s:4+2\nignore c2s:6+2\n",
        read("# ids\n\n  # more\n \t \n  ignore   c2s:4+2  # the id\nignore c2s:6+2#too"));
  }

  @Test
  void linesMayEndAsOnWindows() throws Exception {
    assertEquals("ignore c2s:4+2\nignore c2s:6+2\n", read("ignore c2s:4+2\r\nignore c2s:6+2\r\n"));
  }

  @Test
  void aByteOrderMarkSaysNothing() throws Exception {
    assertEquals("ignore c2s:4+2\n", read("\ufeffignore c2s:4+2\n"));
    assertEquals("ignore c2s:4+2\n", read("\ufeff# ids\nignore c2s:4+2\n"));
  }

  @Test
  void flagsMayBePastedAsTheyAre() throws Exception {
    assertEquals(
        "ignore c2s:4+2\nignore c2s:6+2\ncopy c2s:0+2->s2c:0+2\ncopy c2s:2+2->s2c:2+2\n",
        read("--ignore c2s:4+2\n--ignore=c2s:6+2\n--copy 'c2s:0+2->s2c:0+2'\n"
            + "--copy=\"c2s:2+2->s2c:2+2\"\n"));
  }

  @Test
  void aWrongLineIsToldWithItsPlaceAndWhatIsWrong() throws Exception {
    assertEquals(file + ":3: \"x" + NOT_A_FIELD, refusal("# one\nignore c2s:0+1\nignore x\n"));
    assertEquals(file + ":1: \"" + NOT_A_FIELD, refusal("ignore\n"));
    assertEquals(
        file + ":1: \"c2s:0+2 c2s:4+2\": character 8: nothing may follow the field",
        refusal("ignore c2s:0+2 c2s:4+2\n"));
    assertEquals(
        file
            + ":1: \"c2s:0+4->s2c:0+2\": the lengths 4 and 2 differ; a copy puts as many bytes as it takes",
        refusal("copy c2s:0+4->s2c:0+2\n"));
    assertEquals(
        file
            + ":2: \"ignroe c2s:0+1\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        refusal("\nignroe c2s:0+1\n"));
    assertEquals(
        file
            + ":1: \"c2s:0+1\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        refusal("c2s:0+1\n"));
  }

  @Test
  void anotherKindOfFileIsNotPouredOut() throws Exception {
    String line = "22141\tc2s\t" + "31".repeat(100_000);
    assertEquals(
        file + ":2: \"" + line.substring(0, 60).replace("\t", "\\u0009")
            + "...\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        refusal("# ts_proxy recording v1\n" + line + "\n"));
    assertEquals(
        file + ":1: \"ignore " + "7".repeat(53)
            + "...\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        refusal("ignore " + "7".repeat(100_000) + "\n"));
  }

  @Test
  void aMissingFileIsTold() {
    assertEquals(file + ": no such file", refusal());
  }

  @Test
  void aFolderIsTold() throws Exception {
    Files.createDirectory(file);
    assertEquals(file + ": is a folder; rules are in a text file, one a line", refusal());
  }

  @Test
  void aFileThatMustNotBeReadIsTold() throws Exception {
    Files.writeString(file, "ignore c2s:0+1\n");
    Files.setPosixFilePermissions(file, Set.of());
    assumeFalse(Files.isReadable(file), "root may read all files");
    assertEquals(file + ": no permission to read it", refusal());
  }

  @Test
  void bytesThatAreNoTextAreTold() throws Exception {
    Files.write(file, new byte[] {'#', (byte) 0xff, '\n'});
    assertEquals(file + ": is not text in UTF-8; rules are in a text file, one a line", refusal());
  }

  @Test
  void rulesInAProgramAreWrittenAsInAFile() {
    Rules rules = Rules.of("ignore c2s:4+4 # a time", "", "--copy 'c2s:0+2->s2c:0+2'");
    assertEquals("ignore c2s:4+4\ncopy c2s:0+2->s2c:0+2\n", rules.toString());
    assertEquals(Rules.NONE, Rules.of());
  }

  @Test
  void textThatIsNoRuleIsRefusedInAProgramToo() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> Rules.of("ignore", "x"));
    assertEquals("\"" + NOT_A_FIELD, e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> Rules.of("skip c2s:0+1"));
    assertEquals(
        "\"skip c2s:0+1\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        e.getMessage());
  }

  @Test
  void anErrorStaysOneHarmlessLineWhateverTheFileIsCalledAndHolds() throws Exception {
    file = dir.resolve("a\nb\u001b.rules");
    String shown = dir + "/a\\u000ab\\u001b.rules";
    assertEquals(
        shown
            + ":1: \"ignor\\u001b[2J c2s:0+1\": not a rule; write ignore FIELD, copy FIELD->FIELD, length FIELD, allow FRAMES or fault FAULT",
        refusal("ignor\u001b[2J c2s:0+1\n"));
    Files.delete(file);
    assertEquals(shown + ": no such file", refusal());
  }

  @Test
  void framesThatMayComeAtAnyTimeAreWrittenInAFileToo() throws Exception {
    assertEquals(
        "allow s2c\nallow c2s[0=\"#1\",len=2]\n",
        read("allow s2c # pushes\n--allow 'c2s[0=\"#1\",len=2]' # heartbeats\n"));
    assertEquals(
        file
            + ":1: \"x2c\": character 1: not a kind of frame; write c2s or s2c, and conditions in brackets,"
            + " such as s2c[len=37], c2s[0=0003,len=9] or s2c[4=\"PING\"]",
        refusal("allow x2c\n"));
  }

  @Test
  void rulesAreAddedOneByOneAndAllAtOnce() {
    Field field = Field.of(Direction.C2S, 4, 2);
    Copy copy = Copy.parse("c2s:0+2->s2c:0+2");
    Frames frames = Frames.parse("s2c[len=2]");
    Rules rules = Rules.NONE.ignoring(field).copying(copy).allowing(frames);
    assertEquals(Rules.of("ignore c2s:4+2", "copy c2s:0+2->s2c:0+2", "allow s2c[len=2]"), rules);
    assertEquals(List.of(frames, frames), rules.plus(rules).allowed());
    assertEquals(List.of(field, field), rules.plus(rules).ignored());
    assertEquals(List.of(copy, copy), rules.plus(rules).copied());
    assertEquals(Rules.NONE, Rules.of());
  }

  @Test
  void quotesAndHashesInTheTextOfAConditionArePartOfIt() throws Exception {
    String rules = """
        ignore c2s[0="a # \\"b\\\\"]:31+16
        copy c2s[0="#->"]:4+2->s2c[0="->"]:0+2
        """;
    assertEquals(rules, read(rules.replace("\n", " # it's the \"id\n")));
    assertEquals(
        "ignore c2s[0=\"#\\\"\"]:1+1\n", read("--ignore 'c2s[0=\"#\\\"\"]:1+1' # as in a shell\n"));
    assertEquals(
        "ignore c2s[0=\"#1\"]:2+1\n", read("--ignore=\"c2s[0=\\\"#1\\\"]:2+1\" # as in a shell\n"));
  }

  @Test
  void aRuleWithALongConditionIsRead() throws Exception {
    String rule = "ignore c2s[0=" + "00".repeat(500) + "]:4+2\n";
    assertEquals(rule, read(rule));
  }
}
