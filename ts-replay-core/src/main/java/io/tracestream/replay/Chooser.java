package io.tracestream.replay;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingReader;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gives each session a conversation of its own among those that agree with its frames so far. A
 * session that could have another one as well makes room for one that could not. For any number of
 * threads.
 */
final class Chooser {
  private final boolean repeat;
  /** In the order of their oldest conversation. */
  private final List<Choice> choices;

  private final Set<Seat> seats = new HashSet<>();

  /** Reads all conversations once. */
  Chooser(List<Conversation> conversations, boolean repeat, Rules rules, int maxPayloadLength)
      throws IOException {
    this.repeat = repeat;
    Map<ByteBuffer, Choice> byFingerprint = new LinkedHashMap<>();
    Fingerprint fingerprint = new Fingerprint(rules);
    for (Conversation conversation : conversations) {
      try (Recording recording = conversation.open(maxPayloadLength)) {
        for (RecordingReader reader = recording.reader(); reader.advance(); ) {
          fingerprint.add(reader.direction(), reader.payload());
        }
      }
      byFingerprint
          .computeIfAbsent(fingerprint.take(), key -> new Choice(conversation))
          .addOne();
    }
    choices = List.copyOf(byFingerprint.values());
  }

  /** A session's place. */
  static final class Seat {
    private final Consumer<Choice> moved;
    private List<Choice> allowed = List.of();
    private Choice taken;

    private Seat(Consumer<Choice> moved) {
      this.moved = moved;
    }
  }

  /**
   * A place for a session.
   *
   * @param moved is told when another session needs what this one has: it goes on with this choice
   */
  synchronized Seat seat(Consumer<Choice> moved) {
    Seat seat = new Seat(moved);
    seats.add(seat);
    return seat;
  }

  /** What a session can begin with, the oldest first; all that were not played. */
  synchronized List<Choice> open() {
    if (repeat && choices.stream().allMatch(choice -> choice.left() <= takenBy(choice))) {
      choices.forEach(Choice::startOver);
    }
    return choices.stream().filter(choice -> choice.left() > 0).toList();
  }

  private long takenBy(Choice choice) {
    return seats.stream().filter(seat -> seat.taken == choice).count();
  }

  /**
   * Takes a choice for a session.
   *
   * @param alternatives each a list of choices that are the same so far: of the first list that has
   *     one to give, the oldest is taken, and the others of that list remain possible
   * @return what was taken; null when others have all of them
   */
  synchronized Choice take(Seat seat, List<List<Choice>> alternatives) {
    seat.taken = null;
    for (List<Choice> alternative : alternatives) {
      seat.allowed = alternative;
      Set<Choice> tried = new HashSet<>();
      for (Choice choice : alternative) {
        if (give(choice, seat, tried)) {
          return choice;
        }
      }
    }
    return null;
  }

  /** Has that seat take the choice, if need be from a seat that can have another one. */
  private boolean give(Choice choice, Seat seat, Set<Choice> tried) {
    if (!tried.add(choice)) {
      return false;
    }
    if (takenBy(choice) < choice.left() || makeRoom(choice, seat, tried)) {
      seat.taken = choice;
      return true;
    }
    return false;
  }

  private boolean makeRoom(Choice choice, Seat asking, Set<Choice> tried) {
    for (Seat other : seats) {
      if (other != asking && other.taken == choice) {
        for (Choice instead : other.allowed) {
          if (give(instead, other, tried)) {
            other.moved.accept(instead);
            return true;
          }
        }
      }
    }
    return false;
  }

  /** A session is over; {@code played} when what it has is not to be played again. */
  synchronized void leave(Seat seat, boolean played) {
    seats.remove(seat);
    if (played && seat.taken != null) {
      seat.taken.played();
    }
  }

  /** How many conversations no session played. */
  synchronized long notPlayed() {
    return choices.stream().mapToLong(Choice::notPlayed).sum();
  }
}
