package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Comparer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A place in a {@link Script}: at an entry, at its end, or at damage. Holds a page's number and an
 * index, never the page. For one thread.
 */
final class Cursor {
  /** How far around a mismatch is looked, in entries. */
  private static final int MOST_LOOKED_AT = 100;

  private Script script;
  private int page;
  private int index;
  private long entriesBefore;

  /** Not there yet: {@link #moveTo} says where. */
  Cursor(Script script) {
    this.script = script;
  }

  private Cursor(Cursor other) {
    this.script = other.script;
    this.page = other.page;
    this.index = other.index;
    this.entriesBefore = other.entriesBefore;
  }

  /** Goes to another place: after so many entries, or to the end when there are no more. */
  void moveTo(Script to, long target) throws IOException {
    script = to;
    page = to.pageAt(target);
    entriesBefore = to.entriesBefore(page);
    Script.Content content = content();
    while (target - entriesBefore >= content.count() && content.goesOn()) {
      entriesBefore += content.count();
      page++;
      content = content();
    }
    index = (int) Math.min(content.count(), target - entriesBefore);
    entriesBefore += index;
  }

  /** Another cursor at this place. */
  Cursor copy() {
    return new Cursor(this);
  }

  private Script.Content content() throws IOException {
    return script.content(page);
  }

  /** How many entries stand before this place. */
  long entriesBefore() {
    return entriesBefore;
  }

  boolean isAtEntry() throws IOException {
    return index < content().count();
  }

  /** What stands here in the place of an entry; null at an entry, and at the end. */
  RecordingException damage() throws IOException {
    return isAtEntry() ? null : content().damage();
  }

  boolean isAtEnd() throws IOException {
    return !isAtEntry() && content().damage() == null;
  }

  /** Goes on to the next place; there must be an entry here. */
  void next() throws IOException {
    Script.Content content = content();
    index++;
    entriesBefore++;
    if (index == content.count() && content.goesOn()) {
      page++;
      index = 0;
      content();
    }
  }

  private void back() throws IOException {
    if (index == 0) {
      page--;
      index = content().count();
    }
    index--;
    entriesBefore--;
  }

  /** Whether the entry before this place is the client's. */
  boolean isAfterRequest() throws IOException {
    if (entriesBefore == 0) {
      return false;
    }
    Cursor before = new Cursor(this);
    before.back();
    return before.direction() == Direction.C2S;
  }

  Direction direction() throws IOException {
    return content().direction(index);
  }

  /** The payload; leave its bytes as they are. */
  ByteBuffer payload() throws IOException {
    return content().payload(index);
  }

  long elapsedMicros() throws IOException {
    return content().elapsedMicros(index);
  }

  /** When the frame of the entry before came; at the first one, when the conversation began. */
  long elapsedBefore() throws IOException {
    return content().elapsedBefore(index);
  }

  /** The entry as data, with another payload. */
  Entry entry(ByteBuffer payload) throws IOException {
    byte[] copy = new byte[payload.remaining()];
    payload.duplicate().get(copy);
    return new Entry(elapsedMicros(), direction(), copy);
  }

  /** The entry's file and line. */
  String where() throws IOException {
    return content().fileName() + ":" + content().line(index);
  }

  /** This place for a person; behind the last entry with the direction that is compared. */
  Place place(Direction compared) throws IOException {
    boolean atEntry = isAtEntry();
    return Place.of(
        content().fileName(),
        atEntry ? direction() : compared,
        entriesBefore + 1,
        entriesIfNear(),
        atEntry ? content().line(index) : 0);
  }

  /** How many entries there are; 0 when the end is far. */
  private long entriesIfNear() throws IOException {
    Cursor ahead = new Cursor(this);
    for (int i = 0; i < MOST_LOOKED_AT && ahead.isAtEntry(); i++) {
      ahead.next();
    }
    return ahead.isAtEnd() ? ahead.entriesBefore : 0;
  }

  /**
   * The nearest entry of the direction that equals a frame which came in the place of this one;
   * null when there is none nearby.
   */
  Nearby nearest(ByteBuffer found, Comparer comparer, Direction compared) throws IOException {
    Nearby behind = nearestBack(found, comparer, compared);
    Nearby ahead = nearestAhead(found, comparer, compared);
    return behind == null || ahead != null && ahead.steps() < -behind.steps() ? ahead : behind;
  }

  private Nearby nearestAhead(ByteBuffer found, Comparer comparer, Direction compared)
      throws IOException {
    Cursor ahead = new Cursor(this);
    int steps = 0;
    for (int i = 0; i < MOST_LOOKED_AT && ahead.isAtEntry(); i++) {
      ahead.next();
      if (ahead.isAtEntry() && ahead.direction() == compared) {
        steps++;
        if (comparer.difference(ahead.payload(), found) < 0) {
          return ahead.asNearby(steps);
        }
      }
    }
    return null;
  }

  private Nearby nearestBack(ByteBuffer found, Comparer comparer, Direction compared)
      throws IOException {
    Cursor back = new Cursor(this);
    int steps = 0;
    for (int i = 0; i < MOST_LOOKED_AT && back.entriesBefore > 0; i++) {
      back.back();
      if (back.direction() == compared) {
        steps--;
        if (comparer.difference(back.payload(), found) < 0) {
          return back.asNearby(steps);
        }
      }
    }
    return null;
  }

  private Nearby asNearby(int steps) throws IOException {
    return Nearby.of(entriesBefore + 1, content().line(index), steps);
  }
}
