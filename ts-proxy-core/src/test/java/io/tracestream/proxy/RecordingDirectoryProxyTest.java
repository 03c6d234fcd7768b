package io.tracestream.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingDirectoryConfig;
import io.tracestream.recording.RecordingException;
import io.tracestream.recording.RecordingReader;
import io.tracestream.testing.Await;
import io.tracestream.testing.TestLog;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RecordingDirectoryProxyTest {
  private static final int CLIENTS = 200;
  private static final int ROUND_TRIPS = 20;

  @TempDir
  private Path temporary;

  private Path dir;

  @BeforeEach
  void nameTheFolder() {
    dir = temporary.resolve("recordings");
  }

  private Proxy recordingProxyTo(TestTarget target) throws IOException {
    return Proxy.start(Proxies.to(target.address()).withRecordingDirectory(dir));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** All entries of a conversation, as {@code c2s 6869}. */
  private static List<String> entries(Conversation conversation) throws IOException {
    List<String> entries = new ArrayList<>();
    try (Recording recording = conversation.openEvenIfDamaged(100_000)) {
      RecordingReader reader = recording.reader();
      for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(entry.direction() + " " + HexFormat.of().formatHex(entry.payload()));
      }
    }
    return entries;
  }

  private static CompletableFuture<Void> run(Proxies.Action action) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread = new Thread(() -> {
      try {
        action.run();
        done.complete(null);
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  /** Sends back each frame of 4 bytes of payload, to the end. */
  private static void echo(TestPeer target) throws IOException {
    try (target) {
      for (int i = 0; i < ROUND_TRIPS; i++) {
        target.send(target.awaitBytes(6));
      }
      target.awaitEnd();
    }
  }

  private static List<String> talk(Proxy proxy, int client) throws IOException {
    List<String> expected = new ArrayList<>();
    try (TestPeer peer = TestPeer.connect(proxy.address())) {
      for (int i = 0; i < ROUND_TRIPS; i++) {
        String payload = String.format("%04x%04x", client, i);
        assertEquals("0004" + payload, peer.send("0004" + payload).await(6));
        expected.add("c2s " + payload);
        expected.add("s2c " + payload);
      }
    }
    return expected;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoHundredClientsAtOnceAreRecordedEachToItsFile(boolean gzip) throws Exception {
    Set<String> talked = new TreeSet<>();
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address())
            .withRecordingDirectory(RecordingDirectoryConfig.of(dir).withGzip(gzip)))) {
      CompletableFuture<Void> serving = run(() -> {
        for (int i = 0; i < CLIENTS; i++) {
          TestPeer target = listening.accept();
          run(() -> echo(target));
        }
      });
      List<CompletableFuture<String>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        CompletableFuture<String> said = new CompletableFuture<>();
        run(() -> said.complete(talk(proxy, number).toString()))
            .whenComplete((done, e) -> said.completeExceptionally(new IOException(e)));
        clients.add(said);
      }
      for (CompletableFuture<String> client : clients) {
        talked.add(client.get());
      }
      serving.get();
    }
    Set<String> recorded = new TreeSet<>();
    for (Conversation conversation : RecordingDirectory.open(dir).conversations()) {
      recorded.add(entries(conversation).toString());
    }
    assertEquals(talked, recorded);
    assertEquals(CLIENTS, names().size());
  }

  @Test
  void theOrderOfAllEntriesCanBeFoundByTheirTimes() throws Exception {
    List<TestPeer> clients = new ArrayList<>();
    List<TestPeer> targets = new ArrayList<>();
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening)) {
      for (int i = 0; i < 5; i++) {
        clients.add(TestPeer.connect(proxy.address()));
        targets.add(listening.accept());
      }
      for (int i = 0; i < 50; i++) {
        int client = i * 3 % 5;
        clients.get(client).send(String.format("0001 %02x", i));
        targets.get(client).await(3);
      }
      for (TestPeer client : clients) {
        client.close();
      }
    }
    List<Entry> all = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    for (Conversation conversation : RecordingDirectory.open(dir).conversations()) {
      try (Recording recording = conversation.open(10)) {
        RecordingReader reader = recording.reader();
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
          all.add(entry);
          assertTrue(entry.elapsedMicros() >= reader.startMicros());
        }
        starts.add(reader.startMicros());
      }
    }
    all.sort((a, b) -> Long.compare(a.elapsedMicros(), b.elapsedMicros()));
    assertEquals(
        IntStream.range(0, 50).boxed().toList(),
        all.stream().map(entry -> (int) entry.payload()[0]).toList());
    assertEquals(0, starts.get(0));
    assertEquals(starts.stream().sorted().toList(), starts);
  }

  @Test
  void aConnectionWithoutAWholeFrameLeavesNoFile() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0005 61").endSending();
      target.awaitEnd();
    }
    assertEquals(List.of(), names());
  }

  @Test
  void aFileIsWholeOnceItsConnectionHasEnded() throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer other = TestPeer.connect(proxy.address());
        TestPeer otherTarget = listening.accept()) {
      other.send("0001 21");
      otherTarget.await(3);
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 22");
        target.await(3);
      }
      awaitEntries(1, List.of("c2s 22"));
      awaitEntries(0, List.of("c2s 21")); // within a second
    }
  }

  private void awaitEntries(int conversation, List<String> expected) throws IOException {
    assertTrue(
        Await.until(() -> entriesSoFar(conversation).equals(expected)),
        () -> expected + " are not in the file");
  }

  private List<String> entriesSoFar(int conversation) throws IOException {
    try {
      return entries(RecordingDirectory.open(dir).conversations().get(conversation));
    } catch (RecordingException e) {
      return List.of(); // nothing has been handed over to the file yet
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withFlushingAFrameThatArrivedIsInItsFile(boolean gzip) throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = Proxy.start(Proxies.to(listening.address())
            .withRecordingDirectory(RecordingDirectoryConfig.of(dir).withGzip(gzip))
            .withFlushRecording(true));
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.await(3);
      assertEquals(
          List.of("c2s 21"),
          entries(RecordingDirectory.open(dir).conversations().get(0)));
      client.send("0001 22");
      target.await(3);
      assertEquals(
          List.of("c2s 21", "c2s 22"),
          entries(RecordingDirectory.open(dir).conversations().get(0)));
    }
  }

  @Test
  void aSecondRunRecordsBesideTheFirst() throws Exception {
    for (int run = 1; run <= 2; run++) {
      try (TestTarget listening = TestTarget.start();
          Proxy proxy = recordingProxyTo(listening);
          TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 0" + run);
        target.await(3);
      }
    }
    List<String> recorded = new ArrayList<>();
    for (Conversation conversation : RecordingDirectory.open(dir).conversations()) {
      recorded.addAll(entries(conversation));
    }
    assertEquals(List.of("c2s 01", "c2s 02"), recorded);
  }

  @Test
  void aRecordingThatCannotBeMadeStopsTheProxyAndTheFrameIsNotForwarded() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      Proxy proxy = recordingProxyTo(listening);
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        Files.delete(dir);
        client.send("0001 21");
        assertEquals("", target.awaitEnd());
        Exception e = assertThrows(IOException.class, proxy::awaitStop);
        assertTrue(e.getMessage().contains("there is no such folder"), e.getMessage());
      }
      assertThrows(IOException.class, proxy::close);
    }
  }

  @Test
  void aFileInTheFoldersPlaceIsRefusedAtTheStart() throws Exception {
    Files.writeString(dir, "my notes");
    try (TestTarget listening = TestTarget.start()) {
      Exception e = assertThrows(RecordingException.class, () -> recordingProxyTo(listening));
      assertEquals(dir + ": is not a folder; choose another name", e.getMessage());
    }
  }

  /** Lets one client and its target talk, and gives what stands after the comment on them. */
  private String recorded(Talk talk) throws Exception {
    try (TestTarget listening = TestTarget.start();
        Proxy proxy = recordingProxyTo(listening);
        TestPeer client = TestPeer.connect(proxy.address());
        TestPeer target = listening.accept()) {
      client.send("0001 21");
      target.await(3);
      talk.between(client, target);
      assertTrue(proxy.awaitConnections(1, Duration.ofSeconds(20)));
    }
    return recorded();
  }

  private String recorded() throws IOException {
    String text = Files.readString(dir.resolve(names().get(0)));
    return text.substring(text.indexOf('\n', text.indexOf("# connection ")) + 1)
        .replaceAll("(?m)^\\d+\t(...)\t", "$1 ");
  }

  private interface Talk {
    void between(TestPeer client, TestPeer target) throws IOException;
  }

  @Test
  void theLastLineSaysThatTheClientWasTheFirstToEnd() throws Exception {
    assertEquals("c2s 21\n# ended by client\n", recorded((client, target) -> {
      client.endSending();
      target.awaitEnd();
      target.close();
    }));
  }

  @Test
  void theLastLineSaysThatTheTargetWasTheFirstToEnd() throws Exception {
    assertEquals("c2s 21\ns2c 22\n# ended by target\n", recorded((client, target) -> {
      target.send("0001 22").close();
      client.awaitEnd();
      client.close();
    }));
  }

  @Test
  void whereFramesFollowAnEndThatIsTheirPlace() throws Exception {
    assertEquals(
        "c2s 21\n# client ended its sending\ns2c 22\ns2c 23\n# ended by client\n",
        recorded((client, target) -> {
          client.endSending();
          target.awaitEnd();
          target.send("0001 22" + "0001 23").endSending();
          client.awaitEnd();
        }));
  }

  @Test
  void aTargetThatEndsItsSendingFirstMayStillBeSentTo() throws Exception {
    assertEquals(
        "c2s 21\n# target ended its sending\nc2s 24\n# ended by target\n",
        recorded((client, target) -> {
          target.endSending();
          client.awaitEnd();
          client.send("0001 24").endSending();
          target.awaitEnd();
        }));
  }

  @Test
  void aConnectionThatBrokeIsCutOff() throws Exception {
    assertEquals("c2s 21\n# cut off\n", recorded((client, target) -> {
      client.reset();
      target.awaitEnd();
    }));
  }

  @Test
  void aConnectionThatEndedInsideAFrameIsCutOff() throws Exception {
    assertEquals("c2s 21\n# cut off\n", recorded((client, target) -> {
      client.send("0005 61").endSending();
      target.awaitEnd();
      target.close();
    }));
  }

  @Test
  void aConnectionThatIsOpenWhenTheProxyStopsIsCutOff() throws Exception {
    try (TestTarget listening = TestTarget.start()) {
      Proxy proxy = recordingProxyTo(listening);
      try (TestPeer client = TestPeer.connect(proxy.address());
          TestPeer target = listening.accept()) {
        client.send("0001 21");
        target.await(3);
        proxy.close(); // before its peers, which would end the connection
      }
    }
    assertEquals("c2s 21\n# cut off\n", recorded());
  }

  @Test
  void whatWasRecordedIsSaidForEachConnectionAndInAll() throws Exception {
    try (TestTarget listening = TestTarget.start();
        TestLog log = TestLog.open()) {
      try (Proxy proxy = recordingProxyTo(listening)) {
        for (int i = 1; i <= 2; i++) {
          try (TestPeer client = TestPeer.connect(proxy.address());
              TestPeer target = listening.accept()) {
            client.send("0001 21" + "0000");
            target.await(5);
            target.send("0002 6869");
            client.await(4);
          }
          assertTrue(proxy.awaitConnections(i, Duration.ofSeconds(20)));
        }
      }
      log.await(
          "INFO",
          "connection 2: recorded 2 frames c2s (1 byte) and 1 frame s2c (2 bytes) in ",
          " to " + dir.resolve(names().get(1)));
      log.await(
          "INFO",
          "recorded 2 connections, 4 frames c2s (2 bytes) and 2 frames s2c (4 bytes) in ",
          " to " + dir);
    }
  }
}
