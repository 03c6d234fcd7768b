package score;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Where the fields of a generated frame are, in the words of rules. */
final class Layout {
  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder steps = new StringBuilder();
  private final ByteArrayOutputStream constant = new ByteArrayOutputStream();
  private int constantAt;
  private int at;

  /** What a rule can be about. */
  enum Kind {
    FRESH,
    SAME,
    COMPUTED,
    LENGTH
  }

  /**
   * A field.
   *
   * @param name of its value
   * @param place where it is and how long: {@code 4/len16/2+8}
   */
  record Part(Kind kind, String name, String place) {}

  Layout(Field... fields) {
    for (Field field : fields) {
      field.describe(this);
    }
  }

  void constant(byte[] content) {
    boolean goesOn = constant.size() > 0 && constantAt + constant.size() == at;
    if (steps.isEmpty() && (constant.size() == 0 || goesOn)) {
      constantAt = goesOn ? constantAt : at;
      constant.writeBytes(content);
    }
    at += content.length;
  }

  void field(Kind kind, String name, Shape shape) {
    String size = shape.inRules();
    String here =
        at == 0 && !steps.isEmpty() ? steps.substring(0, steps.length() - 1) : steps + "" + at;
    parts.add(new Part(kind, name, here + "+" + size));
    if (Character.isDigit(size.charAt(0))) {
      at += Integer.parseInt(size);
    } else {
      steps.append(here, steps.length(), here.length()).append('/').append(size).append('/');
      at = shape.delimiterSize();
    }
  }

  void length(Shape.Length length) {
    parts.add(new Part(Kind.LENGTH, "", (steps + "" + at) + "+" + length.inRules()));
    at += length.of(0).length;
  }

  /** These frames and no others: by the first bytes that are constant, or else by their length. */
  String frames(boolean ofClient) {
    String direction = ofClient ? "c2s" : "s2c";
    return constant.size() > 0
        ? direction + "[" + constantAt + "=" + HexFormat.of().formatHex(constant.toByteArray())
            + "]"
        : steps.isEmpty() ? direction + "[len=" + at + "]" : direction;
  }

  boolean varies() {
    return !steps.isEmpty();
  }

  List<Part> parts() {
    return parts;
  }
}
