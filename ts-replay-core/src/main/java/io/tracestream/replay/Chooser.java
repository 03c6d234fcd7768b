package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each session a conversation of its own among those that agree with its frames so far. A
 * session that could take another one gives way to a session that could not.
 *
 * <p>All conversations form one tree, built once: a {@link Node} is a run of entries that are the
 * same, under the rules, in all conversations that pass through it; where they part, each goes on
 * in a node of its own, found by its first entry. A session that comes to such a fork looks up its
 * frame there; between forks it plays like any other.
 *
 * <p>For any number of threads.
 */
final class Chooser {
  private final Direction received;
  private final boolean repeat;
  private final Comparer c2s;
  private final Comparer s2c;
  /** Null where nothing is computed. */
  private final @Nullable Rewriting rewriting;
  /** In the order of their oldest conversation. */
  private final List<Choice> choices = new ArrayList<>();

  private final Node root = new Node(new ArrayList<>(), 0, 0, new LinkedHashMap<>());

  /** Conversations that are the same under the rules; the oldest represents them. */
  static final class Choice {
    private final Script script;
    private final int age;
    /** How many there are. */
    private long count = 1;
    /** How many of them may still be played. */
    private long left = 1;

    private long begun;
    /** The sessions that have one of them. */
    private final List<Seat> seats = new ArrayList<>(1);

    private Choice(Script script, int age) {
      this.script = script;
      this.age = age;
    }

    Script script() {
      return script;
    }

    private boolean isFree() {
      return seats.size() < left;
    }
  }

  /** A run of entries that are the same in some conversations. */
  private static final class Node {
    /** Those that pass through it, the oldest first. */
    private final List<Choice> choices;
    /** How many entries come before its end; not needed where there is one choice. */
    private long end;
    /** The conversation that ends where this node does; or null. */
    private @Nullable Choice ending;
    /** Where the others go on, by the key of their next entry. */
    private final Map<Key, List<Node>> next;
    /** The first entry of it. */
    private final long begin;
    /** Those of them that go on with a frame of ours. */
    private final List<Node> sending = new ArrayList<>(0);
    /** Those that wait for the other side's frame or end, the oldest first; made when needed. */
    private @Nullable List<Choice> waiting;

    private Node(List<Choice> choices, long begin, long end, Map<Key, List<Node>> next) {
      this.choices = choices;
      this.begin = begin;
      this.end = end;
      this.next = next;
    }
  }

  Chooser(List<Script> scripts, boolean repeat, Role role) throws IOException {
    this.received = role.received();
    this.repeat = repeat;
    this.c2s = new Comparer(role.rules(), Direction.C2S);
    this.s2c = new Comparer(role.rules(), Direction.S2C);
    this.rewriting = Rewriting.of(role);
    for (Script script : scripts) {
      script.acquire();
      try {
        add(script);
      } finally {
        script.release();
      }
    }
  }

  // The tree.

  private void add(Script script) throws IOException {
    Choice choice = new Choice(script, choices.size());
    List<Node> path = new ArrayList<>();
    Walk walk = new Walk(script.cursor());
    Cursor at = walk.at;
    for (Node node = root; node != null; ) {
      path.add(node);
      if (!isAtEntry(at)) {
        if (node.ending != null) {
          addOne(node.ending);
          return;
        }
        node.ending = choice;
        break;
      }
      Key key = key(at.direction(), at.payload());
      Node child = child(node, key, first -> areSame(walk, first));
      if (child == null) {
        append(node, key, at.direction(), leaf(choice, at.entriesBefore()));
      } else if (passesAsOneOf(child, walk)) {
        addOne(child.choices.get(0));
        return;
      }
      node = child;
    }
    choices.add(choice);
    path.forEach(node -> node.choices.add(choice));
  }

  private static Node leaf(Choice choice, long begin) {
    return new Node(new ArrayList<>(List.of(choice)), begin, Long.MAX_VALUE, new HashMap<>(0));
  }

