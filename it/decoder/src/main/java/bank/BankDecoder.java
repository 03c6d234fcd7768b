package bank;

import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

public final class BankDecoder implements PayloadDecoder {
  @Override
  public String name() {
    return "bank";
  }

  @Override
  public List<String> decode(Direction direction, byte[] payload) {
    if (payload.length < 4) {
      return List.of(); // another kind of payload
    }
    String id = HexFormat.of().formatHex(payload, 0, 4);
    String text = new String(payload, 4, payload.length - 4, StandardCharsets.UTF_8);
    return List.of("id " + id, direction == Direction.C2S ? "asks: " + text : "says: " + text);
  }
}
