package score;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/** A frame that its receiver cannot accept. */
final class Wrong extends IOException {
  private static final long serialVersionUID = 1;

  Wrong(String message) {
    super(message);
  }

  static void unlessEqual(String what, byte[] expected, byte[] found) throws Wrong {
    if (!Arrays.equals(expected, found)) {
      HexFormat hex = HexFormat.of();
      throw new Wrong(what + ": found " + hex.formatHex(found) + ", expected "
          + (expected == null ? "a value that was sent before" : hex.formatHex(expected)));
    }
  }
}
