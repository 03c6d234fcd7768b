package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Recording;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that describe frames, for commands that read or write them on a connection. */
final class FrameOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(exclusive = true)
  private Given given = new Given();

  private static final class Given {
    @Option(
        names = "--header-len",
        paramLabel = "N",
        converter = HeaderLength.class,
        description = "Length of each frame's header in bytes, 1 to 16. Default: 8.")
    private Framing headerLength;

    @Option(
        names = "--framing",
        paramLabel = "SPEC",
        converter = ToFraming.class,
        description =
            "Where a frame says how long it is: a name such as kafka or mysql, or keys such"
                + " as length=4,order=little. \"help\" lists them.")
    private Framing framing;
  }

  @Mixin
  private MaxPayloadOption maxPayload;

  /** Whether a command line asks for the list of framings, whatever else it says. */
  static boolean asksForList(String... args) {
    List<String> all = List.of(args);
    int at = all.indexOf("--framing");
    return all.contains("--framing=help")
        || at >= 0 && at + 1 < all.size() && all.get(at + 1).equals("help");
  }

  /** The framings that have names, and the keys of others. */
  static String list() {
    StringBuilder text = new StringBuilder("Framings that have names, and their bytes:\n\n");
    for (Framing.Preset preset : Framing.presets()) {
      text.append(Units.format("  %-24s  %s%n", preset.name(), preset.usedBy()));
      text.append(Units.format("  %-24s  %s%n", "", preset.framing().picture()));
    }
    return text + """

        Others, as keys with commas between them, such as length=2,offset=2,counts=frame:

          length=N            the length field is N bytes, 1 to 16; the default is 8
          ascii:N             it is N decimal digits
          bcd:N               it is N bytes with two decimal digits each
          varint              it is a base-128 number, the low bits first
          offset=N            N bytes of the frame stand before it
          order=little        its low byte comes first
          counts=frame        it counts the whole frame, not only what follows it
          adjust=N            N more bytes follow than it says; less than 0 for fewer
          mask=HEX            only these bits of it are the length
          preamble=c2s:N      the first N bytes from the client have no length; also s2c:N

        The payload of a frame is the frame without its length field.
        """;
  }

  /** The frames as they were given. */
  FrameFormat format() {
    Framing framing = given();
    return new FrameFormat(framing == null ? Framing.ofLength(8) : framing, maxPayload.bytes());
  }

  private Framing given() {
    return given.framing != null ? given.framing : given.headerLength;
  }

  /** Whether recordings are to name the framing. */
  boolean namesFraming() {
    return given.framing != null;
  }

  /** The frames of recorded conversations: as they name them, or else as they were given. */
  FrameFormat formatOf(List<Conversation> conversations) throws Failures.NotStarted {
    Conversation first = conversations.get(0);
    try (Recording recording = first.open(maxPayload.bytes())) {
      Framing named = recording.framing();
      if (named == null) {
        return format();
      }
      if (given() != null && !given().equals(named)) {
        throw new ParameterException(
            command.commandLine(),
            (given.framing != null
                    ? "--framing: found " + given()
                    : "--header-len: found " + format().headerLength())
                + ", but " + VisibleText.line(first.toString()) + " was recorded with " + named
                + "; leave the option out");
      }
      return new FrameFormat(named, maxPayload.bytes());
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private static final class HeaderLength implements ITypeConverter<Framing> {
    @Override
    public Framing convert(String value) throws Exception {
      return Framing.ofLength(new Bytes().convert(value));
    }

    private static final class Bytes extends Values.Range {
      private Bytes() {
        super(1, 16);
      }
    }
  }

  private static final class ToFraming implements ITypeConverter<Framing> {
    @Override
    public Framing convert(String value) {
      try {
        return Framing.parse(value);
      } catch (IllegalArgumentException e) {
        List<String> near = Framing.presets().stream()
            .map(Framing.Preset::name)
            .filter(name -> Mistakes.isNear(name, value))
            .toList();
        throw new TypeConversionException(e.getMessage().replaceFirst("^framing: ", "")
            + (near.isEmpty()
                ? "; --framing help lists them"
                : "; did you mean " + String.join(" or ", near) + "?"));
      }
    }
  }
}
