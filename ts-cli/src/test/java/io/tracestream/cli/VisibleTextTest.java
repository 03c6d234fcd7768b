package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VisibleTextTest {
  @Test
  void whatXmlCanSayStaysAsItIs() {
    String text = "a\tb\nü \u2028 \ud83d\ude00 <&>\"'";
    assertEquals(text, VisibleText.of(text));
  }

  @Test
  void whatXmlCannotSayIsSpeltOut() {
    assertEquals(
        "\\u0000 \\u001b \\u000d \\u007f \\u0085 \\ud83d \\ude00 \\ufffe \\uffff",
        VisibleText.of("\0 \u001b \r \u007f \u0085 \ud83d \ude00 \ufffe \uffff"));
  }

  @Test
  void linesAreJoinedByABlank() {
    assertEquals("a b c d", VisibleText.inOneLine("a\r\n  b \n\nc\td"));
  }
}
