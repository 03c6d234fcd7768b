package io.tracestream.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.rules.Rules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Rules that are learned from a bank's protocol: a session token, an id for each request, times,
 * and a MAC at the end of each request. In one kind of request the MAC begins where the token ends.
 */
class BankTest {
  private static final String RULES = """
      ignore c2s[0="LOGR"]:10+6
      ignore c2s:-32+32
      ignore s2c[0="PAYA"]:10+6
      ignore s2c[0="LOGA"]:26+6
      copy s2c[0="LOGA"]:8+16->c2s:8+16
      copy c2s:4+4->s2c:4+4
      """;

  private static final class Conversation {
    private final Random random;
    private final long began;
    private final byte[] token = new byte[16];
    private final List<Entry> entries = new ArrayList<>();
    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
    private long micros;
    private byte[] id = new byte[4];

    Conversation(long seed, long began) {
      this.random = new Random(seed);
      this.began = began;
      random.nextBytes(token);
    }

    private Conversation text(String text) {
      payload.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    private Conversation bytes(byte... bytes) {
      payload.writeBytes(bytes);
      return this;
    }

    private Conversation any(int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return bytes(bytes);
    }

    private Conversation time() {
      return bytes(ByteBuffer.allocate(8).putLong(began + micros / 1000).array());
    }

    private Conversation request(String kind) {
      random.nextBytes(id);
      return text(kind).bytes(id);
    }

    private void send(Direction direction) {
      micros += 100_000 + random.nextInt(900_000);
      entries.add(new Entry(micros, direction, payload.toByteArray()));
      payload.reset();
    }

    Recording say(String amount) {
      request("LOGR").time().text("anna").any(32).send(Direction.C2S);
      text("LOGA").bytes(id).bytes(token).time().text("hello").send(Direction.S2C);
      for (int i = 0; i < 3; i++) {
        request("BALR").bytes(token).any(32).send(Direction.C2S);
        text("BALA").bytes(id).text("00001234.67 EUR is your balance").send(Direction.S2C);
        request("PAYR").bytes(token).text(amount + "EUR").any(32).send(Direction.C2S);
        text("PAYA").bytes(id).time().text("paid, thank you").send(Direction.S2C);
      }
      request("BYER").bytes(token).any(32).send(Direction.C2S);
      text("BYEA").bytes(id).text("see you at the bank again").send(Direction.S2C);
      return Recording.of("seed " + began, entries);
    }
  }

  private static Recording conversation(long seed, String amount) {
    return new Conversation(seed, 1_780_000_000_000L + seed * 86_412_345).say(amount);
  }

  private static Learned learn() throws IOException {
    return Learner.learn(conversation(1, "00012.50"), conversation(2, "00012.50"));
  }

  @Test
  void eachRuleIsLimitedToTheFramesThatHaveTheField() throws Exception {
    Learned learned = learn();
    assertEquals(RULES, learned.rules().toString());
    assertTrue(learned.summary().isSame());
  }

  @Test
  void anotherClientOfTheSameConversationIsTheSame() throws Exception {
    Rules rules = learn().rules();
    for (int seed = 3; seed < 20; seed++) {
      assertEquals(
          16,
          RecordingDiff.compare(
                  conversation(1, "00012.50"), conversation(seed, "00012.50"), rules, change -> {})
              .same());
    }
  }

  @Test
  void aPaymentOfAnotherAmountIsNotTheSame() throws Exception {
    List<Change> changes = new ArrayList<>();
    RecordingDiff.compare(
        conversation(1, "00012.50"), conversation(3, "00099.99"), learn().rules(), changes::add);
    assertEquals(3, changes.size());
    assertEquals(
        List.of(new Change.Range(27, 2), new Change.Range(30, 2)),
        changes.get(0).differing());
  }

  @Test
  void noByteIsOpenButThoseOfFieldsThatVary() throws Exception {
    Learned learned = learn();
    // An id in each request, the token and a time in one reply, a time in the others and the first
    // request, a MAC in each request.
    assertEquals(8 * 4 + 16 + 6 + 3 * 6 + 6 + 8 * 32, learned.openBytes());
  }

  @Test
  void aTokenThatTheClientWasNotGivenIsNotTheSame() throws Exception {
    Recording right = conversation(3, "00012.50");
    List<Entry> entries = new ArrayList<>();
    try (var reader = right.reader()) {
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry);
      }
    }
    entries.get(4).payload()[12] ^= 1;
    assertFalse(RecordingDiff.compare(
            conversation(1, "00012.50"), Recording.of("wrong", entries), learn().rules(), c -> {})
        .isSame());
  }
}
