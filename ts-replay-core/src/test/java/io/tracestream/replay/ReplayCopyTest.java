package io.tracestream.replay;

import static io.tracestream.replay.Replays.assertMatched;
import static io.tracestream.replay.Replays.onlyMismatch;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import io.tracestream.testing.TestPeer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Live values of requests in the replies that are played. */
class ReplayCopyTest extends ReplayTestBase {
  private static final String ID = "c2s:0+2->s2c:0+2";

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
  void aReplyGetsLongerOrShorterWithItsValue() throws Exception {
    try (ReplayServer server = playing(
            copying("c2s:0+digits->s2c:1+digits"),
            "c2s 393b",
            "s2c 23396f6b",
            "c2s 31303b",
            "s2c 233130");
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("0006" + "23313030" + "6f6b", client.send("0004 3130303b").await(8));
      assertEquals("0002" + "2335", client.send("0002 353b").awaitEnd());
      client.endSending();
      assertMatched(server, 1);
    }
  }

  @Test
  void aValueOfAnotherLengthIsExpectedWhereTheClientSaysItBack() throws Exception {
    // A name comes, the server answers with a token of its own length, and the client says both.
    Rules rules = Rules.of(
        "copy c2s[0=01]:1+len8->s2c:1+len16",
        "copy s2c:1+len16->c2s[0=03]:1+len8",
        "ignore c2s[0=03]:1/len8+1");
    String[] lines = {"c2s 010161", "s2c 02000161ff", "c2s 03016100ee"};
    for (String last : List.of("030362626207ee", "030362626200ee")) {
      try (ReplayServer server = playing(rules, lines);
          TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("0007" + "020003626262ff", client.send("0005 0103626262").await(9));
        assertEquals("", client.send("0007" + last).awaitEnd());
        client.endSending();
        assertMatched(server, 1);
      }
    }
    for (String last : List.of("030362626307ee", "03016107ee", "030362626207ef")) {
      try (ReplayServer server = playing(rules, lines);
          TestPeer client = TestPeer.connect(server.address())) {
        client.send("0005 0103626262").await(9);
        client
            .send(HexFormat.of().toHexDigits((short) (last.length() / 2)) + last)
            .awaitEnd();
        Mismatch mismatch = onlyMismatch(server);
        assertEquals(
            "030362626200ee", HexFormat.of().formatHex(mismatch.expected().payload()));
        assertEquals(last.endsWith("ef") ? 6 : last.startsWith("0303") ? 4 : 1, mismatch.offset());
      }
    }
  }

  @Test
  void noRuleIsProposedWherePlacesMovedAwayFromTheRecordedOnes() throws Exception {
    Rules rules = copying("c2s[0=01]:1+len8->s2c:1+len8", "s2c:1+len8->c2s[0=03]:1+len8");
    String[] lines = {"c2s 010161", "s2c 020161", "c2s 0301610000", "s2c 040000"};
    try (ReplayServer server = playing(rules, lines);
        TestPeer client = TestPeer.connect(server.address())) {
      client.send("0008 0106" + "62".repeat(6)).await(10);
      assertEquals("", client.send("000a 0306" + "62".repeat(6) + "ffff").awaitEnd());
      Mismatch mismatch = onlyMismatch(server);
      assertEquals(8, mismatch.offset());
      assertEquals(Rules.NONE, mismatch.proposed());
    }
  }

  @Test
  void aValueThatDoesNotFitBreaksTheSession() throws Exception {
    List<String> damage = new ArrayList<>();
    ReplayConfig config = Replays.config(file, "c2s 61", "s2c 0161", "c2s 62")
        .withRules(copying("c2s:0+rest->s2c:0+len8"))
        .withListener(result -> damage.add(result.damage()));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("0100" + "61".repeat(256)).awaitEnd());
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session goes on");
      assertEquals(
          List.of(file + ":3: copy c2s:0+rest->s2c:0+len8: the live value " + "61".repeat(16)
              + ".. (256 bytes) is too long for len8, which holds 255 bytes at most"),
          damage);
    }
  }

  @Test
  void aPayloadThatGetsTooLongForItsFrameBreaksTheSession() throws Exception {
    List<String> damage = new ArrayList<>();
    ReplayConfig config = Replays.config(file, "c2s 61", "s2c ff000161", "c2s 62")
        .withRules(copying("c2s:0+rest->s2c:1+len16"))
        .withListener(result -> damage.add(result.damage()));
    try (ReplayServer server = ReplayServer.start(config);
        TestPeer client = TestPeer.connect(server.address())) {
      assertEquals("", client.send("ffff" + "61".repeat(65_535)).awaitEnd());
      assertTrue(server.awaitConnections(1, Replays.DEADLINE), "the session goes on");
      assertEquals(
          List.of(file + ":3: copy c2s:0+rest->s2c:1+len16: the live value makes the payload 65538"
              + " bytes long; at most 65535 are allowed"),
          damage);
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
    int turns = 60_000;
    byte[] filling = "abcde".repeat(50).getBytes(); // in all more than the sockets hold
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
