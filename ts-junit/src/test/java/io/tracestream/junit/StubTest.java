package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.replay.AtEnd;
import io.tracestream.testing.TestPeer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StubTest {
  private static final List<TestPeer> LEFT_OPEN = new ArrayList<>();

  @AfterAll
  static void closeWhatWasLeftOpen() throws Exception {
    for (TestPeer client : LEFT_OPEN) {
      client.close();
    }
  }

  /** Run by the tests below. */
  static class Cases {
    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true)
    void asksInAnyOrder(InetSocketAddress server) throws Exception {
      try (TestPeer client = TestPeer.connect(server)) {
        client.send("04 62796500").send("02 6869");
        assertEquals("02686f", client.await(3));
        client.send("02 6869");
        assertEquals("02686f", client.await(3));
      }
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true)
    void keepsItsConnection(InetSocketAddress server) throws Exception {
      TestPeer client = TestPeer.connect(server).send("02 6869");
      LEFT_OPEN.add(client);
      client.await(3);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true)
    void asksWhatWasNotRecorded(InetSocketAddress server) throws Exception {
      Greeter.mumble(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true)
    void connectsToNobody(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true, strictUse = true)
    void leavesARequestOut(InetSocketAddress server) throws Exception {
      Greeter.leaveEarly(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true, strictUse = true)
    void usesAll(InetSocketAddress server) throws Exception {
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, strictUse = true)
    void isStrictWithoutAStub(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", headerLength = 1, stub = true, atEnd = AtEnd.HOLD)
    void hasAnEnd(InetSocketAddress server) {}
  }

  @Test
  void requestsMayComeInAnyOrderAndAgain() {
    Runs.assertPasses(Cases.class, "asksInAnyOrder");
  }

  @Test
  void aClientMayKeepItsConnection() {
    Runs.assertPasses(Cases.class, "keepsItsConnection");
  }

  @Test
  void aRequestThatWasNotRecordedFailsTheTest() {
    String message = Runs.message(Cases.class, "asksWhatWasNotRecorded");
    assertTrue(message.startsWith("connection 1 c2s "), message);
    assertTrue(message.contains("src/test/resources/greeting.tsv:2"), message);
  }

  @Test
  void aStubNeedsAClientToo() {
    String message = Runs.message(Cases.class, "connectsToNobody");
    assertTrue(
        message.startsWith("src/test/resources/greeting.tsv: no client connected to "), message);
  }

  @Test
  void strictUseMeansThatAllRequestsAreSent() {
    Runs.assertPasses(Cases.class, "usesAll");
    assertEquals(
        "src/test/resources/greeting.tsv: no client sent 1 recorded request:"
            + " src/test/resources/greeting.tsv:4; check why, or turn strict use off",
        Runs.message(Cases.class, "leavesARequestOut"));
  }

  @Test
  void attributesThatDoNotFitAreRefused() {
    assertEquals(
        "strictUse is only for a stub; set stub, too",
        Runs.message(Cases.class, "isStrictWithoutAStub"));
    assertEquals(
        "atEnd is not for a stub, which never ends a connection; leave it out",
        Runs.message(Cases.class, "hasAnEnd"));
  }
}
