package io.tracestream.codec;

import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.testing.PiecewiseChannel;
import io.tracestream.testing.PiecewiseStream;
import io.tracestream.testing.RandomSeeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.params.ParameterizedTest;

/** What the writer writes, the reader and the decoder read: any frames, however they arrive. */
class FrameRoundTripTest {
  @ParameterizedTest
  @RandomSeeds(5)
  void theReaderReadsWhatTheWriterWrote(long seed) throws Exception {
    Cases any = Cases.of(seed);
    for (int header = 1; header <= 16; header++) {
      FrameFormat format = new FrameFormat(header, 400_000);
      List<byte[]> sent = any.payloads(format);
      PiecewiseStream stream = new PiecewiseStream(written(sent, format, any), any.readSizes());
      assertEquals(hex(sent), hex(read(stream, format)), "header of " + header);
    }
  }

  @ParameterizedTest
  @RandomSeeds(5)
  void theReaderLosesNothingToTimeOuts(long seed) throws Exception {
    Cases any = Cases.of(seed);
    for (int header = 1; header <= 16; header++) {
      FrameFormat format = new FrameFormat(header, 400_000);
      List<byte[]> sent = any.payloads(format);
      PiecewiseStream stream =
          new PiecewiseStream(written(sent, format, any), any.readSizesAndTimeOuts());
      assertEquals(hex(sent), hex(read(stream, format)), "header of " + header);
    }
  }

  @ParameterizedTest
  @RandomSeeds(5)
  void theDecoderReadsWhatTheWriterWrote(long seed) throws Exception {
    Cases any = Cases.of(seed);
    for (int header = 1; header <= 16; header++) {
      FrameFormat format = new FrameFormat(header, 400_000);
      List<byte[]> sent = any.payloads(format);
      byte[] stream = written(sent, format, any);
      List<byte[]> decoded = decode(stream, any.readSizes(), any.coin(), format);
      assertEquals(hex(sent), hex(decoded), "header of " + header);
    }
  }

  private static byte[] written(List<byte[]> payloads, FrameFormat format, Cases any)
      throws IOException {
    if (any.coin()) {
      PiecewiseChannel channel = new PiecewiseChannel(any.readSizes());
      write(payloads, new FrameWriter(channel, format), any);
      return Bytes.bytes(String.join("", channel.heard()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(payloads, new FrameWriter(out, format), any);
    return out.toByteArray();
  }

  private static void write(List<byte[]> payloads, FrameWriter writer, Cases any)
      throws IOException {
    for (byte[] payload : payloads) {
      if (any.coin()) {
        writer.write(payload);
      } else {
        writer.write(ByteBuffer.allocateDirect(payload.length).put(payload).flip());
      }
    }
  }

  private static List<byte[]> read(PiecewiseStream stream, FrameFormat format) throws IOException {
    FrameReader reader = new FrameReader(stream, format);
    List<byte[]> payloads = new ArrayList<>();
    while (true) {
      try {
        byte[] payload = reader.read();
        if (payload == null) {
          return payloads;
        }
        payloads.add(payload);
      } catch (SocketTimeoutException e) {
        // The next call goes on from here.
      }
    }
  }

  private static List<byte[]> decode(
      byte[] stream, IntSupplier readSizes, boolean direct, FrameFormat format) throws IOException {
    FrameDecoder decoder = new FrameDecoder(format);
    List<byte[]> payloads = new ArrayList<>();
    int room = stream.length + 1;
    ByteBuffer in = direct ? ByteBuffer.allocateDirect(room) : ByteBuffer.allocate(room);
    for (int at = 0, n; at < stream.length; at += n) {
      n = Math.min(readSizes.getAsInt(), stream.length - at);
      decoder.decode(in.put(stream, at, n).flip(), payload -> {
        byte[] copy = new byte[payload.remaining()];
        payload.get(copy);
        payloads.add(copy);
      });
      in.compact();
    }
    decoder.end(in.flip());
    return payloads;
  }
}
