package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells series of entries apart that are not the same under rules: bytes that are ignored or copied
 * do not count. For one thread.
 */
final class Fingerprint {
  private final Comparer c2s;
  private final Comparer s2c;
  private final MessageDigest digest;

  Fingerprint(Rules rules) {
    c2s = new Comparer(rules, Direction.C2S);
    s2c = new Comparer(rules, Direction.S2C);
    try {
      digest = MessageDigest.getInstance("SHA-256"); // every Java platform has it
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void add(Direction direction, ByteBuffer payload) {
    Comparer comparer = direction == Direction.C2S ? c2s : s2c;
    digest.update((byte) direction.ordinal());
    digest.update(
        ByteBuffer.allocate(Long.BYTES).putLong(comparer.hash(payload)).flip());
  }

  /** What stands for the entries that were added; begins anew. */
  ByteBuffer take() {
    return ByteBuffer.wrap(digest.digest());
  }
}
