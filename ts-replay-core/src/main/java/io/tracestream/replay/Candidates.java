package io.tracestream.replay;

import io.tracestream.rules.Comparer;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The conversations that agree with all frames of a session so far. One of them is in front: its
 * entries are sent, and it is the one that is played when no frame tells it from the others. For
 * the session's receiving thread, but for {@link #front}.
 */
final class Candidates {
  private final Chooser chooser;
  private final Chooser.Seat seat;
  private final Fingerprint fingerprint;
  /** The oldest first. */
  private volatile List<Candidate> left;

  private volatile Candidate front;
  /** Whether a frame has come that agrees. */
  private boolean begun;
  /** Whether the last frame agrees, but only with what other connections play. */
  private boolean allTaken;

  /** No choice. */
  Candidates(Candidate only) {
    chooser = null;
    seat = null;
    fingerprint = null;
    left = List.of(only);
    front = only;
  }

  /** A choice among these, the oldest first. */
  Candidates(List<Candidate> all, Chooser chooser, Rules rules) {
    this.chooser = chooser;
    this.seat = chooser.seat(this::moved);
    this.fingerprint = new Fingerprint(rules);
    this.left = all;
    this.front = all.get(0);
  }

  /** Another session needs what this one has. */
  private void moved(Choice choice) {
    for (Candidate candidate : left) {
      if (candidate.choice() == choice) {
        front = candidate;
      }
    }
  }

  /** The one that is played, as far as is known; for any thread. */
  Candidate front() {
    return front;
  }

  /** Goes to the next entry that is compared; false when all recordings are at their end. */
  boolean next() throws IOException {
    if (chooser == null) {
      return front.next(null);
    }
    boolean more = false;
    for (Candidate candidate : left) {
      more |= candidate.next(fingerprint);
    }
    settle();
    return more;
  }

  /**
   * Keeps those that expect that frame.
   *
   * @return false when none does, or others play them all: then {@link #nearest} tells
   */
  boolean narrow(ByteBuffer frame, Comparer comparer) {
    if (chooser == null) {
      return !front.isAtEnd() && comparer.difference(front.expected(), frame) < 0;
    }
    List<Candidate> agreeing = new ArrayList<>();
    for (Candidate candidate : left) {
      if (!candidate.isAtEnd() && comparer.difference(candidate.expected(), frame) < 0) {
        agreeing.add(candidate);
      }
    }
    boolean goesOn = !agreeing.isEmpty() && take(List.of(agreeing));
    begun |= goesOn;
    allTaken = !agreeing.isEmpty() && !goesOn;
    return goesOn;
  }

  /** The frame came that is expected; gives the values that are copied from it. */
  byte[] passed(ByteBuffer frame) throws IOException {
    byte[] cut = front.passed(frame);
    for (Candidate candidate : left) {
      if (candidate != front) {
        candidate.passed(frame);
      }
    }
    return cut;
  }

  /**
   * The client ended: whether one of them ends here, too, which is then the one that was played.
   */
  boolean endHere() {
    List<Candidate> ending = new ArrayList<>();
    for (Candidate candidate : left) {
      if (candidate.isAtEnd()) {
        ending.add(candidate);
      }
    }
    return chooser != null && !ending.isEmpty() && take(List.of(ending));
  }

  /**
   * Chooses the one in front. Those that go on come first: one that is at its end is played when
   * the client ends there, too.
   */
  private void settle() {
    List<Candidate> inOrder = new ArrayList<>();
    left.stream().filter(candidate -> !candidate.isAtEnd()).forEach(inOrder::add);
    left.stream().filter(Candidate::isAtEnd).forEach(inOrder::add);
    List<List<Candidate>> alternatives = new ArrayList<>();
    while (!inOrder.isEmpty()) {
      Candidate first = inOrder.get(0);
      alternatives.add(inOrder.stream().filter(first::sendsAs).toList());
      inOrder.removeIf(first::sendsAs);
    }
    take(alternatives);
  }

  private boolean take(List<List<Candidate>> alternatives) {
    List<List<Choice>> choices = alternatives.stream()
        .map(list -> list.stream().map(Candidate::choice).toList())
        .toList();
    Choice taken = chooser.take(seat, choices);
    for (List<Candidate> alternative : alternatives) {
      for (Candidate candidate : alternative) {
        if (candidate.choice() == taken) {
          front = candidate; // before: who sees that one is left, finds it in front
          left = alternative;
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the frame that was refused agrees, but only with what other connections play. */
  boolean areAllTaken() {
    return allTaken;
  }

  /** Whether only one is left: it stays in front. */
  boolean isSettled() {
    return left.size() == 1;
  }

  /** That which came nearest to a frame that none expects: it is in front from now on. */
  Candidate nearest(ByteBuffer frame, Comparer comparer) {
    if (frame == null || chooser == null) {
      return front;
    }
    Candidate nearest = front;
    int farthest = -1;
    for (Candidate candidate : left) {
      int at = candidate.isAtEnd() ? -1 : comparer.difference(candidate.expected(), frame);
      if (at < 0 && !candidate.isAtEnd()) {
        at = Integer.MAX_VALUE; // another session plays it
      }
      if (at > farthest) {
        nearest = candidate;
        farthest = at;
      }
    }
    return nearest;
  }

  /** The session is over: what it played, if only in part, is not played again. */
  void leave() {
    chooser.leave(seat, begun);
  }
}
