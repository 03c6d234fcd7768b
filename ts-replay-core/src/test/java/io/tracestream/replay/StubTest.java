package io.tracestream.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingException;
import io.tracestream.rules.Rules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool of recorded requests, and what it answers. */
class StubTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String NOTHING_EQUALS_IT = "nothing equals it";

  @TempDir
  private Path dir;

  private final List<Script> scripts = new ArrayList<>();
  private Role role;
  private Pool pool;

  @AfterEach
  void closeFiles() {
    scripts.forEach(Script::release);
  }

  /** Adds a conversation of lines such as {@code c2s 6869}. */
  private void record(String... lines) throws IOException {
    Path file = Replays.write(dir.resolve("conversation-" + scripts.size() + ".rec"), lines);
    Script script = new Script(Conversation.of(file), 100_000, new PageCache(), true);
    script.acquire();
    scripts.add(script);
  }

  private void open(String... rules) throws IOException {
    open(Timing.NONE, rules);
  }

  private void open(Timing timing, String... rules) throws IOException {
    Path any = dir.resolve("conversation-0.rec");
    role = Role.server(Replays.config(any).withTiming(timing).withRules(Rules.of(rules)));
    pool = new Pool("pool", scripts, role);
  }

  private Stub connect() {
    return new Stub(role, pool);
  }

  /** All replies to a request, separated by blanks. */
  private static String answer(Stub stub, String request) throws IOException {
    ByteBuffer frame = ByteBuffer.wrap(HEX.parseHex(request));
    return stub.came(frame, 0) == null ? owed(stub) : NOTHING_EQUALS_IT;
  }

  private static String owed(Stub stub) throws IOException {
    List<String> all = new ArrayList<>();
    while (stub.toNext()) {
      ByteBuffer payload = stub.next();
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      all.add(HEX.formatHex(bytes));
    }
    return String.join(" ", all);
  }

  private List<String> unused() {
    assertEquals(pool.unusedPlaces().size(), pool.unusedRequests());
    return pool.unusedPlaces().stream()
        .map(place -> Path.of(place).getFileName().toString())
        .toList();
  }

  @Test
  void requestsAreAnsweredInAnyOrder() throws Exception {
    record("c2s 01", "s2c a1", "c2s 02", "s2c a2", "s2c b2", "c2s 03", "c2s 04", "s2c a4");
    open();
    Stub stub = connect();
    assertEquals("a4", answer(stub, "04"));
    assertEquals("a2 b2", answer(stub, "02"));
    assertEquals("a1", answer(stub, "01"));
    assertEquals(List.of("conversation-0.rec:7"), unused());
    assertEquals("", answer(stub, "03"));
    assertEquals(List.of(), unused());
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "05"));
  }

  @Test
  void equalRequestsAreHandedOutInTheirOrderAndTheLastOneAgainAndAgain() throws Exception {
    record("c2s 01", "s2c a1", "c2s 01", "s2c a2");
    record("c2s 01", "s2c a3");
    open();
    Stub one = connect();
    Stub other = connect();
    assertEquals("a1", answer(one, "01"));
    assertEquals("a2", answer(other, "01"));
    assertEquals(List.of("conversation-1.rec:2"), unused());
    assertEquals("a3", answer(one, "01"));
    assertEquals("a3", answer(one, "01"));
    assertEquals("a3", answer(other, "01"));
    assertEquals(List.of(), unused());
  }

  @Test
  void whatTheFirstConversationBeginsWithIsOwedOnConnect() throws Exception {
    record("s2c 00", "s2c 01", "c2s 01", "s2c a1");
    record("s2c 02", "c2s 02", "s2c a2");
    open();
    for (int i = 0; i < 2; i++) {
      Stub stub = connect();
      stub.open(0);
      assertEquals("00 01", owed(stub));
      assertEquals("a2", answer(stub, "02"));
    }
  }

  @Test
  void bytesAreIgnoredInRequestsOfTheirKindOnly() throws Exception {
    record("c2s 01ff01", "s2c a1", "c2s 02ff01", "s2c a2");
    open("ignore c2s[0=01]:1+1");
    Stub stub = connect();
    assertEquals("a1", answer(stub, "01aa01"));
    assertEquals("a2", answer(stub, "02ff01"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "02aa01"));
  }

  @Test
  void requestsAreFoundWhereAFieldHasAnotherLength() throws Exception {
    record("c2s 01393b01", "s2c a1", "c2s 01383b01", "s2c a2", "c2s 01393b02", "s2c a3");
    open("ignore c2s:1+digits");
    Stub stub = connect();
    assertEquals("a1", answer(stub, "0131303b01"));
    assertEquals("a2", answer(stub, "0131313b01"));
    assertEquals("a3", answer(stub, "013131393b02"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "0131303b03"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "013b01"));
  }

  @Test
  void valuesOfOtherLengthsAreCopied() throws Exception {
    record("c2s 01393b", "s2c a139", "s2c b1", "c2s 02393b01", "s2c c139ff");
    open(
        "copy c2s[0=01]:1+digits->s2c[0=a1]:1+digits",
        "copy s2c[0=a1]:1+digits->c2s[0=02]:1+digits");
    Stub stub = connect();
    assertEquals("a13130 b1", answer(stub, "0131303b"));
    assertEquals("c139ff", answer(stub, "0231303b01"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "0231313b01"));
    assertEquals("a135 b1", answer(stub, "01353b"));
    assertEquals("c139ff", answer(stub, "02353b01"));
    assertEquals("c139ff", answer(connect(), "02393b01"), "as it was recorded");
  }

  @Test
  void requestsAreFoundWhereTheirKindIsInBytesThatMayVary() throws Exception {
    record("c2s 0199aa", "s2c a1", "c2s 0299aa", "s2c a2", "c2s 0299bb", "s2c a3");
    open("ignore c2s:0+1", "ignore c2s[0=02]:2+1");
    Stub stub = connect();
    assertEquals("a1", answer(stub, "0799aa"));
    assertEquals("a2", answer(stub, "0299cc"));
    assertEquals("a3", answer(stub, "0299cc"));
    assertEquals("a3", answer(stub, "0899bb"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "0899cc"));
    assertEquals("a1", answer(stub, "0199aa"));
  }

  @Test
  void ignoredBytesDoNotTellRequestsApart() throws Exception {
    record("c2s 01ff01", "s2c a1", "c2s 010001", "s2c a2");
    open("ignore c2s:1+1");
    Stub stub = connect();
    assertEquals("a1", answer(stub, "01aa01"));
    assertEquals("a2", answer(stub, "01bb01"));
    assertEquals("a2", answer(stub, "01cc01"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "01cc02"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "01cc"));
  }

  @Test
  void repliesCarryTheIdOfTheLiveRequestAlsoWhenItComesAgain() throws Exception {
    record("c2s 000101", "c2s 000202", "s2c 0002a2", "s2c 0001a1", "s2c 0001b1");
    open("copy c2s:0+2->s2c:0+2");
    Stub stub = connect();
    assertEquals("7777a1 7777b1", answer(stub, "777701"));
    assertEquals("8888a1 8888b1", answer(stub, "888801"));
    assertEquals("0001a2", answer(stub, "000102"));
    assertEquals("7777a2", answer(stub, "777702"));
  }

  @Test
  void aReplyIsTiedToTheRequestThatSharesMostFieldsWithIt() throws Exception {
    String[] rules = {"copy c2s:0+1->s2c:0+1", "copy c2s:1+1->s2c:1+1"};
    record("c2s 550101", "c2s 550202", "c2s 550303", "s2c 5501a1", "s2c 5503a3", "s2c 5502a2");
    open(rules);
    Stub stub = connect();
    assertEquals("6609a1", answer(stub, "660901"));
    assertEquals("6608a2", answer(stub, "660802"));
    assertEquals("6607a3", answer(stub, "660703"));
  }

  @Test
  void aFrameThatFollowsATiedReplyBelongsToIt() throws Exception {
    record("c2s 000101", "c2s 000202", "s2c 0001a1", "s2c ff", "s2c 0002a2", "s2c ee");
    open("copy c2s:0+2->s2c:0+2");
    Stub stub = connect();
    assertEquals("7777a2 ee", answer(stub, "777702"));
    assertEquals("7777a1 ff", answer(stub, "777701"));
  }

  @Test
  void aTokenThatAReplyGaveOutIsRequiredInLaterRequests() throws Exception {
    record("c2s 01", "s2c a15e55", "c2s 025e55", "s2c a2");
    open("copy s2c:1+2->c2s:1+2");
    Stub stub = connect();
    assertEquals("a15e55", answer(stub, "01"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "02dead"));
    assertEquals("a2", answer(stub, "025e55"));
  }

  @Test
  void aTokenOfOneConversationServesForRequestsOfAllOthers() throws Exception {
    record("c2s 01", "s2c a11111", "c2s 021111", "s2c a2");
    record("c2s 01", "s2c a12222", "c2s 022222", "s2c b2", "c2s 032222", "s2c b3", "c2s 049999");
    open("copy s2c:1+2->c2s:1+2");
    Stub stub = connect();
    assertEquals("a11111", answer(stub, "01"));
    assertEquals("b3", answer(stub, "031111"));
    assertEquals("a2", answer(stub, "021111"));
    assertEquals("a2", answer(stub, "021111"));
    assertEquals("b2", answer(stub, "022222"));
    // What no reply gave out is compared as it is.
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "033333"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "041111"));
  }

  @Test
  void aClientsOwnValueComesBackFromItInLaterRequests() throws Exception {
    record("c2s 015e55", "s2c 025e55", "c2s 0300005e55", "s2c 04");
    open("copy c2s:1+2->s2c:1+2", "copy s2c:1+2->c2s:3+2");
    Stub stub = connect();
    assertEquals("02aaaa", answer(stub, "01aaaa"));
    assertEquals("04", answer(stub, "030000aaaa"));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "030000bbbb"));
  }

  @Test
  void repliesKeepTheirRecordedPausesAndTiedOnesDoNotWaitForOthers() throws Exception {
    record("0 c2s 0001", "100 c2s 0002", "110 s2c 0002", "1000 s2c 0001", "1100 s2c 0001");
    open(Timing.ORIGINAL.withMaxGap(Duration.ofMillis(50)), "copy c2s:0+2->s2c:0+2");
    Stub stub = connect();
    stub.came(ByteBuffer.wrap(HEX.parseHex("0001")), 5_000_000);
    assertEquals(5_000_000 + TimeUnit.MICROSECONDS.toNanos(1000), stub.due());
    stub.came(ByteBuffer.wrap(HEX.parseHex("0002")), 5_100_000);
    assertEquals(5_100_000 + TimeUnit.MICROSECONDS.toNanos(10), stub.due());
    stub.next();
    assertEquals(5_000_000 + TimeUnit.MICROSECONDS.toNanos(1000), stub.due());
    stub.next();
    assertEquals(5_000_000 + TimeUnit.MICROSECONDS.toNanos(1100), stub.due());
    assertEquals("0001", owed(stub));
  }

  @Test
  void repliesThatNothingTiesKeepTheOrderOfTheirRequests() throws Exception {
    record("0 c2s 01", "100 s2c a1", "900 s2c b1", "1000 c2s 02", "1001 s2c a2");
    open(Timing.ORIGINAL);
    Stub stub = connect();
    stub.came(ByteBuffer.wrap(HEX.parseHex("01")), 0);
    stub.came(ByteBuffer.wrap(HEX.parseHex("02")), 0);
    assertEquals("a1 b1 a2", owed(stub));
  }

  @Test
  void theNearestRequestIsTheOneThatSharesMostBytes() throws Exception {
    record(
        "c2s 01aabbccddee0000ff",
        "c2s 02aabbccddee0001ff",
        "c2s 01aabbccddee0107ff",
        "c2s 01aabb",
        "s2c 00");
    open();
    assertEquals(2, nearest("01aabbccddee0108ff"));
    assertEquals(1, nearest("02aabbccddee0000ff"));
    assertEquals(3, nearest("01aabbcc"));
    assertEquals(0, nearest("01aabbccddee0000"));
  }

  private int nearest(String frame) throws IOException {
    return pool.nearest(ByteBuffer.wrap(HEX.parseHex(frame)), pool.cursor());
  }

  @Test
  void withoutARequestNothingIsNearest() throws Exception {
    record("s2c 01");
    open();
    assertEquals(Pool.NONE, nearest("00"));
    Stub stub = connect();
    stub.open(0);
    assertEquals("01", owed(stub));
    assertEquals(NOTHING_EQUALS_IT, answer(stub, "01"));
  }

  @Test
  void damageIsFoundWhenThePoolIsMade() throws Exception {
    record("c2s 01", "s2c 0");
    RecordingException e = assertThrows(RecordingException.class, this::open);
    assertTrue(e.getMessage().contains("conversation-0.rec:3"), e.getMessage());
  }
}
