package io.tracestream.rules;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.Redaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces the bytes of some fields before they are recorded. Immutable.
 *
 * <p>Each byte becomes an asterisk, and each of {@code digits} a 0. The length before the content
 * of a field such as {@code c2s:4+len8} stays, and so does the length of a varint: each field of a
 * recorded payload is where it was. So do bytes that a condition asks for, as in
 * {@code c2s[0="LOGR"]:0+16}: they are in the text of the field anyway.
 *
 * <p>A payload of the right kind that is too short for the whole field, or does not have its shape,
 * is replaced from the field's offset on, to its end: it may have a part of what must not be
 * recorded. Such a field of a {@code Rules#redacted} rule is not compared in the same bytes.
 */
public final class RedactedFields implements Redaction {
  /** What no field of varying length takes for digits, an end or a length that it can have. */
  private static final byte NO_SHAPE = (byte) 0xff;

  private final List<Field> fields;
  private final ByKind<Field> c2s;
  private final ByKind<Field> s2c;

  private RedactedFields(List<Field> fields) {
    this.fields = List.copyOf(fields);
    this.c2s = ofDirection(Direction.C2S);
    this.s2c = ofDirection(Direction.S2C);
  }

  /**
   * Redacts these fields.
   *
   * @param fields one or more
   * @return what a recorder takes
   * @throws IllegalArgumentException if the text of a field cannot be in a recording: it is not
   *     ASCII, or very long
   */
  public static RedactedFields of(List<Field> fields) {
    for (Field field : fields) {
      String text = field.toString();
      if (text.length() > LONGEST_FIELD) {
        throw new IllegalArgumentException(
            Shown.quoted(text) + ": longer than " + LONGEST_FIELD + " characters");
      }
      for (int at = 0; at < text.length(); at++) {
        if (text.charAt(at) < ' ' || text.charAt(at) > '~') {
          throw new IllegalArgumentException(Shown.quoted(text, at) + ": character " + (at + 1)
              + ": is not ASCII; write these bytes as hex, such as 4=c3a9");
        }
      }
    }
    return new RedactedFields(fields);
  }

  private ByKind<Field> ofDirection(Direction direction) {
    List<Field> some = new ArrayList<>();
    for (Field field : fields) {
      if (field.direction() == direction) {
        some.add(field.redacted());
      }
    }
    return new ByKind<>(some, Field::frames, Field[]::new);
  }

  @Override
  public List<String> fields() {
    return fields.stream().map(Field::toString).toList();
  }

  @Override
  public void redact(Direction direction, ByteBuffer payload) {
    Field[] some = (direction == Direction.C2S ? c2s : s2c).of(payload);
    ByteBuffer[] values = new ByteBuffer[some.length];
    boolean[] areWhole = new boolean[some.length];
    for (int i = 0; i < some.length; i++) { // all of them, before one changes what tells another
      values[i] = some[i].valueFrom(payload, some[i].startIn(payload));
      areWhole[i] = some[i].isWholeIn(payload);
    }
    for (int i = 0; i < some.length; i++) {
      Shape shape = some[i].shape();
      if (areWhole[i] && shape != null) {
        shape.blank(values[i]);
      } else {
        fill(values[i], areWhole[i] || some[i].isFixed() ? Shape.BLANK : NO_SHAPE);
      }
    }
    for (Field field : some) {
      field.frames().restoreIn(payload);
    }
  }

  private static void fill(ByteBuffer value, byte with) {
    for (int at = value.position(); at < value.limit(); at++) {
      value.put(at, with);
    }
  }

  /**
   * What is not to be compared in a recording, as bytes of it were replaced.
   *
   * @param recording the recording; it stays open
   * @return a rule for each field that it names; no rules if it names none
   * @throws RecordingException if it names something else than a field
   * @throws IOException if reading fails
   */
  public static Rules in(Recording recording) throws IOException {
    return rules(recording.toString(), recording.redacted());
  }

  /**
   * The same for several of them.
   *
   * @param conversations what is going to be played
   * @param maxPayloadLength the longest payload to take, in bytes
   * @return a rule for each field that any of them names
   * @throws RecordingException if one of them names something else, or cannot be opened
   * @throws IOException if reading fails
   */
  public static Rules in(List<Conversation> conversations, int maxPayloadLength)
      throws IOException {
    Set<List<String>> known = new LinkedHashSet<>(); // usually all of a folder name the same
    Rules rules = Rules.NONE;
    for (Conversation conversation : conversations) {
      List<String> texts = conversation.redacted(maxPayloadLength);
      if (known.add(texts)) {
        rules = rules.plus(rules(conversation.toString(), texts));
      }
    }
    return rules;
  }

  private static Rules rules(String name, List<String> texts) throws RecordingException {
    Rules rules = Rules.NONE;
    for (String text : texts) {
      try {
        rules = rules.redacting(Field.parse(text));
      } catch (IllegalArgumentException e) {
        throw new RecordingException(
            name + ": # redact " + e.getMessage() + "; correct the line or record again");
      }
    }
    return rules;
  }
}
