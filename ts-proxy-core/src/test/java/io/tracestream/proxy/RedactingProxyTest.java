package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.Redaction;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RedactingProxyTest {
  @TempDir
  private Path dir;

  /** Replaces each byte cc, and breaks at ee. */
  private static final class EachCc implements Redaction {
    @Override
    public List<String> fields() {
      return List.of("c2s:0+rest");
    }

    @Override
    public void redact(Direction direction, ByteBuffer payload) {
      for (int at = payload.position(); at < payload.limit(); at++) {
        if (payload.get(at) == (byte) 0xee) {
          throw new IllegalArgumentException("ee");
        }
        payload.put(at, payload.get(at) == (byte) 0xcc ? 0 : payload.get(at));
      }
    }
  }

  private String recorded() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void whatIsForwardedIsWholeAndWhatIsRecordedIsNot() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(
            Proxies.to(listening.address()).withRecording(file).withRedaction(new EachCc()))) {
      converse(proxy, listening);
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals("# redact c2s:0+rest", lines.get(1));
    assertTrue(lines.get(2).endsWith("\tc2s\t010002"), lines.get(2));
    assertTrue(lines.get(3).endsWith("\tc2s\t" + "00".repeat(0x8000)), "the large one");
    assertTrue(lines.get(4).endsWith("\ts2c\t00"), lines.get(4));
    assertFalse(Pattern.compile("\t[cs]2[cs]\t.*cc").matcher(recorded()).find());
  }

  @Test
  void soItIsInAFolder() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address())
            .withRecordingDirectory(RecordingDirectoryConfig.of(dir))
            .withRedaction(new EachCc()))) {
      converse(proxy, listening);
    }
    assertTrue(recorded().contains("\n# redact c2s:0+rest\n"), recorded());
    assertFalse(Pattern.compile("\t[cs]2[cs]\t.*cc").matcher(recorded()).find());
  }

  private static void converse(Proxy proxy, TestTarget listening) throws Exception {
    String large = "8000" + "cc".repeat(0x8000);
    try (TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0003 01cc02" + large);
      assertEquals("000301cc02" + large, target.await(5 + 2 + 0x8000));
      target.send("0001 cc");
      assertEquals("0001cc", client.await(3));
    }
  }

  @Test
  void aFrameThatCannotBeRedactedIsNotForwardedAndEndsTheProxy() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget listening = TestTarget.start()) {
      Proxy proxy = Proxy.start(
          Proxies.to(listening.address()).withRecording(file).withRedaction(new EachCc()));
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 01");
        assertEquals("000101", target.await(3));
        client.send("0001 ee");
        assertEquals("", target.awaitEnd());
      }
      IOException e = assertThrows(IOException.class, proxy::awaitStop);
      assertTrue(e.getMessage().contains("could not be redacted"), e.getMessage());
      assertThrows(IOException.class, proxy::close);
    }
    assertFalse(recorded().contains("ee"));
    assertTrue(recorded().endsWith("\n"));
  }
}
