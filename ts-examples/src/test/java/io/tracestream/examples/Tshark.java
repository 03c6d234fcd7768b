package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.capture.CaptureExport;
import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingDirectory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Wireshark's dissectors, where they are installed: do they know an exported recording? */
final class Tshark {
  private static final int PORT = 20_000;

  private Tshark() {}

  /**
   * Exports a recording, and expects tshark to find the protocol in it, and nothing malformed.
   *
   * @param values of the field: the first one in each packet that has it
   * @param field of the protocol, with its name before the first dot
   * @param recording a file or a folder
   */
  static void assertFinds(List<String> values, String field, Path recording, FrameFormat format)
      throws Exception {
    Path capture = recording.resolveSibling("export.pcapng");
    export(recording, format, capture);
    String command = "tshark -r - -d tcp.port==" + PORT + "," + field.replaceFirst("[.].*", "")
        + " -Y " + field + "||_ws.malformed -T fields -E occurrence=f -e " + field
        + " -e _ws.malformed";
    Process tshark;
    try {
      tshark = new ProcessBuilder(command.split(" "))
          .redirectInput(capture.toFile())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return; // is not installed
    }
    try (var lines = tshark.inputReader()) {
      assertEquals(
          values.stream().map(value -> value + "\t").toList(), lines.lines().toList());
    }
    assertEquals(0, tshark.waitFor());
  }

  private static void export(Path recording, FrameFormat format, Path capture) throws IOException {
    List<Conversation> conversations = Files.isDirectory(recording)
        ? RecordingDirectory.open(recording).conversations()
        : List.of(Conversation.of(recording));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(capture))) {
      new CaptureExport(out, format, PORT).addAll(conversations);
    }
  }
}
