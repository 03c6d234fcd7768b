package io.tracestream.rules;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A field whose live value goes into frames of the other direction, written
 * {@code c2s:4+4->s2c:0+4}: where a recorded reply holds the four bytes that a recorded request
 * before it held, the reply that is played holds those of the live request in their place.
 *
 * <p>A frame belongs to the latest frame before it, of the other direction, whose recorded bytes in
 * {@link #from} equal its own recorded bytes in {@link #to}: so replies find their requests
 * whatever their order. Without such a frame it is left as it was recorded.
 *
 * <p>Where the length of the fields varies, as in {@code c2s:4+len8->s2c:0+len16}, the value is the
 * content: the length before it is made anew, and what follows it moves.
 *
 * <p>{@code s2c:4+8->c2s:0+8 across} also takes values that came on other connections of the same
 * run, such as the token of a logon. Immutable.
 */
public final class Copy {
  private static final String ARROW = "->";
  private static final String ACROSS = "across";

  private final Field from;
  private final Field to;
  private final boolean across;

  private Copy(Field from, Field to, boolean across) {
    this.from = from;
    this.to = to;
    this.across = across;
  }

  /**
   * A copy.
   *
   * @param from where the value is taken; it is live, so these bytes are not compared
   * @param to where it is put
   * @return the copy
   * @throws IllegalArgumentException when the lengths differ, or the directions do not; or when the
   *     length of one of them varies, and the other one cannot hold each of its values
   */
  public static Copy of(Field from, Field to) {
    Copy copy =
        new Copy(Objects.requireNonNull(from, "from"), Objects.requireNonNull(to, "to"), false);
    if (from.direction() == to.direction()) {
      throw new IllegalArgumentException(
          Shown.quoted(copy.toString()) + ": a copy goes from one direction to the other");
    }
    String why = why(from, to);
    if (why != null) {
      throw new IllegalArgumentException(Shown.quoted(copy.toString()) + ": " + why);
    }
    return copy;
  }

  /** Why no live value can go from the one to the other; null when all may, as far as is known. */
  private static @Nullable String why(Field from, Field to) {
    Shape source = from.shape();
    Shape target = to.shape();
    if (target == null) {
      return source != null
          ? "a value of " + source + " may have any length, and " + to.length()
              + " bytes have only one; write the shape of the second field as well"
          : from.length() == to.length()
              ? null
              : "the lengths " + from.length() + " and " + to.length()
                  + " differ; a copy puts as many bytes as it takes";
    }
    if (source != null) {
      return source.isVarint() == target.isVarint()
          ? null
          : "a varint can be copied to a varint only";
    }
    return target.holdsAnyBytes() && target.fits(from.length())
        ? null
        : target + " cannot hold any " + from.length()
            + " bytes; write the shape of the first field as well";
  }

  /**
   * Reads a copy from its text.
   *
   * @param text such as {@code c2s:4+4->s2c:0+4}, or {@code c2s:4+4->s2c:0+4 across}
   * @return the copy
   * @throws IllegalArgumentException when the text is not a copy; one line says where and why
   */
  public static Copy parse(String text) {
    RuleReader reader = new RuleReader(text);
    reader.skipBlanks();
    Field from = Field.read(reader);
    reader.skipBlanks();
    reader.require(
        ARROW, "write -> and a field of the other direction here, such as" + " c2s:4+4->s2c:0+4");
    reader.skipBlanks();
    Field to = Field.read(reader);
    reader.skipBlanks();
    boolean across = reader.skip(ACROSS);
    reader.skipBlanks();
    reader.requireEnd(across ? "the word " + ACROSS : "the second field");
    Copy copy = of(from, to);
    return across ? copy.acrossConnections() : copy;
  }

  /**
   * The same copy across connections: where a connection itself has not had a value, it takes the
   * latest one that any connection of the run had for the same recorded bytes.
   *
   * @return the copy
   */
  public Copy acrossConnections() {
    return new Copy(from, to, true);
  }

  /**
   * Whether values of other connections are taken, too.
   *
   * @return true after {@link #acrossConnections}
   */
  public boolean isAcrossConnections() {
    return across;
  }

  /**
   * Where the value is taken.
   *
   * @return a field; its bytes are not compared
   */
  public Field from() {
    return from;
  }

  /**
   * Where the value is put.
   *
   * @return a field of the other direction; of the same length, unless that varies
   */
  public Field to() {
    return to;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Copy copy
        && from.equals(copy.from)
        && to.equals(copy.to)
        && across == copy.across;
  }

  @Override
  public int hashCode() {
    return Objects.hash(from, to, across);
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return from + ARROW + to + (across ? " " + ACROSS : "");
  }
}
