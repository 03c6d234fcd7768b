package io.tracestream.replay;

import io.tracestream.codec.Framing;
import io.tracestream.engine.Addresses;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.Copy;
import io.tracestream.rules.Field;
import io.tracestream.rules.Rules;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a session first departed from the recording. Immutable, except that payloads are not
 * copied: do not change their bytes.
 */
public final class Mismatch implements Cloneable {
  /** How many places are kept of those that differ. */
  static final int MOST_PLACES = 100;
  /** How much of each side one line shows, in bytes. */
  private static final int SHOWN = 16;

  // Set before anybody else sees the object, and never again.
  private final Kind kind;
  private final long connection;
  private final InetSocketAddress peer;
  private final Rules rules;
  private final Place place;
  private @Nullable Entry expected;
  /** The payload of the expected entry as it was recorded; null when nothing else was expected. */
  private byte @Nullable [] recorded;

  private byte @Nullable [] found;
  private @Nullable String reason;
  private @Nullable Nearby nearby;
  private List<Copy> copies = List.of();
  private List<Place> outstanding = List.of();
  private long outstandingCount;
  private int conversations;
  private @Nullable Partial partial;
  private @Nullable String beginning;
  private @Nullable Hint otherOrder;
  private boolean afterOurEnd;
  private boolean anyRequest;
  /** Found when first asked for: large payloads are compared once. */
  private @Nullable List<Field> differing;

  /** What came instead of the expected entry. */
  public enum Kind {
    /** Another frame. */
    DIFFERENT_FRAME,
    /**
     * A frame that equals no recorded request, for a stub: the place is that of the most similar
     * request.
     */
    UNKNOWN_REQUEST,
    /** The expected frame, before the frame of ours that it answers was sent. */
    TOO_EARLY,
    /** A frame after the end of the recording. */
    EXTRA_FRAME,
    /** The end of the peer's sending. */
    EARLY_END,
    /** Bytes that are not a frame: a length above the maximum, or an end inside a frame. */
    BAD_FRAME,
    /** The connection broke. */
    CONNECTION_LOST,
    /** A frame of ours could not be sent: the other side had left, or did not read. */
    NOT_TAKEN,
    /** Nothing, for as long as we waited. */
    NOTHING_CAME,
    /** A connection when all conversations had been played or were being played. */
    EXTRA_CONNECTION
  }

  private Mismatch(Kind kind, long connection, InetSocketAddress peer, Place place, Rules rules) {
    this.kind = Objects.requireNonNull(kind, "kind");
    this.connection = connection;
    this.peer = Objects.requireNonNull(peer, "peer");
    this.place = Objects.requireNonNull(place, "place");
    this.rules = Objects.requireNonNull(rules, "rules");
  }

  /**
   * A mismatch.
   *
   * @param kind what came instead of the entry
   * @param connection the connection's number, from 1
   * @param peer the address of the side that departed
   * @param place where the expected entry is
   * @param rules what may vary
   * @return the mismatch
   */
  public static Mismatch of(
      Kind kind, long connection, InetSocketAddress peer, Place place, Rules rules) {
    return new Mismatch(kind, connection, peer, place, rules);
  }

