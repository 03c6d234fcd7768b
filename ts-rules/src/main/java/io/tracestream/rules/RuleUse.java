package io.tracestream.rules;

import io.tracestream.recording.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which rules had an effect in a run that compares the frames of one direction. For any number of
 * threads. A rule that was used stays used, so that needs no locks; only copies across connections
 * have one.
 */
public final class RuleUse {
  private final Rules rules;
  private final Direction compared;
  private final Comparer comparer;
  private final Comparer comparerOfSent;
  // The indexes of rules by the frames that they are for.
  private final ByKind<Integer> ignoredOf;
  private final ByKind<Integer> lengthsOfCompared;
  private final ByKind<Integer> lengthsOfSent;
  private final ByKind<Integer> copiesFromCompared;
  private final ByKind<Integer> copiesFromSent;
  private final ByKind<Integer> copiesToCompared;
  private final ByKind<Integer> copiesToSent;
  // Threads only ever set these to true, so it does not matter which of them sees that first.
  private final boolean[] ignored;
  private final boolean[] copied;
  private final boolean[] followed;
  private final boolean[] allowed;
  /** For each copy, what it took on all connections; null for one within a connection. */
  private final @Nullable SharedValues[] shared;

  /**
   * No rule was used yet.
   *
   * @param rules the rules
   * @param compared the direction of the frames that are compared
   */
  public RuleUse(Rules rules, Direction compared) {
    this.rules = rules;
    this.compared = compared;
    this.comparer = new Comparer(rules, compared);
    this.comparerOfSent = new Comparer(rules, compared.opposite());
    List<Copy> copies = rules.copied();
    this.ignoredOf = indexes(rules.ignored(), compared);
    this.lengthsOfCompared = indexes(rules.lengths(), compared);
    this.lengthsOfSent = indexes(rules.lengths(), compared.opposite());
    this.copiesFromCompared = indexes(fields(copies, Copy::from), compared);
    this.copiesFromSent = indexes(fields(copies, Copy::from), compared.opposite());
    this.copiesToCompared = indexes(fields(copies, Copy::to), compared);
    this.copiesToSent = indexes(fields(copies, Copy::to), compared.opposite());
    this.ignored = new boolean[rules.ignored().size()];
    this.copied = new boolean[rules.copied().size()];
    this.followed = new boolean[rules.lengths().size()];
    this.allowed = new boolean[rules.allowed().size()];
    this.shared = shared(copies);
  }

  private RuleUse(RuleUse other) {
    this.rules = other.rules;
    this.compared = other.compared;
    this.comparer = other.comparer;
    this.comparerOfSent = other.comparerOfSent;
    this.ignoredOf = other.ignoredOf;
    this.lengthsOfCompared = other.lengthsOfCompared;
    this.lengthsOfSent = other.lengthsOfSent;
    this.copiesFromCompared = other.copiesFromCompared;
    this.copiesFromSent = other.copiesFromSent;
    this.copiesToCompared = other.copiesToCompared;
    this.copiesToSent = other.copiesToSent;
    this.ignored = other.ignored;
    this.copied = other.copied;
    this.followed = other.followed;
    this.allowed = other.allowed;
    this.shared = shared(rules.copied());
  }

  private static @Nullable SharedValues[] shared(List<Copy> copies) {
    @Nullable SharedValues[] shared = new SharedValues[copies.size()];
    for (int i = 0; i < shared.length; i++) {
      shared[i] = copies.get(i).isAcrossConnections() ? new SharedValues() : null;
    }
    return shared;
  }

  /**
   * The same run for a client of its own: copies across connections go from one connection of that
   * client to its others, and to no other client's.
   *
   * @return notes used rules for all clients; itself where nothing is copied across connections
   */
  public RuleUse ofOneClient() {
    return copiesAcross() ? new RuleUse(this) : this;
  }

  /**
   * Whether anything is copied across connections.
   *
   * @return true when there is such a {@code copy}
   */
  public boolean copiesAcross() {
    return rules.copied().stream().anyMatch(Copy::isAcrossConnections);
  }

  private static List<Field> fields(List<Copy> copies, Function<Copy, Field> field) {
    List<Field> fields = new ArrayList<>();
    for (Copy copy : copies) {
      fields.add(field.apply(copy));
    }
    return fields;
  }

