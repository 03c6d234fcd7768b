package io.tracestream.rules;

import io.tracestream.rules.Frames.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Things that are limited to kinds of frames of one direction, found by a payload: those for all
 * frames are known, and the others are looked up by the bytes that their kinds ask for. Most
 * payloads are of one such kind at most; then nothing is allocated. Immutable.
 */
final class ByKind<T> {
  private final List<T> all;
  private final Function<T, Frames> framesOf;
  private final IntFunction<T[]> newArray;
  /** What is limited to no kind. */
  private final T[] always;

  private final List<Lookup<T>> lookups = new ArrayList<>();

  /** A kind, and the things for its frames if they are of no other kind, too. */
  private record Kind<T>(Frames frames, T[] things) {}

  ByKind(List<T> all, Function<T, Frames> framesOf, IntFunction<T[]> newArray) {
    this.all = List.copyOf(all);
    this.framesOf = framesOf;
    this.newArray = newArray;
    this.always = those(Frames::areAll);
    Set<Frames> kinds = new LinkedHashSet<>();
    all.forEach(one -> kinds.add(framesOf.apply(one)));
    Map<List<Integer>, List<Kind<T>>> byPlace = new LinkedHashMap<>();
    for (Frames kind : kinds) {
      if (!kind.areAll()) {
        T[] things = those(frames -> frames.areAll() || frames.equals(kind));
        byPlace
            .computeIfAbsent(Lookup.place(kind), place -> new ArrayList<>())
            .add(new Kind<>(kind, things));
      }
    }
    byPlace.forEach((place, some) -> lookups.add(new Lookup<>(place.get(0), place.get(1), some)));
  }

  private T[] those(Predicate<Frames> which) {
    // No stream: a JVM's first one takes tens of milliseconds.
    List<T> some = new ArrayList<>();
    for (T one : all) {
      if (which.test(framesOf.apply(one))) {
        some.add(one);
      }
    }
    return some.toArray(newArray.apply(0));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Those for a payload, in the order in which they were given; not to be changed. */
  T[] of(ByteBuffer payload) {
    return of(payload, payload);
  }

  /** Those for frames that two payloads are both of. */
  T[] of(ByteBuffer payload, ByteBuffer other) {
    T[] found = null;
    for (int i = 0; i < lookups.size(); i++) {
      for (Kind<T> kind : lookups.get(i).find(payload)) {
        if (kind.frames.matches(payload) && kind.frames.matches(other)) {
          if (found != null) {
            return those(frames -> frames.matches(payload) && frames.matches(other));
          }
          found = kind.things;
        }
      }
    }
    return found == null ? always : found;
  }

  /** Kinds that ask for bytes at one place, or for a length. */
  private static final class Lookup<T> {
    private final int offset;
    /** How many bytes are looked at, at most 8; 0 for the payload's length. */
    private final int count;

    private final long[] keys;
    private final List<List<Kind<T>>> kinds = new ArrayList<>();

    Lookup(int offset, int count, List<Kind<T>> all) {
      this.offset = offset;
      this.count = count;
      Map<Long, List<Kind<T>>> byKey = new LinkedHashMap<>();
      for (Kind<T> kind : all) {
        byKey.computeIfAbsent(key(kind.frames), key -> new ArrayList<>()).add(kind);
      }
      int size = Integer.highestOneBit(2 * byKey.size()) * 2;
      keys = new long[size];
      kinds.addAll(Collections.nCopies(size, List.of()));
      byKey.forEach((key, some) -> {
        int slot = slot(key);
        keys[slot] = key;
        kinds.set(slot, List.copyOf(some));
      });
    }

    /** Where payloads are looked at to see whether they are of that kind. */
    static List<Integer> place(Frames kind) {
      if (kind.contents().isEmpty()) {
        return List.of(0, 0);
      }
      Content first = kind.contents().get(0);
      return List.of(first.offset(), Math.min(Long.BYTES, first.bytes().length));
    }

    private long key(Frames kind) {
      return count == 0
          ? kind.length()
          : key(ByteBuffer.wrap(kind.contents().get(0).bytes()), 0);
    }

    private long key(ByteBuffer bytes, int from) {
      long key = 0;
      for (int i = 0; i < count; i++) {
        key = key << 8 | bytes.get(from + i) & 0xff;
      }
      return key;
    }

    /** Where a key is, or belongs. */
    private int slot(long key) {
      int slot = (int) (key * 0x9e3779b97f4a7c15L >>> 40) & keys.length - 1;
      while (!kinds.get(slot).isEmpty() && keys[slot] != key) {
        slot = slot + 1 & keys.length - 1;
      }
      return slot;
    }

    /** The kinds that a payload may be of. */
    List<Kind<T>> find(ByteBuffer payload) {
      int length = payload.remaining();
      long start = offset < 0 ? (long) length + offset : offset;
      if (start < 0 || start + count > length) {
        return List.of();
      }
      return kinds.get(slot(count == 0 ? length : key(payload, payload.position() + (int) start)));
    }
  }
}
