package io.tracestream.compare;

import io.tracestream.recording.Direction;
import java.util.function.Function;

/** One thing for each direction. */
record ByDirection<T>(T c2s, T s2c) {
  static <T> ByDirection<T> of(Function<Direction, T> make) {
    return new ByDirection<>(make.apply(Direction.C2S), make.apply(Direction.S2C));
  }

  T get(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
  }
}
