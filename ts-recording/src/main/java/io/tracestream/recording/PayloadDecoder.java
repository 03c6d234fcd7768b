package io.tracestream.recording;

import java.io.IOException;
import java.util.List;

/**
 * Shows the payloads of one protocol to people, as lines of text. It is a Java service: a jar with
 * a decoder names its class in {@code META-INF/services/io.tracestream.recording.PayloadDecoder},
 * and the class is public and has a public constructor without parameters. The command line uses
 * those that its user names with {@code --decode}.
 *
 * <pre>
 *   public final class BankDecoder implements PayloadDecoder {
 *     public String name() {
 *       return "bank";
 *     }
 *
 *     public List&lt;String&gt; decode(Direction direction, byte[] payload) {
 *       return payload.length &lt; 4
 *           ? List.of()
 *           : List.of("id " + ByteBuffer.wrap(payload).getInt());
 *     }
 *   }
 * </pre>
 *
 * <p>Threads: whoever uses a decoder calls it from one thread at a time, though not always from the
 * same one.
 *
 * <p>Errors: a decoder may throw from {@link #decode}, and what it throws stops nothing. That
 * payload is shown without it, and the first time a line of the log says so.
 */
public interface PayloadDecoder {
  /**
   * The word that users choose it by.
   *
   * @return lower-case letters, digits and hyphens
   */
  String name();

  /**
   * The decoder for what the user wrote after its name, such as the names of a file and of a
   * message type. Called once, before the first payload.
   *
   * @param arguments all that follows the colon after the name; empty if there is no colon
   * @return the decoder to use; the same one if it takes no arguments
   * @throws IllegalArgumentException if they make no sense; the message says in one line what is
   *     wrong and what to write
   * @throws IOException if a file that they name cannot be read
   */
  default PayloadDecoder with(String arguments) throws IOException {
    if (arguments.isEmpty()) {
      return this;
    }
    throw new IllegalArgumentException("takes no arguments");
  }

  /**
   * Decodes a payload.
   *
   * @param direction which way its frame goes
   * @param payload the payload, without the header of its frame; not to be changed
   * @return lines for people, without line ends; no line at all if the payload is of another kind,
   *     and another decoder may try. Control characters in them are spelled out before they are
   *     shown
   */
  List<String> decode(Direction direction, byte[] payload);
}
