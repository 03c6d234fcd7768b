package io.tracestream.protobuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DurationProto;
import com.google.protobuf.Struct;
import com.google.protobuf.StructProto;
import com.google.protobuf.Type;
import com.google.protobuf.TypeProto;
import com.google.protobuf.Value;
import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtobufDecoderTest {
  private static final byte[] DURATION =
      Duration.newBuilder().setSeconds(5).setNanos(7).build().toByteArray();
  private static final List<String> DURATION_LINES =
      List.of("google.protobuf.Duration", "  seconds: 5", "  nanos: 7");

  @TempDir
  private Path dir;

  private Path set;

  @BeforeEach
  void writeADescriptorSet() throws IOException {
    set = write(
        "types.desc",
        AnyProto.getDescriptor(),
        DurationProto.getDescriptor(),
        StructProto.getDescriptor());
  }

  private Path write(String name, FileDescriptor... files) throws IOException {
    FileDescriptorSet.Builder all = FileDescriptorSet.newBuilder();
    for (FileDescriptor file : files) {
      all.addFile(file.toProto());
    }
    return Files.write(dir.resolve(name), all.build().toByteArray());
  }

  private PayloadDecoder decoder(String types) throws IOException {
    return new ProtobufDecoder().with(set + "," + types);
  }

  private String mistake(String arguments) {
    return assertThrows(IllegalArgumentException.class, () -> new ProtobufDecoder().with(arguments))
        .getMessage();
  }

  @Test
  void aMessageIsShownWithItsTypeAndItsFields() throws Exception {
    PayloadDecoder decoder = decoder("google.protobuf.Duration");
    assertEquals(DURATION_LINES, decoder.decode(Direction.C2S, DURATION));
    assertEquals(DURATION_LINES, decoder.decode(Direction.S2C, DURATION));
    assertEquals(List.of("google.protobuf.Duration"), decoder.decode(Direction.C2S, new byte[0]));
  }

  @Test
  void fieldsInFieldsAndTextInAnyLanguageAreShown() throws Exception {
    Struct message = Struct.newBuilder()
        .putFields("name", Value.newBuilder().setStringValue("Zoë\n").build())
        .build();
    assertEquals(
        List.of(
            "google.protobuf.Struct",
            "  fields {",
            "    key: \"name\"",
            "    value {",
            "      string_value: \"Zoë\\n\"",
            "    }",
            "  }"),
        decoder("google.protobuf.Struct").decode(Direction.C2S, message.toByteArray()));
  }

  @Test
  void whatIsInAnAnyIsShownIfItsTypeIsKnown() throws Exception {
    byte[] any = Any.pack(Duration.newBuilder().setSeconds(5).build()).toByteArray();
    List<String> lines = decoder("google.protobuf.Any").decode(Direction.C2S, any);
    assertTrue(lines.contains("    seconds: 5"), lines::toString);
  }

  @Test
  void fieldsThatTheTypeDoesNotHaveAreShownByTheirNumber() throws Exception {
    byte[] more = Value.newBuilder().setStringValue("x").build().toByteArray(); // field 3
    assertEquals(
        List.of("google.protobuf.Duration", "  3: \"x\""),
        decoder("google.protobuf.Duration").decode(Direction.C2S, more));
  }

  @Test
  void eachKindOfFrameHasItsTypeAndAnOffset() throws Exception {
    PayloadDecoder decoder = decoder("c2s[0=01,1=\",]\\\"\"]@4=google.protobuf.Duration,"
        + "c2s=google.protobuf.Any,s2c@1=google.protobuf.Duration");
    byte[] inside =
        ByteString.fromHex("012c5d22").concat(ByteString.copyFrom(DURATION)).toByteArray();
    assertEquals(DURATION_LINES, decoder.decode(Direction.C2S, inside));
    assertEquals(List.of("google.protobuf.Any"), decoder.decode(Direction.C2S, new byte[0]));
    byte[] after =
        ByteString.fromHex("ff").concat(ByteString.copyFrom(DURATION)).toByteArray();
    assertEquals(DURATION_LINES, decoder.decode(Direction.S2C, after));
    assertEquals(List.of(), decoder.decode(Direction.S2C, new byte[0])); // too short for the offset
  }

  @Test
  void aPayloadThatIsNotSuchAMessageSaysSo() throws Exception {
    PayloadDecoder decoder = decoder("c2s=google.protobuf.Struct");
    List<String> lines = decoder.decode(Direction.C2S, new byte[] {0x0a, 0x7f, 1});
    assertEquals(1, lines.size());
    assertTrue(lines.get(0).startsWith("not a google.protobuf.Struct: "), lines::toString);
    // An end of a group, without its beginning.
    assertTrue(decoder.decode(Direction.C2S, new byte[] {0x0c}).get(0).startsWith("not a "));
    assertEquals(List.of(), decoder.decode(Direction.S2C, new byte[] {0x0a, 0x7f, 1}));
  }

  @Test
  void mistakesInTheArgumentsSayWhatToWrite() throws Exception {
    for (String arguments : List.of("", "bank.desc", ",bank.Message")) {
      assertTrue(mistake(arguments).startsWith("write a descriptor set and the type"), arguments);
    }
    assertEquals(
        "there is no type \"Duration\" in " + set
            + ", which has google.protobuf.Any, google.protobuf.Duration, google.protobuf.ListValue,"
            + " google.protobuf.Struct, google.protobuf.Struct.FieldsEntry, google.protobuf.Value",
        mistake(set + ",Duration"));
    assertTrue(mistake(set + ",c2s[len=x]=google.protobuf.Any").contains("not a length"));
    assertTrue(mistake(set + ",c2s@x=google.protobuf.Any").startsWith("found \"@x\", expected"));
    assertThrows(NoSuchFileException.class, () -> new ProtobufDecoder()
        .with(dir.resolve("none") + ",bank.Message"));
  }

  @Test
  void aFileThatIsNotAWholeDescriptorSetIsRefused() throws Exception {
    Path text = Files.writeString(dir.resolve("a.proto"), "syntax = \"proto3\";");
    Path empty = Files.writeString(dir.resolve("empty"), "");
    for (Path wrong : List.of(text, empty)) {
      assertEquals(
          wrong + ": is not a descriptor set; make one with protoc --include_imports"
              + " --descriptor_set_out=FILE and the .proto files",
          mistake(wrong + ",bank.Message"));
    }
    Path part = write("part.desc", TypeProto.getDescriptor());
    assertEquals(
        part + ": lacks google/protobuf/any.proto, which google/protobuf/type.proto imports; make"
            + " it with protoc --include_imports",
        mistake(part + "," + Type.getDescriptor().getFullName()));
  }

  @Test
  void itIsFoundAsAServiceAndKnowsNothingBeforeItHasTypes() {
    PayloadDecoder found = ServiceLoader.load(PayloadDecoder.class).iterator().next();
    assertEquals("protobuf", found.name());
    assertEquals(List.of(), found.decode(Direction.C2S, DURATION));
  }
}
