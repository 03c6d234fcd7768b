package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.testing.RandomSeeds;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;

class HashIndexTest {
  @ParameterizedTest
  @RandomSeeds(20)
  void itFindsWhatAMapFinds(long seed) {
    Random random = new Random(seed);
    Map<Long, Integer> map = new HashMap<>();
    HashIndex index = new HashIndex();
    int range = 1 + random.nextInt(5000);
    for (int i = 0; i < 5000; i++) {
      long hash = random.nextBoolean() ? random.nextInt(range) : (long) random.nextInt(range) << 40;
      map.put(hash, i);
      index.put(hash, i);
    }
    map.forEach((hash, number) -> assertEquals(number, index.get(hash)));
    for (long hash = 0; hash < range; hash++) {
      assertEquals(map.getOrDefault(hash, HashIndex.NONE), index.get(hash));
    }
    index.clear();
    map.keySet().forEach(hash -> assertEquals(HashIndex.NONE, index.get(hash)));
  }
}
