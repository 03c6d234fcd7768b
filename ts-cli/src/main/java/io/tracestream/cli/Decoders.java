package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The decoders that the user chose, in that order. Safe for any number of threads. */
final class Decoders {
  /** None: no payload is decoded. */
  static final Decoders NONE = new Decoders(List.of());

  private final List<Chosen> chosen = new ArrayList<>();

  /** A decoder, and whether it has failed, which is logged once. */
  private static final class Chosen {
    private final PayloadDecoder decoder;
    private boolean failed;

    private Chosen(PayloadDecoder decoder) {
      this.decoder = decoder;
    }
  }

  Decoders(List<PayloadDecoder> decoders) {
    decoders.forEach(decoder -> chosen.add(new Chosen(decoder)));
  }

  boolean isEmpty() {
    return chosen.isEmpty();
  }

  /**
   * What the first decoder that knows the payload makes of it. Takes as long as the decoder takes:
   * not for event loops.
   *
   * @param payload not changed
   * @return lines that are safe to show, without line ends; none if no decoder knows it
   */
  List<String> decode(Direction direction, byte[] payload) {
    for (Chosen one : chosen) {
      List<String> lines = decode(one, direction, payload);
      if (!lines.isEmpty()) {
        return lines;
      }
    }
    return List.of();
  }

  /** A decoder that throws, or returns null, does not know the payload. */
  private static List<String> decode(Chosen one, Direction direction, byte[] payload) {
    synchronized (one) {
      try {
        return one.decoder.decode(direction, payload).stream()
            .map(VisibleText::line)
            .toList();
      } catch (Throwable e) { // even an error in it, such as a class that is missing, stops nothing
        if (!one.failed) {
          one.failed = true;
          LoggerFactory.getLogger(Decoders.class)
              .warn(
                  "decoder {}: failed at {} payload of {} with {}; such payloads are shown without it",
                  one.decoder.name(),
                  direction == Direction.C2S ? "a c2s" : "an s2c",
                  Units.count(payload.length, "byte", "bytes"),
                  String.valueOf(e));
        }
        return List.of();
      }
    }
  }
}
