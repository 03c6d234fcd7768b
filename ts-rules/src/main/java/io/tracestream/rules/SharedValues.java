package io.tracestream.rules;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one copy across connections took on all of them: the latest live value of each recorded one.
 * For any number of threads. Where one connection hands a value to another, the client or the
 * server has seen it in between, so it is here before it is asked for.
 */
final class SharedValues {
  static final int MOST = 65_536;
  static final int MOST_BYTES = 4 * 1024 * 1024;

  /** Those that came last at the end. */
  private final Map<FieldValue, byte[]> latest = new LinkedHashMap<>();
  /** How many bytes they have, recorded and live. */
  private long bytes;
  /** Null while nothing was forgotten. */
  private LiveValues.@Nullable Forgotten forgotten;

  /** A live value came; {@code recorded} is copied. */
  synchronized void remember(FieldValue recorded, byte[] live) {
    byte[] before = latest.remove(recorded); // put alone would leave it in its old place
    bytes -= before == null ? 0 : recorded.length() + before.length;
    latest.put(recorded.copy(), live);
    bytes += recorded.length() + live.length;
    while (latest.size() > MOST || bytes > MOST_BYTES && latest.size() > 1) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Iterator<Map.Entry<FieldValue, byte[]>> oldest = latest.entrySet().iterator();
    Map.Entry<FieldValue, byte[]> entry = oldest.next();
    forgotten = forgotten == null ? new LiveValues.Forgotten() : forgotten;
    forgotten.add(entry.getKey().hash());
    bytes -= entry.getKey().length() + entry.getValue().length;
    oldest.remove();
  }

  /** The latest live value of a recorded one; null for none. Not to be changed. */
  synchronized byte @Nullable [] latest(FieldValue recorded) {
    return latest.get(recorded);
  }

  /** Whether a value that is not here may have been. */
  synchronized boolean mayHaveForgotten(FieldValue recorded) {
    return forgotten != null && forgotten.mayHave(recorded.hash());
  }
}
