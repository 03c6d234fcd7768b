package io.tracestream.compare;

import io.tracestream.rules.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two entries that are the same step of one conversation that was recorded twice. */
record Pair(Change.Side a, Change.Side b) {
  byte[] payloadOfA() {
    return a.payload();
  }

  byte[] payloadOfB() {
    return b.payload();
  }

  boolean haveOneLength() {
    return length() == payloadOfB().length;
  }

  /** The length of both. */
  int length() {
    return payloadOfA().length;
  }

  boolean has(Field field) {
    return field.isWhole(length());
  }

  /** Whether both have the field, with different bytes in it. */
  boolean differsIn(Field field) {
    int from = field.start(length());
    int to = field.end(length());
    return has(field) && !Arrays.equals(payloadOfA(), from, to, payloadOfB(), from, to);
  }

  /** The runs of differing bytes. */
  List<Change.Range> differing() {
    List<Change.Range> runs = new ArrayList<>();
    int from = nextDifference(0);
    while (from < length()) {
      int to = from;
      while (to < length() && payloadOfA()[to] != payloadOfB()[to]) {
        to++;
      }
      runs.add(new Change.Range(from, to - from));
      from = nextDifference(to);
    }
    return runs;
  }

  private int nextDifference(int from) {
    int next = Arrays.mismatch(payloadOfA(), from, length(), payloadOfB(), from, length());
    return next < 0 ? length() : from + next;
  }
}
