package app;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Frames each argument, reads the frames back and prints them. */
final class Frames {
  private Frames() {}

  public static void main(String[] arguments) throws IOException {
    FrameFormat format = new FrameFormat(2, 1000);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(wire, format);
    for (String argument : arguments) {
      writer.write(argument.getBytes());
    }
    FrameReader reader = new FrameReader(new ByteArrayInputStream(wire.toByteArray()), format);
    for (byte[] payload = reader.read(); payload != null; payload = reader.read()) {
      System.out.println(new String(payload));
    }
  }
}
