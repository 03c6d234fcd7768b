package io.tracestream.codec;

import static io.tracestream.codec.Bytes.bytes;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tracestream.testing.PiecewiseStream;
import io.tracestream.testing.RandomSeeds;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes at all, to the decoder and the reader in pieces, and to {@link #obvious}, which has
 * them all at once and counts with {@link BigInteger}: each must find the same payloads and end in
 * the same way.
 */
class FrameDecoderFuzzTest {
  private static final int CAP = 20;

  static Stream<byte[]> seeds() {
    return Stream.of(
        bytes(""),
        bytes("00 00 0102 03"), // header length 1, pieces of 1
        bytes("01 02 0002 6869 0001 21 0000"),
        bytes("01 00 0002 68"),
        bytes("0f 03 00000000000000000000000000000001 21 00"),
        bytes("0f 00 01000000000000000000000000000001 21"));
  }

  /** The first byte is the header length, the second one the size of the pieces. */
  @MethodSource("seeds")
  @FuzzTest
  void anyBytesMeanWhatTheyObviouslyMean(byte[] input) throws IOException {
    if (input.length > 1) {
      int piece = 1 + (input[1] & 0xff) % 40;
      byte[] stream = Arrays.copyOfRange(input, 2, input.length);
      compare(1 + (input[0] & 15), stream, () -> piece);
    }
  }

  @ParameterizedTest
  @RandomSeeds(200)
  void hostileBytesMeanWhatTheyObviouslyMean(long seed) throws IOException {
    Cases any = Cases.of(seed);
    int header = any.coin() ? 1 + any.upTo(1) : 1 + any.upTo(15);
    compare(header, any.hostileBytes(), () -> 1 + any.upTo(9));
  }

  private static void compare(int header, byte[] stream, IntSupplier pieces) throws IOException {
    FrameFormat format = new FrameFormat(header, CAP);
    List<String> expected = obvious(stream, header);
    assertEquals(expected, decoded(stream, format, pieces), "decoder");
    assertEquals(expected, read(new PiecewiseStream(stream, pieces), format), "reader");
  }

  private static List<String> obvious(byte[] stream, int header) {
    List<String> story = new ArrayList<>();
    int at = 0;
    while (at < stream.length) {
      int left = stream.length - at - header;
      if (left < 0) {
        story.add(cut(at, stream.length - at, header, "header"));
        return story;
      }
      BigInteger length = new BigInteger(1, Arrays.copyOfRange(stream, at, at + header));
      if (length.compareTo(BigInteger.valueOf(CAP)) > 0) {
        story.add("byte " + at + ": payload length: found " + length + ", expected at most " + CAP
            + "; check the header length and the largest payload");
        return story;
      }
      if (left < length.intValue()) {
        story.add(cut(at, left, length.intValue(), "payload"));
        return story;
      }
      int from = at + header;
      at = from + length.intValue();
      story.add(hex(Arrays.copyOfRange(stream, from, at)));
    }
    return story;
  }

  private static String cut(int offset, int had, int length, String part) {
    return "byte " + offset + ": found the end after " + had + " of " + length + " " + part
        + " bytes; the sender stopped early";
  }

  private static List<String> decoded(byte[] stream, FrameFormat format, IntSupplier pieces)
      throws IOException {
    FrameDecoder decoder = new FrameDecoder(format);
    List<String> story = new ArrayList<>();
    ByteBuffer in = ByteBuffer.allocate(stream.length + 1).limit(0);
    try {
      for (int at = 0, n; at < stream.length; at += n) {
        n = Math.min(pieces.getAsInt(), stream.length - at);
        in.compact().put(stream, at, n).flip();
        decoder.decode(in, payload -> story.add(hex(payload)));
      }
      decoder.end(in);
    } catch (FrameException e) {
      story.add(e.getMessage().replaceFirst(" \\(0x[^)]*\\)", ""));
    }
    return story;
  }

  private static List<String> read(PiecewiseStream stream, FrameFormat format) throws IOException {
    FrameReader reader = new FrameReader(stream, format);
    List<String> story = new ArrayList<>();
    try {
      for (byte[] payload = reader.read(); payload != null; payload = reader.read()) {
        story.add(hex(payload));
      }
    } catch (FrameException e) {
      story.add(e.getMessage().replaceFirst(" \\(0x[^)]*\\)", ""));
    }
    return story;
  }
}