  /** A way through a conversation. */
  private static final class Walk {
    private final Cursor at;
    /** The latest payloads passed, by direction; null for none. */
    private @Nullable ByteBuffer c2s;

    private @Nullable ByteBuffer s2c;

    private Walk(Cursor from) {
      at = from;
    }

    private void next() throws IOException {
      if (at.direction() == Direction.C2S) {
        c2s = at.payload();
      } else {
        s2c = at.payload();
      }
      at.next();
    }

    /** The other direction's frame before the one here. */
    private @Nullable ByteBuffer latest() throws IOException {
      return at.direction() == Direction.C2S ? s2c : c2s;
    }
  }

  /** Whether something is the entry at a place. */
  private interface Likeness {
    boolean isTo(Cursor entry) throws IOException;
  }

  /** Where a node goes on with that entry; null if it does not. */
  private @Nullable Node child(Node node, Key key, Likeness likeness) throws IOException {
    List<Node> children = node.next.getOrDefault(key, List.of());
    if (rewriting == null && comparer(key.direction).isExact()) {
      return children.isEmpty() ? null : children.get(0);
    }
    for (Node child : children) {
      Script script = child.choices.get(0).script;
      script.acquire();
      try {
        if (likeness.isTo(script.cursor(child.begin))) {
          return child;
        }
      } finally {
        script.release();
      }
    }
    return null;
  }

  private static void addOne(Choice choice) {
    choice.count++;
    choice.left++;
  }

  private void append(Node node, Key key, Direction direction, Node child) {
    node.next.computeIfAbsent(key, ignored -> new ArrayList<>(1)).add(child);
    if (direction != received) {
      node.sending.add(child);
    }
  }

  /**
   * Walks along a node, which ends where the conversation parts from those in it; true if it equals
   * the only one there, to its end.
   */
  private boolean passesAsOneOf(Node node, Walk walk) throws IOException {
    Cursor at = walk.at;
    Script other = node.choices.get(0).script;
    other.acquire();
    try {
      Cursor its = other.cursor(at.entriesBefore());
      while (at.entriesBefore() < node.end && areSame(walk, its)) {
        walk.next();
        its.next();
      }
      boolean isEnd = !isAtEntry(at) && !isAtEntry(its);
      if (isEnd && node.end == Long.MAX_VALUE) {
        return true;
      }
      if (at.entriesBefore() < node.end) {
        split(node, its);
      }
      return false;
    } finally {
      other.release();
    }
  }

  private boolean areSame(Walk walk, Cursor other) throws IOException {
    Cursor one = walk.at;
    if (!isAtEntry(one) || !isAtEntry(other) || one.direction() != other.direction()) {
      return false;
    }
    return rewriting == null
        ? comparer(one.direction()).areAlike(one.payload(), other.payload())
        : rewriting.areSame(one, walk.latest(), other);
  }

  private static boolean isAtEntry(Cursor at) throws IOException {
    if (at.damage() != null) {
      throw at.damage();
    }
    return at.isAtEntry();
  }

  private void split(Node node, Cursor at) throws IOException {
    Node rest = new Node(
        new ArrayList<>(node.choices),
        at.entriesBefore(),
        node.end,
        new LinkedHashMap<>(node.next));
    rest.ending = node.ending;
    rest.sending.addAll(node.sending);
    node.end = at.entriesBefore();
    node.next.clear();
    node.sending.clear();
    node.ending = null;
    if (isAtEntry(at)) {
      append(node, key(at.direction(), at.payload()), at.direction(), rest);
    } else {
      node.ending = node.choices.get(0);
    }
  }

  /** The key of an entry, whatever its open and copied bytes are. */
  private record Key(Direction direction, long hash) {}

  private Key key(Direction direction, ByteBuffer payload) {
    // Any byte may be computed.
    return new Key(direction, rewriting == null ? comparer(direction).hash(payload) : 0);
  }

  private Comparer comparer(Direction direction) {
    return direction == Direction.C2S ? c2s : s2c;
  }

