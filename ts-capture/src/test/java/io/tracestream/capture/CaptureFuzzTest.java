package io.tracestream.capture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes at all, as a capture: it is refused in one line, or read, with notes of one line. */
class CaptureFuzzTest {
  private static final List<String> FRAMINGS =
      List.of("length=1", "onc-rpc", "amqp", "ascii:4", "bcd:2", "varint", "length=16");

  private static Packets packets() {
    return new Packets()
        .connect(100)
        .c2s(200, 0, 0, "\2hi")
        .c2s(220, 5, 0, "o")
        .s2c(1_000_300, 0, 3, "\3yes")
        .splitLast()
        .c2s(1_000_400, 3, 4, "\2yo")
        .end(1_000_500, true, 6, 4)
        .add(1_000_600, false, 4, 7, Segment.RST, "");
  }

  private static List<byte[]> captures() {
    return List.of(
        packets().pcap(),
        packets().pcap(113, ByteOrder.BIG_ENDIAN, true, 40),
        packets().pcapng(276, ByteOrder.BIG_ENDIAN, 9),
        packets().v6().pcapng(1, ByteOrder.LITTLE_ENDIAN, 0x80 | 40),
        Packets.gzip(packets().pcap()));
  }

  static Stream<byte[]> seeds() {
    return captures().stream();
  }

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreRefusedOrReadToAnEnd(byte[] file) throws IOException {
    read(file, "length=1");
  }

  @ParameterizedTest
  @RandomSeeds(150)
  void aDamagedCaptureIsReadToAnEnd(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] file = captures().get(random.nextInt(captures().size())).clone();
    for (int i = random.nextInt(10); i >= 0; i--) {
      file[random.nextInt(file.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
    }
    read(
        Arrays.copyOf(file, file.length - random.nextInt(2) * random.nextInt(file.length)),
        FRAMINGS.get(random.nextInt(FRAMINGS.size())));
  }

  private static void read(byte[] file, String framing) throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    Path out = folder.resolve("a.rec");
    try (CaptureImport capture = CaptureImport.open(
        Packets.file(folder, file), Packets.PORT, new FrameFormat(Framing.parse(framing), 99))) {
      capture.toFile(out, null, note -> assertTrue(!note.contains("\n"), note));
      FramingDetector.ofCapture(folder.resolve("a.pcap"), 0);
    } catch (CaptureException e) {
      assertTrue(!e.getMessage().contains("\n"), e.getMessage());
    } finally {
      Files.deleteIfExists(out);
      Files.delete(folder.resolve("a.pcap"));
      Files.delete(folder);
    }
  }
}
