package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Recording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Made-up protocols, recorded twice, learned, and compared with a third conversation. */
class LearnerPropertyTest {
  @TempDir
  private Path dir;

  private Recording recording(String name, String entries) throws IOException {
    return Recording.open(TestRecordings.write(dir.resolve(name), entries), 1000);
  }

  private static List<Change> diff(Recording a, Recording b, Rules rules) throws IOException {
    List<Change> changes = new ArrayList<>();
    RecordingDiff.compare(a, b, rules, changes::add);
    return changes;
  }

  /**
   * What two recordings teach is likely, not certain: chance is to fail no build, so no fresh ones.
   */
  static LongStream seeds() {
    return new Random(1).longs(100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatWasLearnedHoldsForNewIdsAndTellsOtherOperationsAndKeysApart(long seed) throws Exception {
    AnyProtocol any = new AnyProtocol(seed);
    int wrong = Math.floorMod(seed, any.requests());
    try (Recording a = recording("a", any.conversation(seed + 1, -1, -1));
        Recording b = recording("b", any.conversation(seed + 2, -1, -1));
        Recording c = recording("c", any.conversation(seed + 3, -1, -1));
        Recording otherOperation = recording("d", any.conversation(seed + 4, wrong, -1));
        Recording otherKey = recording("e", any.conversation(seed + 5, -1, wrong))) {
      Learned learned = Learner.learn(a, b);
      String rules = learned.rules().toString();
      assertTrue(learned.summary().isSame(), () -> rules + learned);
      assertEquals(List.of(), diff(a, c, learned.rules()), rules);
      assertFalse(diff(a, otherOperation, learned.rules()).isEmpty(), rules);
      assertFalse(diff(a, otherKey, learned.rules()).isEmpty(), rules);
      assertFalse(learned.rules().copied().isEmpty(), rules);
    }
  }
}
