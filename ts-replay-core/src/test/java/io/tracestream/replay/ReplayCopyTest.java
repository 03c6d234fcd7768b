package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Live values of requests in the replies that are played. */
@Timeout(60)
class ReplayCopyTest {
  private static final String ID = "c2s:0+2->s2c:0+2";

  @TempDir
  private Path dir;

  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("login.rec");
  }

  private static Rules copying(String... copies) {
    return Rules.of(Stream.of(copies).map(copy -> "copy " + copy).toArray(String[]::new));
  }

  private ReplayServer playing(Rules rules, String... lines) throws IOException {
    return ReplayServer.start(Replays.config(file, lines).withRules(rules));
  }

  @Test
  void aReplyCarriesTheLiveValueOfItsRequest() throws Exception {
    try (ReplayServer server = playing(copying(ID), "c2s 000161", "s2c 000162");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003beef62", client.send("0003 beef61").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aValueIsCopiedBetweenItsKindsOfFramesOnly() throws Exception {
    try (ReplayServer server = playing(
            copying("c2s[0=\"A\"]:1+2->s2c[0=\"B\"]:1+2"),
            "c2s 41000161",
            "s2c 42000162",
            "s2c 43000162",
            "c2s 44000161");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000442beef62" + "000443000162", client.send("0004 41beef61").await(12));
      assertEquals("", client.send("0004 44beef61").awaitEnd());
      assertEquals(1, onlyMismatch(server).offset());
    }
  }

  @Test
  void aValueIsCopiedThatAFieldOfAnotherLengthMoves() throws Exception {
    try (ReplayServer server = playing(
            Rules.of("ignore c2s:0+digits", "copy c2s:2+2->s2c:0+2"),
            "c2s 393b000161",
            "s2c 000162",
            "c2s 393b000261");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003beef62", client.send("0006 31303bbeef61").await(5));
      assertEquals("", client.send("0006 31303bbeef7a").awaitEnd());
      assertEquals(5, onlyMismatch(server).offset());
    }
  }

  @Test
  void aValueThatIsAsItWasRecordedStaysSo() throws Exception {
    try (ReplayServer server =
            playing(copying(ID), "c2s 000161", "s2c 000162", "c2s 000161", "s2c 000162");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003beef62", client.send("0003 beef61").await(5));
      assertEquals("0003000162", client.send("0003 000161").awaitEnd());
    }
  }

  @Test
  void allButTheValueIsComparedStill() throws Exception {
    try (ReplayServer server = playing(copying(ID), "c2s 000161", "s2c 000162");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0003 beef7a").awaitEnd());
      assertEquals(2, onlyMismatch(server).offset());
    }
  }

  @Test
  void requestsMayBeUnderWayTogether() throws Exception {
    try (ReplayServer server =
            playing(copying(ID), "c2s 000161", "c2s 000261", "s2c 000162", "s2c 000262");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(
          "0003aaaa62" + "0003bbbb62", client.send("0003 aaaa61 0003 bbbb61").awaitEnd());
    }
  }

  @Test
  void repliesFindTheirRequestsWhateverTheirOrder() throws Exception {
    try (ReplayServer server = playing(
            copying(ID),
            "c2s 000161",
            "c2s 000261",
            "c2s 000361",
            "s2c 000362",
            "s2c 000162",
            "s2c 000262",
            "s2c 000163");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals(
          "0003cccc62" + "0003aaaa62" + "0003bbbb62" + "0003aaaa63",
          client.send("0003 aaaa61 0003 bbbb61 0003 cccc61").awaitEnd());
    }
  }

  @Test
  void anIdThatIsUsedAgainBelongsToTheLatestRequestBeforeTheReply() throws Exception {
    try (ReplayServer server = playing(
            copying(ID), "c2s 000161", "s2c 000162", "c2s 000163", "s2c 000164", "s2c 000165");
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0003 aaaa61 0003 bbbb63").endSending(); // far ahead of what it reads
      assertEquals("0003aaaa62" + "0003bbbb64" + "0003bbbb65", client.awaitEnd());
      assertMatched(server, 1);
    }
  }

  @Test
  void aReplyWithoutARequestOfItsStaysAsItWasRecorded() throws Exception {
    try (ReplayServer server =
            playing(copying(ID), "s2c 000160", "c2s 000161", "s2c 000962", "s2c 00", "s2c ");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003000160", client.await(5));
      assertEquals("0003000962" + "000100" + "0000", client.send("0003 aaaa61").awaitEnd());
    }
  }

  @Test
  void requestsThatAreTooShortForTheFieldHoldNoValue() throws Exception {
    try (ReplayServer server = playing(copying(ID), "c2s 000161", "c2s 00", "c2s ", "s2c 000162");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0003aaaa62", client.send("0003 aaaa61 0001 00 0000").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void severalValuesOfAFrameAreCopied() throws Exception {
    Rules rules = copying(ID, "c2s:-2+2->s2c:-2+2", "c2s:0+2->s2c:2+2");
    try (ReplayServer server = playing(rules, "c2s 0001610002", "s2c 000100010002");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0006aaaaaaaabbbb", client.send("0005 aaaa61bbbb").awaitEnd());
    }
  }

  @Test
  void aValueOfTheClientsMayComeBackFromItInALaterFrame() throws Exception {
    // The client chooses a session id, the server says it back, and it stands in what follows.
    Rules rules = copying("c2s:1+2->s2c:1+2", "s2c:1+2->c2s:3+2");
    String[] lines = {"c2s 015e55", "s2c 025e55", "c2s 0300005e55", "s2c 04"};
    try (ReplayServer server = playing(rules, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("000302aaaa", client.send("0003 01aaaa").await(5));
      assertEquals("000104", client.send("0005 030000aaaa").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
    try (ReplayServer server = playing(rules, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0003 01aaaa").await(5);
      assertEquals("", client.send("0005 0300005e55").awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(3, mismatch.offset());
      assertEquals("030000aaaa", HexFormat.of().formatHex(mismatch.expected().payload()));
    }
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // a write that is stuck stays so
  void aClientMayRunVeryFarAheadOfTheReplies() throws Exception {
    int turns = 300_000;
    byte[] filling = "abcde".repeat(10).getBytes();
    ByteBuffer requests = ByteBuffer.allocate(turns * (6 + filling.length));
    ByteBuffer replies = ByteBuffer.allocate(turns * (6 + filling.length));
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int i = 0; i < turns; i++) {
        String id = HexFormat.of().toHexDigits(i);
        String payload = id + HexFormat.of().formatHex(filling);
        lines.write("0\tc2s\t" + payload + "\n0\ts2c\t" + payload + "\n");
        requests.putShort((short) (4 + filling.length)).putInt(~i).put(filling);
        replies.putShort((short) (4 + filling.length)).putInt(~i).put(filling);
      }
    }
    try (ReplayServer server =
            ReplayServer.start(Replays.config(file).withRules(copying("c2s:0+4->s2c:0+4")));
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(requests.array()).endSending();
      assertArrayEquals(replies.array(), client.awaitBytes(replies.capacity()));
      assertMatched(server, 1);
    }
  }

  @Test
  void aValueMayBeLarge() throws Exception {
    int length = 5_000_000;
    byte[] live = new byte[4 + length];
    Arrays.fill(live, (byte) 'x');
    ByteBuffer.wrap(live).putInt(length);
    String recorded = "61".repeat(length);
    ReplayConfig config = Replays.config(
            file, "c2s " + recorded, "s2c " + recorded, "c2s " + recorded, "s2c " + recorded)
        .withFormat(new FrameFormat(4, length))
        .withRules(copying("c2s:0+5000000->s2c:0+5000000"));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send(live).send(live);
      assertArrayEquals(live, client.awaitBytes(live.length));
      assertArrayEquals(live, client.awaitBytes(live.length));
      client.endSending();
      assertMatched(server, 1);
    }
  }
}
