package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What the user sees of the commands for captures. */
@ResourceLock(Resources.SYSTEM_ERR)
class CaptureCommandsTest {
  @TempDir
  private Path dir;

  @Test
  void aFileThatIsNoCaptureIsRefusedInOneLine() throws Exception {
    Path file = Files.writeString(dir.resolve("a.pcap"), "GET / HTTP/1.1\r\n\r\n");
    Run run = Run.of("import", file.toString(), "--port", "80", "--out", dir + "/out");
    assertEquals(
        "ts-proxy: " + file + ": is not a pcap or pcapng capture: it begins with 0x47455420",
        run.stderr().strip());
    assertEquals(3, run.status());
    assertTrue(Files.notExists(dir.resolve("out")));
  }

  @Test
  void aFolderIsNoCapture() {
    String refused = "ts-proxy: " + dir + ": is a folder; name the files in it\n";
    Run detect = Run.of("detect", dir.toString());
    assertEquals(refused, detect.stderr());
    assertEquals(3, detect.status());
    Run imported = Run.of("import", dir.toString(), "--port", "80", "--out", dir + "/x.rec");
    assertEquals(refused, imported.stderr());
    assertEquals(3, imported.status());
  }

  @Test
  void anExportDoesNotReplaceItsRecording() throws Exception {
    String text = "# ts_proxy recording v1\n5\tc2s\t6869\n";
    Path folder = Files.createDirectory(dir.resolve("recordings"));
    Path recording = Files.writeString(folder.resolve("a.tsv"), text);
    for (Path from : List.of(recording, folder)) {
      Run run = Run.of("export", from.toString(), recording.toString());
      assertEquals(
          "ts-proxy: " + recording + ": is a recording to export; choose another name\n",
          run.stderr());
      assertEquals(3, run.status());
    }
    assertEquals(text, Files.readString(recording));
    Run run = Run.of("export", recording.toString(), folder.toString());
    assertEquals("ts-proxy: " + folder + ": is a folder; name a file in it\n", run.stderr());
    assertEquals(3, run.status());
  }

  @Test
  void anExportThatCannotBeWrittenNamesItsFile() throws Exception {
    Path recording = Files.writeString(dir.resolve("a.rec"), "5\tc2s\t6869\n");
    Run run = Run.of("export", recording.toString(), dir.resolve("no/a.pcapng").toString());
    assertEquals(
        "ts-proxy: export: cannot write " + dir.resolve("no/a.pcapng") + ": there is no folder "
            + dir.resolve("no") + "; create it\n",
        run.stderr());
    assertEquals(3, run.status());
  }

  @Test
  void aPortOutOfRangeIsWrongUsage() {
    Run run = Run.of("import", "a.pcap", "--port", "65536", "--out", "x.rec");
    assertEquals(2, run.status());
    assertTrue(run.stderr().contains("--port"), run.stderr());
  }

  @Test
  void aCaptureWithoutTheConnectionSaysSo() throws Exception {
    Path file = dir.resolve("a.pcap");
    Files.write(
        file,
        HexFormat.of()
            .parseHex("a1b2c3d4" + "00020004" + "00000000" + "00000000" + "0000ffff" + "00000001"));
    Run run = Run.of("import", file.toString(), "--port", "80", "--out", dir.resolve("x.rec") + "");
    assertEquals(
        "ts-proxy: " + file + ": found no connection to port 80 in 0 packets; no connection begins"
            + " in it",
        run.stderr().strip());
    assertEquals(List.of(), run.stdout());
    assertEquals(1, run.status());
  }

  @Test
  void anImportThatFindsNothingLeavesAnEarlierRecordingAsItIs() throws Exception {
    String text = "# ts_proxy recording v1\n# framing length=4\n5\tc2s\t6869\n";
    Path recording = Files.writeString(dir.resolve("a.rec"), text);
    String capture = dir.resolve("a.pcapng").toString();
    Run.of("export", recording + "", capture, "--port", "77");
    assertEquals(
        1, Run.of("import", capture, "--port", "78", "--out", recording + "").status());
    assertEquals(text, Files.readString(recording));
    Path other = dir.resolve("other.rec");
    assertEquals(
        1, Run.of("import", capture, "--port", "77", "--out", other + "").status());
    assertTrue(Files.notExists(other));
  }

  @Test
  void aRecordingIsExportedDetectedAndImportedAgain() throws Exception {
    Path recording = Files.writeString(
        dir.resolve("a.rec"),
        "# ts_proxy recording v1\n# framing length=4\n5\tc2s\t6869\n7\ts2c\t796573\n9\tc2s\t\n");
    Path capture = dir.resolve("a.pcapng");
    assertEquals(
        0, Run.of("export", recording + "", capture + "", "--port", "77").status());

    Run detect = Run.of("detect", capture.toString());
    assertEquals(0, detect.status());
    assertEquals(capture + ", port 77: 2 streams, 17 B", detect.stdout().get(0));
    assertEquals("  1. length=4", detect.stdout().get(1));

    Path again = dir.resolve("b.rec");
    Run back = Run.of(
        "import", capture + "", "--port", "77", "--framing", "length=4", "--out", again + "");
    assertEquals("", back.stderr());
    assertEquals(0, back.status());
    assertEquals(Files.readString(recording), Files.readString(again));
  }

  @Test
  void entriesAreExportedForOtherTools() throws Exception {
    Path recording =
        Files.writeString(dir.resolve("a.rec"), "5\tc2s\t6869\n7\ts2c\t796573\n9\tc2s\t\n");
    Path out = dir.resolve("out");
    Run.of("export", recording + "", out + "", "--header-len", "1", "--format", "hexlines");
    assertEquals("026869\n03796573\n00\n", Files.readString(out));

    String[] raw = {"export", recording + "", out + "", "--header-len", "1", "--format", "raw"};
    Run.of(raw[0], raw[1], raw[2], raw[3], raw[4], raw[5], raw[6], "--direction", "c2s");
    assertEquals("\2hi\0", Files.readString(out));
    assertEquals(2, Run.of(raw).status());

    Run.of("export", recording + "", out + "", "--format", "json", "--direction", "s2c");
    assertEquals(
        "[\n{\"connection\":1,\"micros\":7,\"direction\":\"s2c\",\"payload\":\"796573\"}]\n",
        Files.readString(out));
  }

  @Test
  void detectTakesFilesOrTheAddressesOfALiveConnection() {
    for (String[] args : new String[][] {
      {"detect"}, {"detect", "--listen", "127.0.0.1:0"}, {"detect", "a", "--target", "localhost:1"}
    }) {
      Run run = Run.of(args);
      assertEquals(2, run.status());
      assertTrue(run.stderr().endsWith("; see ts-proxy detect --help\n"), run.stderr());
    }
  }
}
