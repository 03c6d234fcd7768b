package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.Framing;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.rules.Faults;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FaultsTest {
  private static final int MANY = 10_000;

  @TempDir
  private Path dir;

  private TestTarget listening;
  private Proxy proxy;
  private TestPeer client;
  private TestPeer target;

  @BeforeEach
  void startTheTarget() throws IOException {
    listening = TestTarget.start();
  }

  @AfterEach
  void close() throws IOException {
    if (client != null) {
      client.close();
      target.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    listening.close();
  }

  private ProxyConfig config(Faults faults) {
    return Proxies.to(listening.address()).withFaults(faults);
  }

  private void converse(String... faults) throws IOException {
    converse(config(Faults.of(1, faults)));
  }

  private void converse(ProxyConfig config) throws IOException {
    proxy = Proxy.start(config);
    reconnect();
  }

  private void reconnect() throws IOException {
    client = TestPeer.connect(proxy.address());
    target = listening.accept();
  }

  /** Frames that hold their own number, in four bytes. */
  private static byte[] numbered(int from, int to) {
    ByteBuffer frames = ByteBuffer.allocate(6 * (to - from + 1));
    for (int i = from; i <= to; i++) {
      frames.putShort((short) 4).putInt(i);
    }
    return frames.array();
  }

  @Test
  void droppedFramesAreNotSentAndTheOthersAre() throws Exception {
    converse("c2s[0=02] drop");
    client.send("000101 000102 000103");
    assertEquals("000101000103", target.await(6));
    target.send("000102");
    assertEquals("000102", client.await(3));
  }

  @Test
  void everySeventhOfManyFramesIsDroppedAndNoOther() throws Exception {
    converse("c2s every 7th drop");
    CompletableFuture<Void> sent = sendInBackground(numbered(1, MANY));
    String found = target.awaitEnd();
    sent.join();
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= MANY; i++) {
      expected.append(i % 7 == 0 ? "" : String.format(Locale.ROOT, "0004%08x", i));
    }
    assertEquals(expected.toString(), found);
  }

  private CompletableFuture<Void> sendInBackground(byte[] frames) {
    return CompletableFuture.runAsync(
        () -> Proxies.unchecked(() -> client.send(frames).endSending()));
  }

  @Test
  void theSameSeedHitsTheSameFramesHoweverTheyArriveAndAnotherSeedDoesNot() throws Exception {
    String once = withDrops(7, 6 * MANY);
    assertEquals(once, withDrops(7, 1001));
    assertNotEquals(once, withDrops(8, 6 * MANY));
    int left = once.length() / 12;
    assertTrue(left > MANY * 0.85 && left < MANY * 0.95, left + " frames are left");
  }

  private String withDrops(long seed, int piece) throws Exception {
    try (Proxy own = Proxy.start(config(Faults.of(seed, "c2s 10% drop")));
        TestPeer peer = TestPeer.connect(own.address());
        TestPeer far = listening.accept()) {
      byte[] frames = numbered(1, MANY);
      CompletableFuture<String> found = CompletableFuture.supplyAsync(() -> {
        try {
          return far.awaitEnd();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      for (int at = 0; at < frames.length; at += piece) {
        peer.send(Arrays.copyOfRange(frames, at, Math.min(at + piece, frames.length)));
      }
      peer.endSending();
      return found.get();
    }
  }

  @Test
  void eachConnectionHasItsOwnRandomDecisions() throws Exception {
    converse("c2s 50% drop");
    client.send(numbered(1, 200)).endSending();
    String first = target.awaitEnd();
    client.close();
    target.close();
    reconnect();
    client.send(numbered(1, 200)).endSending();
    assertNotEquals(first, target.awaitEnd());
  }

  @Test
  void corruptedBytesAreInverted() throws Exception {
    converse("s2c 2nd corrupt 1+2", "s2c 2nd corrupt -1+1");
    target.send("0004 01020304 0004 01020304 0002 0102");
    assertEquals("0004" + "01020304" + "0004" + "01fdfcfb" + "0002" + "0102", client.await(16));
  }

  @Test
  void aPayloadWithoutTheBytesToCorruptIsNotCounted() throws Exception {
    converse("s2c 1st corrupt 2+1");
    target.send("0001 01 0003 010203");
    assertEquals("000101" + "00030102fc", client.await(8));
  }

  @Test
  void aFrameIsCutInsideAndThenTheSendingEnds() throws Exception {
    converse("s2c 2nd truncate 4");
    target.send("0003 010203 0003 040506 0003 070809");
    assertEquals("0003010203" + "00030405", client.awaitEnd());
    client.send("0001 01");
    assertEquals("000101", target.await(3), "the other direction lives on");
  }

  @Test
  void atLeastOneByteOfATruncatedFrameIsMissing() throws Exception {
    converse("s2c 1st truncate 100");
    target.send("0003 010203");
    assertEquals("00030102", client.awaitEnd());
  }

  @Test
  void aTruncatedFrameMayBeFollowedByAReset() throws Exception {
    converse("s2c 1st truncate 3 reset");
    target.send("0003 010203");
    assertEquals("000301", client.await(3));
    assertReset();
  }

  @Test
  void aResetIsOneAndTheTargetIsClosed() throws Exception {
    converse("s2c 2nd reset");
    target.send("0001 01");
    assertEquals("000101", client.await(3));
    target.send("0001 02");
    assertReset();
    assertEquals("", target.awaitEnd());
  }

  private void assertReset() {
    SocketException e = assertThrows(
        SocketException.class, () -> client.socket().getInputStream().read());
    assertTrue(e.getMessage().toLowerCase(Locale.ROOT).contains("reset"), e.getMessage());
  }

  @Test
  void anEndStandsInTheFramesPlace() throws Exception {
    converse("c2s[0=09] end");
    client.send("0001 01 0001 09 0001 02");
    assertEquals("000101", target.awaitEnd());
    target.send("0001 03").endSending();
    assertEquals("000103", client.awaitEnd());
    client.close();
    proxy.awaitConnections(1, Duration.ofSeconds(30));
  }

  @Test
  void afterAHangNothingIsSentUntilBothSidesHaveEnded() throws Exception {
    converse("s2c 2nd hang");
    target.send("0001 01 0001 02 0001 03").endSending();
    assertEquals("000101", client.await(3));
    client.send("0001 04");
    assertEquals("000104", target.await(3));
    assertEquals(1, proxy.stats().openConnections());
    client.endSending();
    assertEquals("", client.awaitEnd());
    assertEquals("", target.awaitEnd());
  }

  @Test
  void delayedFramesComeLaterAndInOrder() throws Exception {
    converse("s2c 1st delay 300ms");
    long start = System.nanoTime();
    target.send("0001 01 0001 02").endSending();
    assertEquals("000101" + "000102", client.awaitEnd());
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 300, millis + " ms");
  }

  @Test
  void delaysOfFramesInARowPassAtTheSameTime() throws Exception {
    converse("s2c delay 400ms");
    long start = System.nanoTime();
    for (int i = 1; i <= 100; i++) {
      target.send(numbered(i, i));
      client.send("0001 01");
      target.await(3); // so that each frame is read by itself
    }
    client.awaitBytes(100 * 6);
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 400, millis + " ms");
    assertTrue(millis < 100 * 400, millis + " ms");
  }

  @Test
  void muchThatIsDelayedComesWholeAndStopsTheReading() throws Exception {
    converse("c2s 1st delay 200ms", "c2s jitter 1ms");
    byte[] frames = numbered(1, 100_000);
    CompletableFuture<Void> sent = sendInBackground(frames);
    byte[] found = target.awaitBytes(frames.length);
    sent.join();
    assertEquals(ByteBuffer.wrap(frames), ByteBuffer.wrap(found));
    assertEquals("", target.awaitEnd());
  }

  @Test
  void otherConnectionsDoNotWaitForADelay() throws Exception {
    converse("c2s on connection 1 delay 1h");
    client.send("0001 01");
    try (TestPeer other = TestPeer.connect(proxy.address());
        TestPeer far = listening.accept()) {
      other.send("0001 02");
      assertEquals("000102", far.await(3));
    }
  }

  @Test
  void duplicatesAndReorderedFramesComeWhereTheyShould() throws Exception {
    converse("c2s 2nd duplicate", "c2s 3rd reorder 2", "c2s 7th reorder 5");
    client.send("000101 000102 000103 000104 000105 000106 000107 000108").endSending();
    assertEquals("000101000102000102000104000105000103000106000108000107", target.awaitEnd());
  }

  @Test
  void framesThatWaitForLaterOnesDoNotKeepThoseFromBeingRead() throws Exception {
    converse("c2s reorder 9");
    String frames = ("ea60" + "6a".repeat(60_000)).repeat(8); // more than is held otherwise
    client.send(frames).endSending();
    assertEquals(frames, target.awaitEnd());
  }

  @Test
  void aRateIsKept() throws Exception {
    converse("s2c rate 10k/s");
    long start = System.nanoTime();
    target.send("0bfe" + "00".repeat(3070)).endSending();
    assertEquals(2 * 3072, client.awaitEnd().length());
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 290, millis + " ms");
  }

  @Test
  void aSplitFrameComesInPieces() throws Exception {
    converse("s2c split 3 200ms");
    long start = System.nanoTime();
    target.send("0005 0102030405");
    byte[] some = new byte[100];
    assertEquals(3, client.socket().getInputStream().read(some));
    assertEquals("02030405", client.await(4));
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 400, millis + " ms");
  }

  @Test
  void largeFramesHaveFaultsToo() throws Exception {
    proxy = Proxy.start(ProxyConfig.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), listening.address())
        .withFormat(new FrameFormat(4, 10_000_000))
        .withFaults(Faults.of(1, "c2s[-1=05] corrupt 3000000+1")));
    reconnect();
    ByteBuffer frame = ByteBuffer.allocate(5_000_004);
    frame.putInt(5_000_000).put(5_000_003, (byte) 5);
    CompletableFuture<Void> sent = sendInBackground(frame.array());
    byte[] found = target.awaitBytes(5_000_004);
    sent.join();
    assertEquals(-1, found[3_000_004]);
    frame.put(3_000_004, (byte) -1);
    assertEquals(ByteBuffer.wrap(frame.array()), ByteBuffer.wrap(found));
  }

  @Test
  void offsetsAreThoseOfThePayloadWhereverTheLengthStands() throws Exception {
    proxy =
        Proxy.start(config(Faults.of(1, "c2s[0=6162] corrupt 1+2", "c2s[0=00000000] corrupt 4+1"))
            .withFormat(new FrameFormat(Framing.parse("length=1,offset=2,preamble=c2s:5"), 100)));
    reconnect();
    client.send("00000000aa 6162 02 6364 7172 00");
    assertEquals("0000000055" + "619d02" + "9c64" + "717200", target.await(13));
  }

  @Test
  void theBitsOfALengthInThePayloadAreNotCorrupted() throws Exception {
    proxy = Proxy.start(config(Faults.of(1, "c2s corrupt 1+5", "c2s 2nd corrupt 0+1"))
        .withFormat(new FrameFormat(Framing.parse("length=4,offset=1,mask=7fffffff"), 100)));
    reconnect();
    client.send("61 80000002 6364  61 00000002 6364");
    assertEquals("61" + "00000002" + "9c64" + "9e" + "80000002" + "9c64", target.await(14));
  }

  @Test
  void faultsChangeWhileTheProxyRuns() throws Exception {
    Faults faults = Faults.none();
    converse(config(faults));
    client.send("000101");
    assertEquals("000101", target.await(3));
    faults.set("c2s drop");
    client.send("000102");
    target.send("000101");
    client.await(3);
    faults.clear();
    client.send("000103");
    assertEquals("000103", target.await(3));
  }

  @Test
  void theRecordingHasWhatWasSentAndACommentForEachFault() throws Exception {
    Path file = dir.resolve("a.rec");
    converse(
        config(Faults.of(1, "c2s 2nd drop", "s2c[0=\"\u00e9\"] corrupt 0+1")).withRecording(file));
    client.send("0001 01 0001 02 0001 03");
    assertEquals("000101000103", target.await(6));
    target.send("0002 c3a9");
    assertEquals("00023ca9", client.await(4));
    client.endSending();
    target.awaitEnd();
    target.endSending();
    client.awaitEnd();
    proxy.close();
    List<String> lines = Files.readAllLines(file).stream()
        .map(line -> line.replaceFirst("^\\d+\t", ""))
        .toList();
    assertEquals(
        List.of(
            "# ts_proxy recording v1",
            "c2s\t01",
            "# fault: c2s 2nd drop",
            "c2s\t02",
            "c2s\t03",
            "# fault: s2c[0=\"?\"] corrupt 0+1",
            "s2c\tc3a9"),
        lines);
  }

  @Test
  void soItIsInAFolderAndAResetIsACut() throws Exception {
    converse(
        config(Faults.of(1, "s2c reset")).withRecordingDirectory(RecordingDirectoryConfig.of(dir)));
    target.send("0001 01");
    assertReset();
    proxy.close();
    try (Stream<Path> files = Files.list(dir)) {
      String recorded = Files.readString(files.findFirst().orElseThrow());
      assertTrue(recorded.contains("\n# fault: s2c reset\n"), recorded);
      assertTrue(recorded.endsWith("\ts2c\t01\n# cut off\n"), recorded);
    }
  }

  @Test
  void theLogHasALineForEachFault() throws Exception {
    try (TestLog log = TestLog.open()) {
      converse("c2s[len=1] 2nd drop");
      client.send("0001 01 0002 0202 0001 03");
      log.await("connection 1 c2s frame 3: fault: c2s[len=1] 2nd drop");
    }
  }

  @Test
  void aWholeRunWithoutAFaultIsForwardedAsItCame() throws Exception {
    converse("s2c drop");
    byte[] frames = numbered(1, MANY);
    CompletableFuture<Void> sent = sendInBackground(frames);
    assertEquals(ByteBuffer.wrap(frames), ByteBuffer.wrap(target.awaitBytes(frames.length)));
    sent.join();
    target.send("0001 01").endSending();
    assertEquals("", client.awaitEnd());
    assertFalse(proxy.stats().openConnections() > 1);
  }
}
