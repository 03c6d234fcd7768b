package io.tracestream.replay;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The live values on their way from the thread that receives frames to the one that sends, which
 * comes to the same entries later. A receiver that is too far ahead waits, and so does its peer.
 */
final class Handover {
  private static final int MOST_BYTES = 4 * 1024 * 1024;
  /** What an object in the queue takes, beside the values. */
  private static final int OVERHEAD = 48;

  private static final long STEP_MILLIS = 50;

  private final Progress progress;
  private final BlockingQueue<byte[]> values;

  Handover(Progress progress, Rules rules) {
    this.progress = progress;
    long each = OVERHEAD;
    for (Copy copy : rules.copied()) {
      each += copy.from().length();
    }
    this.values = new LinkedBlockingQueue<>((int) Math.max(1, MOST_BYTES / each));
  }

  /** Hands over the values of the frame that is to be the next one matched. */
  void put(byte[] cut, long matchedBefore) throws InterruptedException {
    if (!values.offer(cut)) {
      progress.matched(matchedBefore); // or the sender would wait for this thread
      while (!progress.isStopped() && !values.offer(cut, STEP_MILLIS, TimeUnit.MILLISECONDS)) {}
    }
  }

  /** The values of the next frame, which was matched; null when the play was stopped there. */
  byte[] take() {
    return values.poll();
  }
}
