package io.tracestream.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TypeRegistry;
import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import io.tracestream.rules.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shows payloads that are messages of Protocol Buffers, as {@code protoc --decode} would. Its
 * arguments are a descriptor set, and the types of the messages:
 *
 * <pre>
 *   bank.desc,bank.Message                            all payloads have this type
 *   bank.desc,c2s=bank.Request,s2c=bank.Reply         a type for each direction
 *   bank.desc,c2s[0=01]@1=bank.Login,...              for a kind of frame, in which the message
 *                                                     begins at offset 1
 * </pre>
 *
 * <p>Kinds of frames are written as in {@link Frames}. Of several that a frame has, the first one
 * counts. A payload of the right kind that is not such a message is shown as what it is not.
 */
public final class ProtobufDecoder implements PayloadDecoder {
  private static final String USAGE =
      "write a descriptor set and the type of the messages, such as bank.desc,bank.Message or"
          + " bank.desc,c2s=bank.Request,s2c=bank.Reply";

  private final List<Typed> types;
  private final TextFormat.Printer printer;

  /**
   * Frames whose payloads are messages of a type.
   *
   * @param kinds which frames
   * @param offset where in the payload the message begins
   * @param type the type of the message
   */
  private record Typed(List<Frames> kinds, int offset, Descriptor type) {
    private boolean has(Direction direction, ByteBuffer payload) {
      return payload.remaining() >= offset
          && kinds.stream()
              .anyMatch(kind -> kind.direction() == direction && kind.matches(payload));
    }
  }

  /** For the service loader. It knows no type, and so no payload. */
  public ProtobufDecoder() {
    this(List.of(), TypeRegistry.getEmptyTypeRegistry());
  }

  private ProtobufDecoder(List<Typed> types, TypeRegistry registry) {
    this.types = types;
    this.printer = TextFormat.printer().usingTypeRegistry(registry).escapingNonAscii(false);
  }

  @Override
  public String name() {
    return "protobuf";
  }

  @Override
  public PayloadDecoder with(String arguments) throws IOException {
    List<String> parts = split(arguments);
    if (parts.size() < 2 || parts.get(0).isEmpty()) {
      throw new IllegalArgumentException(USAGE);
    }
    DescriptorSet set = DescriptorSet.read(Path.of(parts.get(0)));
    List<Typed> types = new ArrayList<>();
    for (String part : parts.subList(1, parts.size())) {
      types.add(typed(part, set));
    }
    return new ProtobufDecoder(List.copyOf(types), set.registry());
  }

  /** At commas, but not at those in the brackets of a kind of frame, or in a text there. */
  private static List<String> split(String arguments) {
    List<String> parts = new ArrayList<>();
    boolean isInBrackets = false;
    boolean isInText = false;
    int from = 0;
    for (int i = 0; i < arguments.length(); i++) {
      char c = arguments.charAt(i);
      if (isInText && c == '\\') {
        i++;
      } else if (isInBrackets && c == '"') {
        isInText = !isInText;
      } else if (!isInText && (c == '[' || c == ']')) {
        isInBrackets = c == '[';
      } else if (!isInBrackets && c == ',') {
        parts.add(arguments.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(arguments.substring(from));
    return parts;
  }

  /** Reads {@code TYPE}, {@code FRAMES=TYPE} or {@code FRAMES@OFFSET=TYPE}. */
  private static Typed typed(String text, DescriptorSet set) {
    int equals = text.indexOf('=', text.lastIndexOf(']') + 1);
    if (equals < 0) {
      List<Frames> all = Stream.of(Direction.values()).map(Frames::of).toList();
      return new Typed(all, 0, set.type(text));
    }
    String frames = text.substring(0, equals);
    int at = frames.indexOf('@', frames.lastIndexOf(']') + 1);
    int offset = at < 0 ? 0 : offset(frames.substring(at + 1));
    Frames kind = Frames.parse(at < 0 ? frames : frames.substring(0, at));
    return new Typed(List.of(kind), offset, set.type(text.substring(equals + 1)));
  }

  private static int offset(String text) {
    if (text.matches("\\d{1,9}")) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("found \"@" + text
        + "\", expected the offset at which the message begins, such as c2s@1=bank.Request");
  }

  @Override
  public List<String> decode(Direction direction, byte[] payload) {
    ByteBuffer bytes = ByteBuffer.wrap(payload);
    return types.stream()
        .filter(one -> one.has(direction, bytes))
        .findFirst()
        .map(one -> decode(one, payload))
        .orElse(List.of());
  }

  private List<String> decode(Typed one, byte[] payload) {
    String name = one.type.getFullName();
    DynamicMessage message;
    try {
      CodedInputStream in =
          CodedInputStream.newInstance(payload, one.offset, payload.length - one.offset);
      DynamicMessage.Builder builder = DynamicMessage.newBuilder(one.type).mergeFrom(in);
      in.checkLastTagWas(0);
      message = builder.buildPartial(); // a field that is missing is no reason to show nothing
    } catch (IOException e) {
      return List.of("not a " + name + ": " + e.getMessage());
    }
    List<String> lines = new ArrayList<>();
    lines.add(name);
    printer.printToString(message).lines().map(line -> "  " + line).forEach(lines::add);
    return lines;
  }
}
