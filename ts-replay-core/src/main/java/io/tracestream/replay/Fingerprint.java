package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.OpenBytes;
import io.tracestream.rules.Rules;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;

/**
 * Tells series of entries apart that are not the same under rules: bytes that are ignored or copied
 * do not count. For one thread.
 */
final class Fingerprint {
  private final OpenBytes c2s;
  private final OpenBytes s2c;
  private final MessageDigest digest;

  Fingerprint(Rules rules) {
    c2s = new OpenBytes(rules, Direction.C2S);
    s2c = new OpenBytes(rules, Direction.S2C);
    try {
      digest = MessageDigest.getInstance("SHA-256"); // every Java platform has it
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void add(Direction direction, ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    OpenBytes open = direction == Direction.C2S ? c2s : s2c;
    BitSet allCopies = new BitSet();
    allCopies.set(0, open.copies().size());
    digest.update((byte) direction.ordinal());
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(open.closed(bytes, allCopies));
  }

  /** What stands for the entries that were added; begins anew. */
  ByteBuffer take() {
    return ByteBuffer.wrap(digest.digest());
  }
}
