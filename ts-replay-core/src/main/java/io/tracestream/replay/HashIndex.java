package io.tracestream.replay;

import java.util.Arrays;

/**
 * Numbers, found by a hash: an open table of primitives, as a pool has hundreds of thousands of
 * them. It takes 18 to 36 bytes for each. Once nothing is added any more, for any number of
 * threads.
 */
final class HashIndex {
  static final int NONE = -1;
  private static final int FIRST_SIZE = 16;

  private long[] hashes = new long[FIRST_SIZE];
  /** The numbers plus one; 0 where a slot is free. */
  private int[] numbers = new int[FIRST_SIZE];

  private int count;

  /** The number with that hash, or {@link #NONE}. */
  int get(long hash) {
    return numbers[slot(hash)] - 1;
  }

  /** Puts a number, 0 or more, in the place of another one with that hash. */
  void put(long hash, int number) {
    int slot = slot(hash);
    if (numbers[slot] == 0) {
      count++;
      hashes[slot] = hash;
    }
    numbers[slot] = number + 1;
    if (3L * count > 2L * numbers.length) {
      grow();
    }
  }

  /** Forgets all of them, and gives their memory back. */
  void clear() {
    if (count > FIRST_SIZE) {
      hashes = new long[FIRST_SIZE];
      numbers = new int[FIRST_SIZE];
    } else if (count > 0) {
      Arrays.fill(numbers, 0);
    }
    count = 0;
  }

  private void grow() {
    long[] before = hashes;
    int[] numbersBefore = numbers;
    hashes = new long[2 * before.length];
    numbers = new int[hashes.length];
    for (int i = 0; i < before.length; i++) {
      if (numbersBefore[i] != 0) {
        int slot = slot(before[i]);
        hashes[slot] = before[i];
        numbers[slot] = numbersBefore[i];
      }
    }
  }

  /** Where that hash is, or would be. */
  private int slot(long hash) {
    int mask = hashes.length - 1;
    int slot = (int) ((hash * 0x9e3779b97f4a7c15L) >>> 32) & mask;
    while (numbers[slot] != 0 && hashes[slot] != hash) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
