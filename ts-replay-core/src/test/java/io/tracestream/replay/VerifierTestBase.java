package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertCounts;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.testing.TestTarget;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A target, and a recording that is played to it. */
abstract class VerifierTestBase extends ReplayTestBase {
  TestTarget target;

  @BeforeEach
  void startTheTarget() throws IOException {
    target = TestTarget.start();
  }

  @AfterEach
  void closeTheTarget() throws IOException {
    target.close();
  }

  /** The verification of a recording with these entries. */
  VerifyConfig config(String... lines) throws IOException {
    return Replays.verification(target.address(), file, lines);
  }

  static Verdict verdict(Verifier verifier) throws InterruptedException {
    assertTrue(verifier.awaitConnections(1, Replays.DEADLINE), "the verification goes on");
    return verifier.verdict();
  }

  static Verdict assertMatched(Verifier verifier) throws InterruptedException {
    Verdict verdict = verdict(verifier);
    assertCounts(1, 0, 0, 0, verdict);
    return verdict;
  }
}
