package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Which request a reply answers. */
class UnansweredTest {
  private static Unanswered of(boolean answersEach, long... dues) {
    Unanswered unanswered = new Unanswered();
    unanswered.clear(answersEach);
    for (long due : dues) {
      unanswered.add(-1, due);
    }
    return unanswered;
  }

  @Test
  void repliesAnswerTheirRequestsInOrderWhereEachRequestHasOne() {
    Unanswered unanswered = of(true, 10, 20);
    assertEquals(10, unanswered.take(-1));
    unanswered.add(-1, 30);
    assertEquals(20, unanswered.take(-1));
    assertEquals(30, unanswered.take(-1));
    assertEquals(Unanswered.NONE, unanswered.take(-1));
  }

  @Test
  void otherwiseTheFirstReplyAnswersTheLastRequestBeforeIt() {
    Unanswered unanswered = of(false, 10, 20);
    assertEquals(20, unanswered.take(-1));
    assertEquals(Unanswered.NONE, unanswered.take(-1));
    unanswered.add(-1, 30);
    assertEquals(30, unanswered.take(-1));
  }

  @Test
  void aTiedReplyAnswersItsOwnRequestAndOnlyOnce() {
    Unanswered unanswered = new Unanswered();
    unanswered.clear(true);
    unanswered.add(0, 10);
    unanswered.add(1, 20);
    unanswered.add(2, 30);
    assertEquals(20, unanswered.take(1));
    assertEquals(Unanswered.NONE, unanswered.take(1));
    assertEquals(10, unanswered.take(-1));
    assertEquals(30, unanswered.take(2));
    assertFalse(unanswered.isAny());
  }

  @Test
  void aRequestWithoutReplyIsNotWaitedForOnceAnotherWasAnswered() {
    Unanswered unanswered = of(false, 10);
    assertTrue(unanswered.isAny());
    unanswered.add(-1, 20);
    unanswered.take(-1);
    assertFalse(unanswered.isAny());
  }

  @Test
  void aNewConnectionKnowsNoRequestsOfTheOneBefore() {
    Unanswered unanswered = of(true, 10, 20);
    unanswered.clear(true);
    assertFalse(unanswered.isAny());
    assertEquals(Unanswered.NONE, unanswered.take(-1));
  }

  @Test
  void anyNumberOfRequestsMayWaitWhileOthersComeAndGo() {
    Unanswered unanswered = of(true);
    Deque<Long> expected = new ArrayDeque<>();
    for (long due = 0; due < 10_000; due++) {
      unanswered.add(due, due);
      expected.add(due);
      if (due % 3 == 0) {
        assertEquals(expected.remove(), unanswered.take(-1));
      }
    }
    while (!expected.isEmpty()) {
      assertEquals(expected.remove(), unanswered.take(-1));
    }
    assertFalse(unanswered.isAny());
  }

  @Test
  void requestsThatNeverGetAReplyTakeBoundedMemory() {
    Unanswered unanswered = of(false);
    for (long due = 0; due < 5_000; due++) {
      unanswered.add(due, due);
    }
    assertEquals(Unanswered.NONE, unanswered.take(0));
    assertEquals(4_500, unanswered.take(4_500));
    assertEquals(4_999, unanswered.take(4_999));
  }
}
