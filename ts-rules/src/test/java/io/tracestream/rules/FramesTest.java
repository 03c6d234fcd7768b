package io.tracestream.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
  private static boolean matches(String frames, String hex) {
    byte[] bytes = HexFormat.of().parseHex("ff" + hex + "ff");
    ByteBuffer payload = ByteBuffer.wrap(bytes, 1, bytes.length - 2);
    boolean matches = Frames.parse(frames).matches(payload);
    assertEquals(1, payload.position());
    return matches;
  }

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> Frames.parse(text))
        .getMessage();
  }

  @Test
  void aDirectionAloneIsEveryFrameOfIt() {
    assertEquals(Direction.S2C, Frames.parse("s2c").direction());
    assertTrue(matches("c2s", ""));
    assertTrue(matches("c2s", "0102"));
  }

  @Test
  void aLengthMustBeThePayloads() {
    assertTrue(matches("c2s[len=2]", "0102"));
    assertFalse(matches("c2s[len=2]", "010203"));
    assertTrue(matches("c2s[len=0]", ""));
  }

  @Test
  void bytesMustStandAtTheirOffset() {
    assertTrue(matches("c2s[1=0203]", "010203"));
    assertFalse(matches("c2s[1=0203]", "0102"));
    assertFalse(matches("c2s[1=0203]", "020301"));
    assertTrue(matches("c2s[-1=03]", "010203"));
    assertFalse(matches("c2s[-4=00]", "010203"));
  }

  @Test
  void textStandsThereInUtf8() {
    assertTrue(matches("c2s[1=\"PING\"]", "0050494e4702"));
    assertTrue(matches("c2s[0=\"é\"]", "c3a9"));
    assertTrue(matches("c2s[0=\"a,]\\\"\\\\\"]", "612c5d225c"));
  }

  @Test
  void allConditionsMustHold() {
    assertTrue(matches("c2s[0=0003,len=3]", "000301"));
    assertFalse(matches("c2s[0=0003,len=3]", "00030102"));
    assertFalse(matches("c2s[0=0003,2=02]", "000301"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c2s", "s2c[len=37]", "c2s[0=0003,len=9]", "s2c[-4=\"LOGR\"]", "c2s[0=\"\\\"#\"]"})
  void theTextComesBack(String text) {
    assertEquals(text, Frames.parse(text).toString());
    assertEquals(Frames.parse(text), Frames.parse(text));
  }

  @Test
  void spacesAndUpperCaseHexAreTaken() {
    assertEquals("c2s[0=0aff,len=9]", Frames.parse("c2s[ 0=0AFF, len=9 ]").toString());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      delimiter = ';',
      value = {
        "x2c; 1: not a kind of frame; write c2s or s2c, and conditions in brackets",
        "c2s:4+2; 4: nothing may follow the kind of frame",
        "c2s[len=3]x; 11: nothing may follow the kind of frame",
        "c2s[; 5: not a condition; write len=37, 0=0003 or 4=\"PING\"",
        "c2s[]; 5: not a condition",
        "c2s[len=3; 10: write a comma and one more condition here, or ]",
        "c2s[len=3,]; 11: not a condition",
        "c2s[len=3 0=01]; 11: write a comma and one more condition here, or ]",
        "c2s[0=\"x]; 7: the text has no closing quote",
        "c2s[0=\"\\n\"]; 8: in a text, write \\\\ for a backslash and \\\" for a quote",
        "c2s[4]; 6: write = and the bytes at offset 4, such as 0=0003 or 4=\"PING\"",
        "c2s[len=x]; 9: not a length; write a number of bytes",
        "c2s[len=\"3\"]; 9: not a length",
        "c2s[len=1,len=2]; 11: len is given twice",
        "c2s[len=3000000000]; 9: no payload is longer than 2147483639 bytes",
        "c2s[0=]; 7: one byte or more must be here",
        "c2s[0=\"\"]; 7: one byte or more must be here",
        "c2s[0=123]; 7: not bytes; write two hex digits for each byte",
        "c2s[0=12xy]; 7: not bytes; write two hex digits for each byte",
        "c2s[-1=0102]; 8: offset -1: 2 bytes go beyond the payload's end; its last byte is at -1",
        "c2s[-0=01]; 5: no byte follows the payload's end; -1 is the last byte",
      })
  void whatIsNotAKindOfFrameIsRefusedWithTheReason(String text, String why) {
    String quoted = "\"" + text + "\": character ";
    assertTrue(refusal(text).startsWith(quoted + why), refusal(text));
  }

  @Test
  void aKindIsBuiltInCode() {
    byte[] ping = {'P', 'I', 'N', 'G'};
    Frames built =
        Frames.of(Direction.C2S).with(0, (byte) 0, (byte) 3).withLength(9).with(-4, ping);
    assertEquals("c2s[0=0003,len=9,-4=\"PING\"]", built.toString());
    assertEquals(Frames.parse(built.toString()), built);
    assertEquals(Frames.parse("s2c"), Frames.of(Direction.S2C));
    assertEquals(
        "s2c[0=\"a\\\"\\\\\"]",
        Frames.of(Direction.S2C).with(0, (byte) 'a', (byte) '"', (byte) '\\').toString());
    assertThrows(IllegalArgumentException.class, () -> built.withLength(3));
    assertThrows(IllegalArgumentException.class, () -> built.with(-1, ping));
    assertThrows(IllegalArgumentException.class, () -> built.with(1));
    assertThrows(IllegalArgumentException.class, () -> Frames.of(Direction.C2S).withLength(-1));
  }
}
