package io.tracestream.rules;

import java.util.Objects;

/**
 * A field whose live value goes into frames of the other direction, written
 * {@code c2s:4+4->s2c:0+4}: where a recorded reply holds the four bytes that a recorded request
 * before it held, the reply that is played holds those of the live request in their place.
 *
 * <p>A frame belongs to the latest frame before it, of the other direction, whose recorded bytes in
 * {@code from} equal its own recorded bytes in {@code to}: so replies find their requests whatever
 * their order. Without such a frame it is left as it was recorded.
 *
 * @param from where the value is taken; it is live, so these bytes are not compared
 * @param to where it is put
 */
public record Copy(Field from, Field to) {
  private static final String ARROW = "->";

  /**
   * Refuses a copy that cannot be made.
   *
   * @param from where the value is taken
   * @param to where it is put
   * @throws IllegalArgumentException when the lengths differ, or the directions do not
   */
  public Copy {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(to, "to");
    if (from.direction() == to.direction()) {
      throw new IllegalArgumentException("found \"" + from + ARROW + to
          + "\", expected two directions, as a copy goes from a frame to its answer");
    }
    if (from.length() != to.length()) {
      throw new IllegalArgumentException("found \"" + from + ARROW + to + "\" with lengths "
          + from.length() + " and " + to.length() + ", expected equal lengths");
    }
  }

  /**
   * Reads a copy from its text.
   *
   * @param text such as {@code c2s:4+4->s2c:0+4}
   * @return the copy
   * @throws IllegalArgumentException when the text says none: what was found, what was expected
   */
  public static Copy parse(String text) {
    String[] sides = text.split(ARROW, -1);
    if (sides.length != 2) {
      throw new IllegalArgumentException(
          "found \"" + text + "\", expected two fields and an arrow, such as c2s:4+4->s2c:0+4");
    }
    return new Copy(Field.parse(sides[0].strip()), Field.parse(sides[1].strip()));
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return from + ARROW + to;
  }
}