  private Mismatch with(Consumer<Mismatch> change) {
    try {
      Mismatch copy = (Mismatch) clone();
      copy.differing = null;
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** The same with the payload of the expected entry as it was recorded. */
  Mismatch withRecorded(ByteBuffer payload) {
    if (rules.copied().isEmpty()) {
      return this;
    }
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return with(copy -> copy.recorded = bytes);
  }

  /**
   * The same with the entry that was expected.
   *
   * @param entry with live values where rules copy them; null after the last entry
   * @return the changed copy
   */
  public Mismatch withExpected(@Nullable Entry entry) {
    return with(copy -> copy.expected = entry);
  }

  /**
   * The same with the frame that came.
   *
   * @param payload its payload; null when no frame came
   * @return the changed copy
   */
  public Mismatch withFound(byte @Nullable [] payload) {
    return with(copy -> copy.found = payload);
  }

  /**
   * The same with what happened instead of a frame.
   *
   * @param clause a main clause, such as {@code the client ended its sending}; null when a frame
   *     came
   * @return the changed copy
   */
  public Mismatch withReason(@Nullable String clause) {
    return with(copy -> copy.reason = clause);
  }

  /**
   * The same with the entry nearby that is like the frame.
   *
   * @param entry that entry; null when there is none
   * @return the changed copy
   */
  public Mismatch withNearby(@Nullable Nearby entry) {
    return with(copy -> copy.nearby = entry);
  }

  /**
   * The same with copies that explain the bytes that differ: other recorded entries carry the
   * recorded bytes.
   *
   * @param found copies from fields of the expected entry; empty for none
   * @return the changed copy
   */
  Mismatch withCopies(List<Copy> found) {
    return with(copy -> copy.copies = List.copyOf(found));
  }

  /**
   * The same with the entries that could have come here.
   *
   * @param places their places, in recorded order; the first ones are enough
   * @param count how many there are in all
   * @return the changed copy
   */
  Mismatch withOutstanding(List<Place> places, long count) {
    return with(copy -> {
      copy.outstanding = List.copyOf(places);
      copy.outstandingCount = count;
    });
  }

  /** Where frames choose the conversation: how many could have gone on here. */
  Mismatch withConversations(int count) {
    return with(copy -> copy.conversations = count);
  }

  /** Where each request is answered by itself: any of them could have come. */
  Mismatch withAnyRequest() {
    return with(copy -> copy.anyRequest = true);
  }

  boolean anyRequest() {
    return anyRequest;
  }

  /** With what may help where recorded frames come in another order; null for nothing. */
  Mismatch withOtherOrder(@Nullable Hint hint) {
    return with(copy -> copy.otherOrder = hint);
  }

  /** With the name of another conversation that begins with the frame; null for none. */
  Mismatch withBeginning(@Nullable String conversation) {
    return with(copy -> copy.beginning = conversation);
  }

  /** Another conversation that begins with the frame; null for none. */
  @Nullable
  String beginning() {
    return beginning;
  }

  /** With the beginning of a frame that did not come whole; null for none. */
  Mismatch withPartial(@Nullable Partial beginning) {
    return with(copy -> copy.partial = beginning);
  }

  /**
   * The same with what we had done before.
   *
   * @param after whether it came after we had ended our sending, or had closed an earlier
   *     connection of the same peer, because the recording had ended
   * @return the changed copy
   */
  Mismatch withAfterOurEnd(boolean after) {
    return with(copy -> copy.afterOurEnd = after);
  }

  /**
   * What came instead of the expected entry.
   *
   * @return in one word
   */
  public Kind kind() {
    return kind;
  }

  /**
   * The connection's number.
   *
   * @return from 1
   */
  public long connection() {
    return connection;
  }

  /**
   * The side that departed.
   *
   * @return its address
   */
  public InetSocketAddress peer() {
    return peer;
  }

  /**
   * Where the expected entry is.
   *
   * @return its place
   */
  public Place place() {
    return place;
  }

  /**
   * The entry that was expected, with live values where rules copy them.
   *
   * @return the entry; null after the last one
   */
  public @Nullable Entry expected() {
    return expected;
  }

  /**
   * The payload of the frame that came.
   *
   * @return the payload; null when no frame came
   */
  public byte @Nullable [] found() {
    return found;
  }

  /**
   * What happened instead of a frame.
   *
   * @return a main clause; null when a frame came
   */
  public @Nullable String reason() {
    return reason;
  }

  /**
   * The entry nearby that is like the frame.
   *
   * @return the entry; null when there is none
   */
  public @Nullable Nearby nearby() {
    return nearby;
  }

  /**
   * The entries that could have come here, if there was more than one.
   *
   * @return the places of the first ones, in recorded order; empty where one entry was expected
   */
  public List<Place> outstanding() {
    return outstanding;
  }

  /**
   * How many entries could have come here.
   *
   * @return at least as many as {@link #outstanding} has; 0 where one entry was expected
   */
  public long outstandingCount() {
    return outstandingCount;
  }

  /**
   * Whether it came after our own end.
   *
   * @return true after we had ended our sending, or had closed an earlier connection of the same
   *     peer, because the recording had ended
   */
  public boolean afterOurEnd() {
    return afterOurEnd;
  }

  /**
   * What may vary.
   *
   * @return the rules
   */
  public Rules rules() {
    return rules;
  }

  /** How many recorded conversations could have gone on here; 0 where there was no choice. */
  int conversations() {
    return conversations;
  }

  /** The beginning of a frame that did not come whole; null for none. */
  @Nullable
  Partial partial() {
    return partial;
  }

  /** Memory that the payloads take, in bytes. */
  long payloadBytes() {
    return (found == null ? 0 : found.length)
        + (recorded == null ? 0L : recorded.length)
        + (expected == null ? 0L : expected.payload().length);
  }

  /** Whether the side that departed is a client; else it is a target. */
  boolean isClient() {
    boolean isOurs = kind == Kind.NOT_TAKEN && !place.isEnd();
    return place.direction() == (isOurs ? Direction.S2C : Direction.C2S);
  }

  /**
   * The first byte that differs and is compared.
   *
   * @return its offset in the payload, from 0; where one side is a beginning of the other, the
   *     length of the shorter one; -1 unless there are two payloads to compare
   */
  public int offset() {
    return expected == null || found == null
        ? -1
        : comparer()
            .difference(
                recorded(expected), ByteBuffer.wrap(expected.payload()), ByteBuffer.wrap(found));
  }

  /**
   * The places that differ and are compared, where the payloads have the same length. A single byte
   * that is the same between two that differ counts as one that differs: in a value that varies,
   * that happens by chance.
   *
   * @return the fields from the first to the last byte of each place, in order, at most 100; empty
   *     where there are no two payloads of the same length
   */
  public List<Field> differing() {
    if (differing == null) {
      differing = expected != null && found != null && expected.payload().length == found.length
          ? differing(expected.payload(), found, compared(expected, found), place.direction())
          : List.of();
    }
    return differing;
  }

  /**
   * The bytes of the expected payload that rules leave open.
   *
   * @return the fields in order, at most 100; empty where there are no two payloads to compare
   */
  public List<Field> open() {
    if (expected == null || found == null) {
      return List.of();
    }
    List<Field> places = new ArrayList<>();
    IntPredicate compared = compared(expected, found);
    int length = expected.payload().length;
    int first = -1;
    for (int at = 0; at <= length && places.size() < MOST_PLACES; at++) {
      boolean isOpen = at < length && !compared.test(at);
      if (isOpen && first < 0) {
        first = at;
      } else if (!isOpen && first >= 0) {
        places.add(Field.of(place.direction(), first, at - first));
        first = -1;
      }
    }
    return List.copyOf(places);
  }

  /** The places that differ in two payloads of the same length. */
  static List<Field> differing(
      byte[] expected, byte[] found, IntPredicate compared, Direction direction) {
    List<Field> places = new ArrayList<>();
    int first = -1;
    int last = -1;
    for (int at = 0; at < found.length && places.size() < MOST_PLACES; at++) {
      if (expected[at] != found[at] && compared.test(at)) {
        if (first >= 0 && at - last > 2) {
          places.add(Field.of(direction, first, last + 1 - first));
          first = -1;
        }
        first = first < 0 ? at : first;
        last = at;
      }
    }
    if (first >= 0 && places.size() < MOST_PLACES) {
      places.add(Field.of(direction, first, last + 1 - first));
    }
    return List.copyOf(places);
  }

  /**
   * The rules under which the frame would have matched, where it looks as if a few values vary from
   * run to run: copies where recorded entries of the other direction carry the recorded value, too,
   * and else bytes to ignore.
   *
   * @return the rules; none where the difference has another shape, or where the frame is more like
   *     another entry
   */
  public Rules proposed() {
    boolean mayVary = kind == Kind.DIFFERENT_FRAME || kind == Kind.UNKNOWN_REQUEST;
    return mayVary && nearby == null && !isMoved() ? Proposal.of(this, copies) : Rules.NONE;
  }

  /**
   * The framing that the bytes which came would fit.
   *
   * @return the framing; null when nothing speaks for another one
   */
  public @Nullable Framing likelyFraming() {
    return partial == null ? null : partial.likelyFraming(expected);
  }

  /**
   * What may help, as far as it is a matter of a setting.
   *
   * @return the hints, the best first; empty when there are none
   */
  public List<Hint> hints() {
    boolean fromClient = isClient();
    List<Hint> hints = new ArrayList<>();
    switch (kind) {
      case DIFFERENT_FRAME, UNKNOWN_REQUEST -> {
        if (beginning != null) {
          return List.of(Hint.SELECT_MATCH);
        }
        if (!proposed().equals(Rules.NONE)) {
          hints.add(Hint.ADD_RULES);
        }
        int rules = proposed().ignored().size() + proposed().copied().size();
        if (nearby == null && differing().size() > 1 && rules != 1) {
          hints.add(Hint.LEARN);
        }
        if (otherOrder != null && isInOtherOrder()) {
          hints.add(otherOrder);
        }
        if (isEmptyFirstFrame()) {
          hints.add(Hint.CHECK_FORMAT);
        }
      }
      case BAD_FRAME -> addFormat(hints);
      case NOTHING_CAME -> {
        if (partial != null) {
          addFormat(hints);
        }
        if (!hasClearBeginning()) {
          hints.add(fromClient ? Hint.LONGER_IDLE_TIMEOUT : Hint.LONGER_REPLY_TIMEOUT);
        }
      }
      case EXTRA_FRAME -> {
        if (afterOurEnd && fromClient) {
          hints.add(Hint.HOLD_AT_END);
        }
      }
      case EXTRA_CONNECTION -> {
        if (afterOurEnd) {
          hints.add(Hint.HOLD_AT_END);
        }
        hints.add(Hint.REPEAT);
      }
      case EARLY_END -> {
        if (fromClient && place.entry() > 1) {
          hints.add(Hint.RECORD_EACH_CONNECTION);
        }
      }
      default -> {}
    }
    return hints;
  }

  /** Whether it is a recorded frame that may come here in another order: no request is missing. */
  private boolean isInOtherOrder() {
    return nearby != null
        && nearby.differing().isEmpty()
        && nearby.steps() > 0
        && nearby.entry() - place.entry() == nearby.steps();
  }

  /** A header that announces nothing, where the recording begins with something. */
  boolean isEmptyFirstFrame() {
    return (kind == Kind.DIFFERENT_FRAME || kind == Kind.UNKNOWN_REQUEST)
        && found != null
        && found.length == 0
        && place.entry() <= 2;
  }

  /** Whether it is clear from the first bytes that these are other frames, or none. */
  boolean hasClearBeginning() {
    return partial != null && partial.isClear(expected);
  }

  /** Whether the frame that did not come whole had nothing wrong so far. */
  boolean isCut() {
    return partial != null && !partial.isRefused();
  }

  private void addFormat(List<Hint> hints) {
    if (partial == null || partial.mayBeSetRight(expected)) {
      hints.add(Hint.CHECK_FORMAT);
    }
  }

  /** The peer as it is written on the command line. */
  String peerAddress() {
    return Addresses.numeric(peer);
  }

  /** The rules that copy a live value to where another one came. */
  List<Copy> wrongCopies() {
    if (expected == null || found == null) {
      return List.of();
    }
    ByteBuffer recorded = recorded(expected);
    ByteBuffer is = ByteBuffer.wrap(found);
    ByteBuffer should = ByteBuffer.wrap(expected.payload());
    Comparer comparer = comparer();
    return rules.copied().stream()
        .filter(copy -> copy.to().direction() == place.direction())
        .filter(copy ->
            copy.to().isIn(recorded) && copy.to().isIn(should) && copy.to().isIn(is))
        .filter(copy -> {
          ByteBuffer value = comparer.valueInLive(copy.to(), recorded, should);
          return value != null && !value.equals(comparer.valueIn(copy.to(), recorded, is));
        })
        .toList();
  }

  /** The payload of the expected entry before live values went into it. */
  ByteBuffer recorded(Entry live) {
    return ByteBuffer.wrap(recorded == null ? live.payload() : recorded);
  }

  /** Whether offsets in the expected payload are not those of the recorded one, as rules need. */
  boolean isMoved() {
    return expected != null && recorded(expected).remaining() != expected.payload().length;
  }

  /** Whether the byte at an offset of the expected payload is compared with the one that came. */
  IntPredicate compared(Entry live, byte[] frame) {
    return comparer()
        .compared(recorded(live), ByteBuffer.wrap(live.payload()), ByteBuffer.wrap(frame));
  }

  Comparer comparer() {
    return new Comparer(rules, place.direction());
  }

  /**
   * All that is known of the mismatch, for a person: where it is, what was expected and what came,
   * the bytes around the difference, and what can be done, apart from settings.
   *
   * @param context how many bytes to show before and after the first difference, 0 or more
   * @param colours whether to mark bytes with the colours of a terminal as well
   * @return some lines, without a line end after the last
   */
  public String explain(int context, boolean colours) {
    return explain(context, colours, hint -> null);
  }

  /**
   * The same as {@link #explain(int, boolean)}, and what can be done with a setting.
   *
   * @param context how many bytes to show before and after the first difference, 0 or more
   * @param colours whether to mark bytes with the colours of a terminal as well
   * @param words puts each of the {@link #hints} in words, in one line; null for none
   * @return some lines, without a line end after the last
   */
  public String explain(int context, boolean colours, Function<Hint, @Nullable String> words) {
    return new Explanation(this, context, colours, words).toString();
  }

  /**
   * The same without the bytes, for whoever shows them in another way.
   *
   * @param words as in {@link #explain(int, boolean, Function)}
   * @return some lines, without a line end after the last
   */
  public String explainWithoutBytes(Function<Hint, @Nullable String> words) {
    return new Explanation(this, Explanation.NO_BYTES, false, words).toString();
  }

  /**
   * The mismatch in one line: where, what came, and what was expected.
   *
   * @return the line, without a line end
   */
  @Override
  public String toString() {
    if (kind == Kind.EXTRA_CONNECTION) {
      return "connection " + connection + " " + place.recording() + ": " + reason;
    }
    String where = place.isEnd()
        ? (anyRequest ? "" : "after the last entry of ") + place.recording()
        : "entry " + place.entry() + " " + place.recording() + ":" + place.line();
    return "connection " + connection + " " + place.direction() + " " + where + ": " + what();
  }

  private String what() {
    if (found == null) {
      return reason + "; " + next();
    }
    if (expected == null) {
      return "found one more frame, " + shown(found);
    }
    if (kind == Kind.UNKNOWN_REQUEST) {
      return "found a request that was not recorded, " + shown(found) + "; the most similar one is "
          + shown(expected.payload()) + "; first difference at payload byte " + offset();
    }
    return kind == Kind.TOO_EARLY
        ? "found the expected frame, " + shown(found) + ", before the frame it answers was sent"
        : "found " + shown(found) + ", expected " + shown(expected.payload())
            + "; first difference at payload byte " + offset();
  }

  /** What the recording has here. */
  private String next() {
    if (expected == null) {
      return anyRequest ? "expected any recorded request" : "the recording is over";
    }
    return (kind == Kind.NOT_TAKEN ? "it was sent " : "expected ") + shown(expected.payload());
  }

  /** The length, and the bytes around the first difference. */
  private String shown(byte[] payload) {
    int from = Math.max(0, Math.min(offset(), payload.length) - SHOWN / 2);
    int to = Math.min(payload.length, from + SHOWN);
    String hex = HexFormat.of().formatHex(payload, from, to);
    String text = payload.length == 0
        ? ""
        : " " + (from > 0 ? ".." : "") + hex + (to < payload.length ? ".." : "");
    return bytes(payload.length) + text;
  }

  static String bytes(long count) {
    return count == 1 ? "1 byte" : count + " bytes";
  }
}