  // The seats.

  /**
   * A new session's place, at the root of the tree; null when all conversations were played.
   * {@link Seat#settle} comes next.
   */
  synchronized @Nullable Seat seat() {
    if (repeat && choices.stream().noneMatch(Choice::isFree)) {
      choices.forEach(choice -> choice.left += choice.count);
    }
    for (Choice choice : choices) {
      if (choice.left > 0) {
        return new Seat(choice);
      }
    }
    return null;
  }

  /**
   * A session's place in the tree: which conversations it may be playing, and which of them it has.
   */
  final class Seat {
    private Node node = root;
    /** The conversations that it may be playing. */
    private List<Choice> allowed = List.of();
    /** The one it has; null while others have all of them. */
    private @Nullable Choice taken;
    /** The one that it plays: the one it has, if any. */
    private Choice front;

    private boolean begun;

    private Seat(Choice front) {
      this.front = front;
    }

    /** What the session plays, as far as is known now. */
    Script front() {
      synchronized (Chooser.this) {
        return front.script;
      }
    }

    /** Whether there is no choice left: then it keeps its place. */
    boolean isSettled() {
      synchronized (Chooser.this) {
        return node.choices.size() == 1 && taken != null;
      }
    }

    /** Whether the conversations part after that number of entries. */
    boolean isFork(long entriesBefore) {
      synchronized (Chooser.this) {
        return node.end == entriesBefore;
      }
    }

    /**
     * At a fork: chooses between those that go on with different frames of ours, or wait.
     *
     * @return false when it waits: what comes chooses
     */
    boolean settle() {
      synchronized (Chooser.this) {
        List<Node> sending = new ArrayList<>(node.sending);
        List<Choice> waiting = waiting(node);
        // Those that go on come first, and among them the oldest; one at its end is the last.
        int waitingAge = waiting.isEmpty() || waiting.get(0) == node.ending
            ? Integer.MAX_VALUE
            : waiting.get(0).age;
        boolean waits = false;
        for (Node next : sending) {
          if (!waits && waitingAge < next.choices.get(0).age) {
            waits = true;
            if (take(waiting)) {
              return false;
            }
          }
          if (take(next.choices)) {
            node = next;
            return true;
          }
        }
        if (!waits && take(waiting) || sending.isEmpty()) {
          return false;
        }
        node = sending.get(0); // others have all: it gets none, unless one of them goes
        allowed = node.choices;
        front = allowed.get(0);
        return true;
      }
    }

    /**
     * A frame came; {@code entriesBefore} stand before it.
     *
     * @param latest our frame before it; null for none, or where nothing is computed
     */
    Fit frame(long entriesBefore, ByteBuffer frame, long connection, @Nullable ByteBuffer latest)
        throws IOException {
      synchronized (Chooser.this) {
        if (!isFork(entriesBefore)) {
          return takeAllowed() ? Fit.FITS : Fit.TAKEN;
        }
      }
      Key key = key(received, frame);
      Likeness likeness = entry -> rewriting == null
          ? comparer(received).areAlike(entry.payload(), frame)
          : rewriting.fits(connection, entry, latest, frame);
      synchronized (Chooser.this) {
        Node next = child(node, key, likeness);
        if (next == null || node.sending.contains(next)) {
          return Fit.NONE;
        }
        if (!take(next.choices)) {
          return Fit.TAKEN;
        }
        node = next;
        return Fit.FITS;
      }
    }

    /** The expected frame came: this conversation is not played again. */
    void begin() {
      synchronized (Chooser.this) {
        begun = true;
      }
    }

    /** The client ended: whether one that it may play ends here; if so, it is now being played. */
    boolean endHere(long entriesBefore) {
      synchronized (Chooser.this) {
        Choice ending = node.ending;
        return ending != null && isFork(entriesBefore) && take(List.of(ending));
      }
    }

