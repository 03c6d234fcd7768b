package app;

import io.tracestream.codec.FrameDecoder;
import io.tracestream.codec.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Decodes frames that come byte by byte; prints their payloads and the module of the codec. */
final class Pieces {
  private Pieces() {}

  public static void main(String[] arguments) throws IOException {
    FrameDecoder decoder = new FrameDecoder(new FrameFormat(1, 255));
    ByteBuffer buffer = ByteBuffer.allocate(256);
    for (byte piece : new byte[] {5, 'h', 'e', 'l', 'l', 'o', 1, '!'}) {
      buffer.put(piece).flip();
      decoder.decode(buffer, payload -> System.out.println(StandardCharsets.UTF_8.decode(payload)));
      buffer.compact();
    }
    decoder.end(buffer.flip());
    System.out.println(FrameDecoder.class.getModule().getName());
  }
}
