package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private final Direction compared;
  private final boolean repeat;
  private final Comparer c2s;
  private final Comparer s2c;
  /** Null where nothing is computed. */
  private final Rewriting rewriting;
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
    private Choice ending;
    /** Where the others go on, by the key of their next entry. */
    private final Map<Key, List<Node>> next;
    /** The first entry of it. */
    private final long begin;
    /** Those of them that go on with a frame of ours. */
    private final List<Node> sending = new ArrayList<>(0);
    /** Those that wait for the other side's frame or end, the oldest first; made when needed. */
    private List<Choice> waiting;

    private Node(List<Choice> choices, long begin, long end, Map<Key, List<Node>> next) {
      this.choices = choices;
      this.begin = begin;
      this.end = end;
      this.next = next;
    }
  }

  /**
   * A session's place in the tree: which conversations it may be playing, and which of them it has.
   */
  static final class Seat {
    private Node node;
    /** The conversations that it may be playing. */
    private List<Choice> allowed = List.of();
    /** The one it has; null while others have all of them. */
    private Choice taken;
    /** The one that it plays: the one it has, if any. */
    private Choice front;

    private boolean begun;
  }

  Chooser(List<Script> scripts, boolean repeat, Role role) throws IOException {
    this.compared = role.compared();
    this.repeat = repeat;
    this.c2s = new Comparer(role.rules(), Direction.C2S);
    this.s2c = new Comparer(role.rules(), Direction.S2C);
    this.rewriting = role.rewriter() == null ? null : new Rewriting(role);
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
    private ByteBuffer c2s;

    private ByteBuffer s2c;

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
    private ByteBuffer latest() throws IOException {
      return at.direction() == Direction.C2S ? s2c : c2s;
    }
  }

  /** Whether something is the entry at a place. */
  private interface Likeness {
    boolean isTo(Cursor entry) throws IOException;
  }

  /** Where a node goes on with that entry; null if it does not. */
  private Node child(Node node, Key key, Likeness likeness) throws IOException {
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
    if (direction != compared) {
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
   * {@link #settle} comes next.
   */
  synchronized Seat seat() {
    if (repeat && choices.stream().noneMatch(Choice::isFree)) {
      choices.forEach(choice -> choice.left += choice.count);
    }
    Seat seat = new Seat();
    seat.node = root;
    for (Choice choice : choices) {
      if (choice.left > 0) {
        seat.front = choice;
        return seat;
      }
    }
    return null;
  }

  /** What the session plays, as far as is known now. */
  synchronized Script front(Seat seat) {
    return seat.front.script;
  }

  /** Whether there is no choice left: then it keeps its place. */
  synchronized boolean isSettled(Seat seat) {
    return seat.node.choices.size() == 1 && seat.taken != null;
  }

  /** Whether the conversations part after that number of entries. */
  synchronized boolean isFork(Seat seat, long entriesBefore) {
    return seat.node.end == entriesBefore;
  }

  /**
   * At a fork: chooses between those that go on with different frames of ours, or wait.
   *
   * @return false when it waits: what comes chooses
   */
  synchronized boolean settle(Seat seat) {
    List<Node> sending = new ArrayList<>(seat.node.sending);
    List<Choice> waiting = waiting(seat.node);
    // Those that go on come first, and among them the oldest; one at its end is the last.
    int waitingAge = waiting.isEmpty() || waiting.get(0) == seat.node.ending
        ? Integer.MAX_VALUE
        : waiting.get(0).age;
    boolean waits = false;
    for (Node node : sending) {
      if (!waits && waitingAge < node.choices.get(0).age) {
        waits = true;
        if (take(seat, waiting)) {
          return false;
        }
      }
      if (take(seat, node.choices)) {
        seat.node = node;
        return true;
      }
    }
    if (!waits && take(seat, waiting) || sending.isEmpty()) {
      return false;
    }
    seat.node = sending.get(0); // others have all: it gets none, unless one of them goes
    seat.allowed = seat.node.choices;
    seat.front = seat.allowed.get(0);
    return true;
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

  /** How a frame fits a choice. */
  enum Fit {
    /** It may be the frame that the conversation being played expects. */
    FITS,
    /** No conversation expects it. */
    NONE,
    /** Only conversations that others play expect it. */
    TAKEN
  }

  /**
   * A frame came; {@code entriesBefore} stand before it.
   *
   * @param latest our frame before it; null for none, or where nothing is computed
   */
  Fit frame(Seat seat, long entriesBefore, ByteBuffer frame, long connection, ByteBuffer latest)
      throws IOException {
    if (!isFork(seat, entriesBefore)) {
      return frame(seat, null, null);
    }
    return frame(
        seat,
        key(compared, frame),
        entry -> rewriting == null
            ? comparer(compared).areAlike(entry.payload(), frame)
            : rewriting.fits(connection, entry, latest, frame));
  }

  private synchronized Fit frame(Seat seat, Key key, Likeness likeness) throws IOException {
    if (key == null) {
      return seat.taken != null || take(seat, seat.allowed) ? Fit.FITS : Fit.TAKEN;
    }
    Node node = child(seat.node, key, likeness);
    if (node == null || seat.node.sending.contains(node)) {
      return Fit.NONE;
    }
    if (!take(seat, node.choices)) {
      return Fit.TAKEN;
    }
    seat.node = node;
    return Fit.FITS;
  }

  /** The expected frame came: this conversation is not played again. */
  synchronized void begin(Seat seat) {
    seat.begun = true;
  }

  /** The client ended: whether one that it may play ends here; if so, it is now being played. */
  synchronized boolean endHere(Seat seat, long entriesBefore) {
    Choice ending = seat.node.ending;
    return ending != null && seat.node.end == entriesBefore && take(seat, List.of(ending));
  }

  /** All was played to the end: false if only others have the conversation that ends there. */
  synchronized boolean end(Seat seat, long entriesBefore) {
    boolean own = isFork(seat, entriesBefore)
        ? endHere(seat, entriesBefore)
        : seat.taken != null || take(seat, seat.allowed);
    seat.begun |= own;
    return own;
  }

  /** What could come at a fork, the oldest first, up to a limit. */
  synchronized List<Script> expecting(Seat seat, int most) {
    Collection<Choice> waiting = waiting(seat.node);
    return waiting.stream().limit(most).map(Choice::script).toList();
  }

  /** Takes one of these for a session; false if others have all of them and cannot give one up. */
  private boolean take(Seat seat, List<Choice> allowed) {
    Choice before = seat.taken;
    if (before != null) {
      before.seats.remove(seat);
      seat.taken = null;
    }
    seat.allowed = allowed;
    boolean stays = before != null && before != seat.node.ending && allowed.contains(before);
    Choice choice = stays ? before : firstFree(allowed);
    if (choice == null) {
      choice = makeRoom(allowed);
    }
    if (choice == null) {
      return false;
    }
    give(choice, seat);
    return true;
  }

  private static Choice firstFree(List<Choice> allowed) {
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
  private static Choice makeRoom(List<Choice> wanted) {
    Map<Choice, Move> moves = new HashMap<>();
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

  private static Choice follow(Choice last, Map<Choice, Move> moves) {
    Choice to = last;
    for (Move move = moves.get(to); move != null; move = moves.get(to)) {
      move.from.seats.remove(move.seat);
      give(to, move.seat);
      to = move.from;
    }
    return to;
  }

  /** A session is over: what it played, even in part, is not played again. */
  synchronized void leave(Seat seat) {
    if (seat.taken != null) {
      seat.taken.seats.remove(seat);
      if (seat.begun) {
        seat.taken.left--;
        seat.taken.begun++;
      }
    }
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
