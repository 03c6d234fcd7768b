package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineTest {
  @TempDir
  private Path dir;

  @Test
  void aStartThatFailsForWantOfDescriptorsLeavesNoneOpen() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no shell to set a limit");
    Path output = dir.resolve("output");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process child = new ProcessBuilder(
            "/bin/sh",
            "-c",
            "ulimit -n 60 && exec \"$0\" -Xshare:auto -cp \"$1\" \"$2\"",
            java,
            System.getProperty("java.class.path"),
            StartUntilThatWorks.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    try {
      child.waitFor();
    } finally {
      child.destroyForcibly();
    }
    assertEquals(List.of("started"), Files.readAllLines(output));
  }

  @Test
  void eachLoopIsAskedOnceAndABusyOneIsNotAwaited() throws Exception {
    try (Engine engine = Engine.start("ask", false, 100, cause -> {})) {
      List<EventLoop> asked = Collections.synchronizedList(new ArrayList<>());
      engine.askLoops(asked::add);
      assertEquals(Set.copyOf(engine.loops()), Set.copyOf(asked));
      assertEquals(engine.loops().size(), asked.size());
      CountDownLatch goOn = new CountDownLatch(1);
      engine.first().execute(() -> awaitUnchecked(goOn));
      long delay = engine.askLoops(loop -> {});
      goOn.countDown();
      assertTrue(delay >= TimeUnit.MILLISECONDS.toNanos(200), delay + " ns");
      engine.stopSoon();
      assertEquals(0, engine.askLoops(asked::add));
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
