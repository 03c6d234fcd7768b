package io.tracestream.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.tracestream.capture.CaptureExport;
import io.tracestream.codec.FrameException;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameWriter;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "export",
    description =
        "Writes recordings for other tools: as a capture for Wireshark, or as text or bytes.",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy export [OPTIONS] RECORDING|DIR OUT",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:a recording is damaged or has an entry that no frame can carry, or the disk is full",
      "2:wrong usage",
      "3:a recording is missing or is not a recording, or OUT cannot be written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy export a.rec a.pcapng --port 9092 --framing kafka",
      "  ts-proxy export a.rec requests.txt --format hexlines --direction c2s"
    })
final class ExportCommand implements Callable<Integer> {
  /** What to write. */
  private enum Format {
    PCAPNG,
    HEXLINES,
    RAW,
    JSON
  }

  private static final class ToFormat implements ITypeConverter<Format> {
    @Override
    public Format convert(String value) {
      for (Format format : Format.values()) {
        if (format.name().toLowerCase(Locale.ROOT).equals(value)) {
          return format;
        }
      }
      throw new TypeConversionException(
          "found \"" + value + "\", expected pcapng, hexlines, raw or json");
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "RECORDING|DIR",
      converter = Values.FileOrFolder.class,
      description = "Recording, or folder of recordings.")
  private Path recording;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      converter = Values.FileName.class,
      description = "File to write; it is replaced.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "pcapng",
      converter = ToFormat.class,
      description =
          "pcapng (the default): packets for Wireshark. hexlines: each frame in hex, a line each. raw:"
              + " the bytes of one direction. json: an array with time, direction and payload.")
  private Format format;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9000",
      converter = ImportCommand.Port.class,
      description =
          "Port of the server in the packets, by which Wireshark knows the protocol. Default:"
              + " ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--direction",
      paramLabel = "c2s|s2c",
      converter = ToDirection.class,
      description = "Only this direction; raw needs it.")
  private Direction direction;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private LogOptions.Unused unused;

  @Spec
  private CommandSpec spec;

  static final class ToDirection extends Values.Either<Direction> {
    private ToDirection() {
      super("c2s", Direction.C2S, "s2c", Direction.S2C);
    }
  }

  @Override
  public Integer call() throws Exception {
    if (format == Format.RAW && direction == null) {
      throw new ParameterException(
          spec.commandLine(), "--format raw: add --direction c2s or --direction s2c");
    }
    if (format == Format.PCAPNG && direction != null) {
      throw new ParameterException(
          spec.commandLine(), "--direction is not valid with --format pcapng");
    }
    List<Conversation> all = conversations();
    checkOut(all);
    FrameFormat frameFormat = frames.formatOf(all);
    try {
      WholeFile.write(out, to -> write(all, frameFormat, to));
      return 0;
    } catch (IOException e) {
      throw new Failures.Failed(VisibleText.line(Failures.reason(e)));
    }
  }

  /** Refuses a file that cannot be written, or that is one of the recordings. */
  private void checkOut(List<Conversation> all) throws IOException, Failures.NotStarted {
    if (Files.isDirectory(out)) {
      throw new Failures.NotStarted(
          VisibleText.line(out.toString()) + ": is a folder; name a file in it");
    }
    for (Conversation conversation : all) {
      for (Path part : conversation.parts()) {
        if (WholeFile.replaces(out, part)) {
          throw new Failures.NotStarted(
              VisibleText.line(out.toString()) + ": is a recording to export; choose another name");
        }
      }
    }
    try {
      WholeFile.check(out);
    } catch (IOException e) {
      throw new Failures.NotStarted(VisibleText.line(Page.cannotWrite("export", out, e)));
    }
  }

  private List<Conversation> conversations() throws Failures.NotStarted {
    try {
      return Files.isDirectory(recording)
          ? RecordingDirectory.open(recording).conversations()
          : List.of(Conversation.of(recording));
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private void write(List<Conversation> all, FrameFormat frameFormat, OutputStream to)
      throws IOException {
    if (format == Format.PCAPNG) {
      new CaptureExport(to, frameFormat, port).addAll(all);
      return;
    }
    try (Entries entries = format == Format.JSON ? new Json(to) : new Bytes(to, frameFormat)) {
      for (Conversation conversation : all) {
        entries.begin();
        try (Recording opened = conversation.open(frameFormat.maxPayloadLength());
            RecordingReader reader = opened.reader()) {
          while (reader.advance()) {
            if (direction == null || direction == reader.direction()) {
              entries.add(reader);
            }
          }
        }
      }
    }
  }

  /** Takes the entries of one conversation after the other. */
  private interface Entries extends AutoCloseable {
    void begin();

    void add(RecordingReader reader) throws IOException;

    @Override
    void close() throws IOException;
  }

  private static final class Json implements Entries {
    private final JsonGenerator json;
    private int connection;

    private Json(OutputStream to) throws IOException {
      json = new JsonFactory()
          .createGenerator(to)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .setPrettyPrinter(new Lines());
      json.writeStartArray();
    }

    /** An entry on each line. */
    private static final class Lines extends MinimalPrettyPrinter {
      private static final long serialVersionUID = 1;

      @Override
      public void beforeArrayValues(JsonGenerator json) throws IOException {
        json.writeRaw('\n');
      }

      @Override
      public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
        json.writeRaw(",\n");
      }
    }

    @Override
    public void begin() {
      connection++;
    }

    @Override
    public void add(RecordingReader reader) throws IOException {
      json.writeStartObject();
      json.writeNumberField("connection", connection);
      json.writeNumberField("micros", reader.elapsedMicros());
      json.writeStringField("direction", reader.direction().toString());
      ByteBuffer payload = reader.payload();
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      json.writeStringField("payload", HexFormat.of().formatHex(bytes));
      json.writeEndObject();
    }

    @Override
    public void close() throws IOException {
      json.writeEndArray();
      json.writeRaw('\n');
      json.close();
    }
  }

  /** The frames, as they were on the connection: as lines in hex, or as they are. */
  private final class Bytes implements Entries {
    private final OutputStream to;
    private final FrameFormat frameFormat;
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private FrameWriter c2s;
    private FrameWriter s2c;

    private Bytes(OutputStream to, FrameFormat frameFormat) {
      this.to = to;
      this.frameFormat = frameFormat;
    }

    @Override
    public void begin() {
      c2s = new FrameWriter(frame, frameFormat.ofClient());
      s2c = new FrameWriter(frame, frameFormat.ofServer());
    }

    @Override
    public void add(RecordingReader reader) throws IOException {
      try {
        (reader.direction() == Direction.C2S ? c2s : s2c).write(reader.payload());
      } catch (FrameException e) {
        throw new IOException(reader.fileName() + ":" + reader.line() + ": " + e.withoutOffset());
      }
      if (format == Format.RAW) {
        frame.writeTo(to);
      } else {
        String line = HexFormat.of().formatHex(frame.toByteArray()) + "\n";
        to.write(line.getBytes(StandardCharsets.US_ASCII));
      }
      frame.reset();
    }

    @Override
    public void close() {}
  }
}
