package io.tracestream.replay;

/**
 * The live values on their way from the thread that receives frames to the one that sends, which
 * comes to the same entries later. A receiver that is too far ahead waits, and so does its peer:
 * with values of four bytes after two million frames.
 */
final class Handover {
  private static final int MOST_BYTES = 8 * 1024 * 1024;
  private static final int FEWEST_BYTES = 1024;
  private static final long STEP_MILLIS = 50;

  private final Progress progress;
  /** The values, one behind the other, from {@link #first} on and on from the beginning. */
  private byte[] ring = new byte[0];

  private int first;
  private int count;

  Handover(Progress progress) {
    this.progress = progress;
  }

  /** Hands over the values of the frame that is to be the next one matched. */
  void put(byte[] cut, long matchedBefore) throws InterruptedException {
    if (!offer(cut, 0)) {
      progress.matched(matchedBefore); // or the sender would wait for this thread
      while (!progress.isStopped() && !offer(cut, STEP_MILLIS)) {}
    }
  }

  private synchronized boolean offer(byte[] cut, long millis) throws InterruptedException {
    if (isFull(cut.length) && millis > 0) {
      wait(millis);
    }
    if (isFull(cut.length)) {
      return false;
    }
    if (count + cut.length > ring.length) {
      grow(cut.length);
    }
    copyIn(cut, (int) (((long) first + count) % Math.max(1, ring.length)));
    count += cut.length;
    return true;
  }

  /** A single value may be longer than all of them together. Behind a stop nothing is taken. */
  private boolean isFull(int length) {
    return progress.isStopped() || count > 0 && (long) count + length > MOST_BYTES;
  }

  private void grow(int length) {
    int doubled = Math.min(MOST_BYTES, Math.max(FEWEST_BYTES, 2 * ring.length));
    byte[] larger = new byte[Math.max(doubled, count + length)];
    copyOut(larger, count);
    ring = larger;
    first = 0;
  }

  /**
   * Takes the values of the next frame, which was matched; null when the play was stopped there.
   *
   * @param length how many bytes they are
   */
  synchronized byte[] take(int length) {
    if (count < length) {
      return null;
    }
    byte[] cut = new byte[length];
    copyOut(cut, length);
    first = length == 0 ? first : (int) (((long) first + length) % ring.length);
    count -= length;
    notifyAll();
    return cut;
  }

  private void copyIn(byte[] cut, int at) {
    int straight = Math.min(cut.length, ring.length - at);
    System.arraycopy(cut, 0, ring, at, straight);
    System.arraycopy(cut, straight, ring, 0, cut.length - straight);
  }

  private void copyOut(byte[] to, int length) {
    int straight = Math.min(length, ring.length - first);
    System.arraycopy(ring, first, to, 0, straight);
    System.arraycopy(ring, 0, to, straight, length - straight);
  }
}
