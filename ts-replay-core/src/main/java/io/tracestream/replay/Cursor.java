package io.tracestream.replay;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.RecordedEnd;
import io.tracestream.recording.RecordingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link Script}: at an entry, at its end, or at damage. Holds a page's number and an
 * index, never the page. For one thread.
 */
final class Cursor {
  /** How far ahead to look for the end, in entries. */
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

  /** Goes to the place after that number of entries, or to the end if there are no more. */
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

  /** How many entries come before this place. */
  long entriesBefore() {
    return entriesBefore;
  }

  /** The number of this entry in the recording, from 1, counting those left out here. */
  long number() throws IOException {
    return entriesBefore + content().skippedBefore(index) + 1;
  }

  /** Whether a side had ended its sending before this place. */
  boolean hasEnded(Direction side) throws IOException {
    return content().hasEnded(side, index);
  }

  /** At the end: how the conversation ended; null where the recording does not say so. */
  @Nullable
  RecordedEnd end() throws IOException {
    return content().end();
  }

  /** At the end: whether the last line has no line end. */
  boolean mayBeCutShort() throws IOException {
    return content().mayBeCutShort();
  }

  boolean isAtEntry() throws IOException {
    return index < content().count();
  }

  /** What is here instead of an entry; null at an entry and at the end. */
  @Nullable
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

  /** Goes back to the previous entry; there must be one. */
  void back() throws IOException {
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

  /** The entry's line, from 1. */
  long line() throws IOException {
    return content().line(index);
  }

  long elapsedMicros() throws IOException {
    return content().elapsedMicros(index);
  }

  /** When the frame of the previous entry came; at the first one, when the conversation began. */
  long elapsedBefore() throws IOException {
    return content().elapsedBefore(index);
  }

  /** The entry as data, with another payload. */
  Entry entry(ByteBuffer payload) throws IOException {
    byte[] copy = new byte[payload.remaining()];
    payload.duplicate().get(copy);
    return new Entry(elapsedMicros(), direction(), copy);
  }

  /** The name of the file that the entry is in. */
  String recording() throws IOException {
    return content().fileName();
  }

  /** The entry's file and line. */
  String where() throws IOException {
    return content().fileName() + ":" + content().line(index);
  }

  /** This place for a person; after the last entry, with the direction that is received. */
  Place place(Direction received) throws IOException {
    boolean atEntry = isAtEntry();
    return Place.of(
        content().fileName(),
        atEntry ? direction() : received,
        number(),
        entriesIfNear(),
        atEntry ? line() : 0);
  }

  /** How many entries there are; 0 if the end is far away. */
  private long entriesIfNear() throws IOException {
    Cursor ahead = new Cursor(this);
    for (int i = 0; i < MOST_LOOKED_AT && ahead.isAtEntry(); i++) {
      ahead.next();
    }
    return ahead.isAtEnd() ? ahead.number() - 1 : 0;
  }
}