  private static ByKind<Integer> indexes(List<Field> fields, Direction direction) {
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).direction() == direction) {
        indexes.add(i);
      }
    }
    return new ByKind<>(indexes, i -> fields.get(i).frames(), Integer[]::new);
  }

  /**
   * The rules.
   *
   * @return as they were given
   */
  public Rules rules() {
    return rules;
  }

  /**
   * The direction of the frames that are compared.
   *
   * @return the direction
   */
  public Direction direction() {
    return compared;
  }

  /**
   * Whether any frame may come at any time.
   *
   * @return true when there is an {@code allow}
   */
  public boolean allowsAny() {
    return allowed.length > 0;
  }

  /**
   * A frame was compared: uses each {@code ignore} whose bytes it has, and each {@code length}
   * whose number it has.
   *
   * @param recorded its payload as it was recorded
   * @param found its payload as it came
   */
  public void compared(ByteBuffer recorded, ByteBuffer found) {
    if (ignored.length > 0) {
      for (int i : ignoredOf.of(recorded, found)) {
        ignored[i] = ignored[i] || rules.ignored().get(i).startIn(recorded) >= 0;
      }
    }
    if (followed.length > 0 && comparer.varies()) {
      follow(lengthsOfCompared.of(recorded, found), recorded);
    }
  }

  /** A frame of ours may get live values: uses each {@code length} whose number it has. */
  void sent(Direction direction, ByteBuffer recorded) {
    if (followed.length > 0 && direction != compared && comparerOfSent.varies()) {
      follow(lengthsOfSent.of(recorded), recorded);
    }
  }

  private void follow(Integer[] some, ByteBuffer recorded) {
    for (int i : some) {
      followed[i] = followed[i] || rules.lengths().get(i).startIn(recorded) >= 0;
    }
  }

  /**
   * Whether a frame of the compared direction is of a kind that may come at any time: uses the
   * {@code allow} that says so.
   *
   * @param payload its payload; left as it is
   * @return true when a rule allows it
   */
  public boolean allows(ByteBuffer payload) {
    for (int i = 0; i < allowed.length; i++) {
      Frames frames = rules.allowed().get(i);
      if (frames.direction() == compared && frames.matches(payload)) {
        allowed[i] = true;
        return true;
      }
    }
    return false;
  }

  /** Knows where the fields of that direction are. */
  Comparer comparer(Direction direction) {
    return direction == compared ? comparer : comparerOfSent;
  }

  /** The copies from frames of a payload's kind, by their indexes. */
  Integer[] copiesFrom(Direction direction, ByteBuffer recorded) {
    return (direction == compared ? copiesFromCompared : copiesFromSent).of(recorded);
  }

  /** The copies into frames of a payload's kind, by their indexes. */
  Integer[] copiesTo(Direction direction, ByteBuffer recorded) {
    return (direction == compared ? copiesToCompared : copiesToSent).of(recorded);
  }

  /** What a copy took on all connections; null for one within a connection. */
  @Nullable
  SharedValues shared(int copy) {
    return shared[copy];
  }

  boolean isCopied(int copy) {
    return copied[copy];
  }

  /**
   * The value of a copy goes into a frame: uses the copy, unless nobody will compare the value.
   *
   * @param copy its index
   * @param recorded the frame's payload as it was recorded
   */
  void copied(int copy, ByteBuffer recorded) {
    Field to = rules.copied().get(copy).to();
    int start = to.startIn(recorded);
    int end = to.endFrom(recorded, start);
    boolean isSeen = to.direction() != compared || start == end;
    copied[copy] |= isSeen || comparesAny(recorded, start, end);
  }

  private boolean comparesAny(ByteBuffer recorded, int start, int end) {
    IntPredicate isCompared = comparer.compared(recorded, recorded, recorded);
    for (int at = start; at < end; at++) {
      if (isCompared.test(at)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The rules that were not used: an {@code ignore} whose bytes were in no frame that was compared,
   * a {@code length} whose number was in no frame in which a length may vary, an {@code allow} that
   * no frame met, a {@code copy} whose value went into no frame, or only into bytes that are not
   * compared.
   *
   * @return the text of each, such as {@code ignore c2s:4+2}
   */
  public List<String> unused() {
    List<String> unused = new ArrayList<>();
    add("ignore ", rules.ignored(), ignored, unused);
    add("copy ", rules.copied(), copied, unused);
    add("length ", rules.lengths(), followed, unused);
    add("allow ", rules.allowed(), allowed, unused);
    return unused;
  }

  private static void add(String word, List<?> some, boolean[] used, List<String> unused) {
    for (int i = 0; i < used.length; i++) {
      if (!used[i]) {
        unused.add(word + some.get(i));
      }
    }
  }
}