    /** All was played to the end: false if only others have the conversation that ends there. */
    boolean end(long entriesBefore) {
      synchronized (Chooser.this) {
        boolean own = isFork(entriesBefore) ? endHere(entriesBefore) : takeAllowed();
        begun |= own;
        return own;
      }
    }

    /** What could come at a fork, the oldest first, up to a limit. */
    List<Script> expecting(int most) {
      synchronized (Chooser.this) {
        return waiting(node).stream().limit(most).map(Choice::script).toList();
      }
    }

    private boolean takeAllowed() {
      return taken != null || take(allowed);
    }

    /** Takes one of these; false if others have all of them and cannot give one up. */
    private boolean take(List<Choice> some) {
      Choice before = taken;
      if (before != null) {
        before.seats.remove(this);
        taken = null;
      }
      allowed = some;
      boolean stays = before != null && before != node.ending && some.contains(before);
      Choice choice = stays ? before : firstFree(some);
      if (choice == null) {
        choice = makeRoom(some);
      }
      if (choice == null) {
        return false;
      }
      give(choice, this);
      return true;
    }

    /** The session is over: what it played, even in part, is not played again. */
    void leave() {
      synchronized (Chooser.this) {
        if (taken != null) {
          taken.seats.remove(this);
          if (begun) {
            taken.left--;
            taken.begun++;
          }
        }
      }
    }
  }

  /** How a frame fits a choice. */
  enum Fit {
    /** It may be the frame that the conversation being played expects. */
    FITS,
    /** No conversation expects it. */
    NONE,
    /** Only conversations that others play expect it. */
    TAKEN
  }

  private static List<Choice> waiting(Node node) {
    if (node.waiting == null) {
      List<Choice> waiting = new ArrayList<>();
      for (List<Node> some : node.next.values()) {
        for (Node next : some) {
          if (!node.sending.contains(next)) {
            waiting.addAll(next.choices);
          }
        }
      }
      waiting.sort((one, other) -> Integer.compare(one.age, other.age));
      if (node.ending != null) {
        waiting.add(node.ending);
      }
      node.waiting = waiting;
    }
    return node.waiting;
  }

  private static @Nullable Choice firstFree(List<Choice> allowed) {
    for (Choice choice : allowed) {
      if (choice.isFree()) {
        return choice;
      }
    }
    return null;
  }

  private static void give(Choice choice, Seat seat) {
    choice.seats.add(seat);
    seat.taken = choice;
    seat.front = choice;
  }

  /** The seat that would move to a choice, away from another one. */
  private record Move(Seat seat, Choice from) {}

  /**
   * Moves other sessions to conversations that they may have as well, until one of these is free:
   * the shortest such chain.
   *
   * @return the choice that is then free; null if there is no such chain
   */
  private static @Nullable Choice makeRoom(List<Choice> wanted) {
    Map<Choice, @Nullable Move> moves = new HashMap<>();
    ArrayDeque<Choice> full = new ArrayDeque<>();
    for (Choice choice : wanted) {
      moves.put(choice, null);
      full.add(choice);
    }
    while (!full.isEmpty()) {
      Choice from = full.remove();
      for (Seat seat : from.seats) {
        for (Choice to : seat.allowed) {
          if (moves.containsKey(to)) {
            continue;
          }
          moves.put(to, new Move(seat, from));
          if (to.isFree()) {
            return follow(to, moves);
          }
          full.add(to);
        }
      }
    }
    return null;
  }

  private static Choice follow(Choice last, Map<Choice, @Nullable Move> moves) {
    Choice to = last;
    for (Move move = moves.get(to); move != null; move = moves.get(to)) {
      move.from.seats.remove(move.seat);
      give(to, move.seat);
      to = move.from;
    }
    return to;
  }

  /** The number of conversations that no session played. */
  synchronized long notPlayed() {
    long notPlayed = 0;
    for (Choice choice : choices) {
      notPlayed += Math.max(0, choice.count - choice.begun);
    }
    return notPlayed;
  }
}
