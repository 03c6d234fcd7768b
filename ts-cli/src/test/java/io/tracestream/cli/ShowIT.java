package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DurationProto;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that are shown while a proxy serves. */
class ShowIT {
  @TempDir
  private Path dir;

  private static App proxy(TestTarget target, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(
        "proxy",
        "--listen",
        "127.0.0.1:0",
        "--target",
        "127.0.0.1:" + target.address().getPort(),
        "--header-len",
        "2"));
    args.addAll(List.of(more));
    return App.start(args.toArray(String[]::new));
  }

  /** A request of two bytes and its reply. */
  private static void converse(App proxy, TestTarget target) throws Exception {
    try (TestPeer client = TestPeer.connect(proxy.awaitListening())) {
      client.send("0002 6869");
      try (TestPeer server = target.accept()) {
        assertEquals("00026869", server.await(4));
        server.send("0003 796573");
        assertEquals("0003796573", client.await(5));
      }
    }
  }

  @Test
  void aProxyShowsWhatPassesAndRecordsItAllTheSame() throws Exception {
    Path file = dir.resolve("a.rec");
    try (TestTarget target = TestTarget.start();
        App proxy = proxy(target, "--show", "--record", file.toString())) {
      converse(proxy, target);
      proxy.awaitText(" 1 c2s        2  6869                      hi\n");
      proxy.awaitText(" 1 s2c        3  796573                    yes\n");
      assertEquals(0, proxy.terminate().awaitStatus(), proxy.stderr());
    }
    assertTrue(Files.readString(file).contains("\ts2c\t796573\n"));
  }

  @Test
  void aProxyThatRecordsNothingShowsWhatPassesToo() throws Exception {
    try (TestTarget target = TestTarget.start();
        App proxy = proxy(target, "--show=full")) {
      converse(proxy, target);
      proxy.awaitText("  hex            0  68 69");
      proxy.awaitText("  hex            0  79 65 73");
      assertEquals(0, proxy.terminate().awaitStatus(), proxy.stderr());
    }
  }

  @Test
  void aReaderThatLeavesDoesNotStopTheProxy() throws Exception {
    try (TestTarget target = TestTarget.start();
        App proxy = proxy(target, "--show")) {
      var address = App.listening(proxy.readFirstLineOnly(), "");
      for (int i = 0; i < 3; i++) {
        try (TestPeer client = TestPeer.connect(address);
            TestPeer server = target.accept()) {
          client.send("0001 61");
          assertEquals("000161", server.await(3));
          server.send("0001 62");
          assertEquals("000162", client.await(3));
        }
      }
      proxy.awaitStderr("nobody reads stdout any more: frames are no longer shown");
      assertEquals(0, proxy.terminate().awaitStatus(), proxy.stderr());
    }
  }

  @Test
  void aDecoderInTheFolderBesideTheJarIsFound() throws Exception {
    Path types = Files.write(
        dir.resolve("types.desc"),
        FileDescriptorSet.newBuilder()
            .addFile(DurationProto.getDescriptor().toProto())
            .build()
            .toByteArray());
    String decoder = "protobuf:" + types + ",c2s=google.protobuf.Duration";
    try (TestTarget target = TestTarget.start();
        App proxy = proxy(target, "--show", "--decode", decoder);
        TestPeer client = TestPeer.connect(proxy.awaitListening());
        TestPeer server = target.accept()) {
      client.send("0002 0805");
      assertEquals("00020805", server.await(4));
      proxy.awaitText("  decoded google.protobuf.Duration\n  decoded   seconds: 5\n");
    }
  }

  @Test
  void decodersWithoutAViewAreAMistake() throws Exception {
    try (TestTarget target = TestTarget.start();
        App proxy = proxy(target, "--decode", "json")) {
      assertEquals(2, proxy.awaitStatus());
      assertTrue(
          proxy.stderr().startsWith("ts-proxy: --decode is only valid with --show"),
          proxy.stderr());
    }
  }
}
