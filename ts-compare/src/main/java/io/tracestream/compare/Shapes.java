package io.tracestream.compare;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields that bytes which vary belong to. Without evidence, a field is exactly the bytes
 * that vary. It is more than that only for a text that varies as a whole, such as a UUID. For one
 * thread.
 */
final class Shapes {
  private static final int SAMPLE = 64;
  /** A longer text is taken for several. */
  private static final int LONGEST = 80;

  private static final String BEGIN = "(?<![0-9A-Za-z])";
  private static final String END = "(?![0-9A-Za-z])";
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final List<Pattern> TOKENS = List.of(
      Pattern.compile(BEGIN + "([0-9a-f]{8,64}|[0-9A-F]{8,64})" + END),
      Pattern.compile(BEGIN + "[0-9A-Za-z+/_-]{8,64}={0,2}(?![0-9A-Za-z+/_=-])"));

  private final Kind kind;
  private final List<Step> steps;
  private final BitSet rest;
  /** Bytes that vary and belong to something else. */
  private final BitSet taken;

  private final List<Field> fields = new ArrayList<>();

  /**
   * A field.
   *
   * @param what what it seems to be, in words; empty for bytes that vary
   */
  record Field(int offset, int width, String what) {
    int end() {
      return offset + width;
    }
  }

  private Shapes(Kind kind, BitSet bytes) {
    this.kind = kind;
    this.steps = Scopes.sample(kind.steps(), SAMPLE);
    this.rest = (BitSet) bytes.clone();
    this.taken = (BitSet) kind.varying().clone();
    taken.andNot(bytes);
  }

  /** How many values a byte may have, judged by those that it has. */
  static double alphabet(Iterable<ByteBuffer> values) {
    boolean digits = true;
    boolean hex = true;
    boolean text = true;
    for (ByteBuffer value : values) {
      for (int i = value.position(); i < value.limit(); i++) {
        int c = value.get(i);
        digits &= c >= '0' && c <= '9' || c == '-' || c == '.';
        hex &= c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == '-';
        text &= c >= ' ' && c < 0x7f;
      }
    }
    return digits ? 10 : hex ? 16 : text ? 40 : 256;
  }

  /**
   * The fields that some bytes belong to.
   *
   * @param bytes bytes of that kind that vary
   */
  static List<Field> of(Kind kind, BitSet bytes) {
    Shapes shapes = new Shapes(kind, bytes);
    while (!shapes.rest.isEmpty()) {
      int from = shapes.rest.nextSetBit(0);
      shapes.next(new Change.Range(from, shapes.rest.nextClearBit(from) - from));
    }
    return shapes.fields;
  }

  private void next(Change.Range run) {
    Field text = text(run);
    add(text != null ? text : new Field(run.offset(), run.length(), ""));
  }

  private void add(Field field) {
    fields.add(field);
    rest.clear(field.offset, field.end());
  }

  private boolean isFree(int from, int to) {
    return taken.get(from, to).isEmpty();
  }

  private @Nullable Field text(Change.Range run) {
    Field uuid = find(UUID, run);
    if (uuid != null && variesAsText(uuid, 16, 5)) {
      return new Field(uuid.offset, uuid.width, "a UUID");
    }
    for (Pattern pattern : TOKENS) {
      Field token = find(pattern, run);
      if (token != null && variesAsText(token, pattern == TOKENS.get(0) ? 16 : 40, 0)) {
        return new Field(token.offset, token.width, "a text that varies as a whole");
      }
    }
    return null;
  }

  /** Whether no more characters are equal in all recordings than chance explains. */
  private boolean variesAsText(Field field, int alphabet, int constant) {
    int equal = field.width - kind.varying().get(field.offset, field.end()).cardinality();
    double chance = Math.pow(1.0 / alphabet, kind.steps().size());
    double mean = field.width * chance;
    return equal - constant <= mean + 2 * Math.sqrt(mean);
  }

  /** The text that contains the run, at the same place in all recordings. */
  private @Nullable Field find(Pattern pattern, Change.Range run) {
    Field found = null;
    for (Step step : steps) {
      for (int i = 0; i < step.recordings(); i++) {
        if (step.isIn(i)) {
          Field own = find(pattern, run, step.payload(i));
          if (own == null || found != null && !found.equals(own)) {
            return null;
          }
          found = own;
        }
      }
    }
    return found != null && isFree(found.offset, found.end()) ? found : null;
  }

  /** The text that contains the run in one payload; null if there is none. */
  static @Nullable Field find(Pattern pattern, Change.Range run, byte[] payload) {
    int runEnd = run.offset() + run.length();
    int from = Math.max(0, run.offset() - LONGEST);
    int to = Math.min(payload.length, runEnd + LONGEST);
    if (run.length() > LONGEST) {
      return null;
    }
    Matcher matcher =
        pattern.matcher(new String(payload, from, to - from, StandardCharsets.ISO_8859_1));
    while (matcher.find() && from + matcher.start() <= run.offset()) {
      if (from + matcher.end() >= runEnd) {
        return new Field(from + matcher.start(), matcher.end() - matcher.start(), "");
      }
    }
    return null;
  }
}
