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
        "x2c; not a kind of frame",
        "c2s:4+2; not a kind of frame",
        "c2s[; not a condition at character 5",
        "c2s[]; not a condition at character 5",
        "c2s[len=3; not a condition at character 5",
        "c2s[len=3,]; not a condition at character 11",
        "c2s[0=\"x]; not a condition at character 5",
        "c2s[len=3]x; nothing may follow the ]",
        "c2s[len=x]; len: write a number of bytes",
        "c2s[len=\"3\"]; len: write a number of bytes",
        "c2s[len=1,len=2]; len is given twice",
        "c2s[len=3000000000]; no payload is longer than 2147483639 bytes",
        "c2s[0=]; offset 0: write one byte or more",
        "c2s[0=\"\"]; offset 0: write one byte or more",
        "c2s[0=123]; \"123\" is not bytes; write two hex digits for each byte",
        "c2s[-1=0102]; offset -1: the bytes go beyond the payload's end; its last byte is at -1",
        "c2s[-0=01]; offset -0: the bytes go beyond the payload's end",
      })
  void whatIsNotAKindOfFrameIsRefusedWithTheReason(String text, String why) {
    String quoted = "\"" + text + "\": ";
    assertTrue(refusal(text).startsWith(quoted + why), refusal(text));
  }
}
