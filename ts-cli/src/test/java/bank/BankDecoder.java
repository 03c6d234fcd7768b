package bank;

import io.tracestream.recording.Direction;
import io.tracestream.recording.PayloadDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** What a user would write: four bytes of id, and then text. Its argument is a currency. */
public final class BankDecoder implements PayloadDecoder {
  private final String currency;

  public BankDecoder() {
    this("");
  }

  private BankDecoder(String currency) {
    this.currency = currency;
  }

  @Override
  public String name() {
    return "bank";
  }

  @Override
  public PayloadDecoder with(String arguments) {
    if (!arguments.matches("[A-Z]*")) {
      throw new IllegalArgumentException("found \"" + arguments + "\", expected a currency");
    }
    return new BankDecoder(arguments);
  }

  @Override
  public List<String> decode(Direction direction, byte[] payload) {
    if (payload.length < 4) {
      return List.of();
    }
    String text = new String(payload, 4, payload.length - 4, StandardCharsets.UTF_8);
    return List.of(
        "id   " + HexFormat.of().formatHex(payload, 0, 4),
        (direction == Direction.C2S ? "ask  " : "say  ") + text + currency);
  }
}
