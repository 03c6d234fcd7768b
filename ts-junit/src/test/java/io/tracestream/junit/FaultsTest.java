package io.tracestream.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Direction;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import io.tracestream.rules.Frames;
import io.tracestream.testing.TestPeer;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FaultsTest {
  /** Run by the tests below. */
  static class Cases {
    @ReplayTest(
        value = "greeting.tsv",
        headerLength = 1,
        faults = "s2c on connection 1 truncate 2 reset")
    void comesBackAfterAReset(InetSocketAddress server) throws Exception {
      try (TestPeer client = TestPeer.connect(server)) {
        client.send("02 6869");
        assertEquals("0268", client.await(2));
        assertThrows(
            SocketException.class, () -> client.socket().getInputStream().read());
      }
      Greeter.greet(server);
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1)
    void cutsInsideLater(InetSocketAddress server, Faults faults) throws Exception {
      Greeter.greet(server);
      faults.set(Fault.truncate(Frames.of(Direction.S2C), 2));
      try (TestPeer client = TestPeer.connect(server)) {
        assertEquals("0268", client.send("02 6869").awaitEnd());
      }
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, faults = "s2c drop")
    void leavesAfterAFault(InetSocketAddress server) throws Exception {
      try (TestPeer client = TestPeer.connect(server)) {
        client.send("02 6869");
      }
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, faults = "s2c drop")
    void mumblesInSpiteOfAFault(InetSocketAddress server) throws Exception {
      try (TestPeer client = TestPeer.connect(server)) {
        client.send("02 6869 02 6868").awaitEnd();
      }
    }

    @ReplayTest(value = "greeting.tsv", headerLength = 1, faults = "s2c 3 drop")
    void hasAWrongFault(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", headerLength = 1, faults = "c2s drop")
    void hasAFaultOfTheClient(InetSocketAddress server) {}

    @ReplayTest(value = "greeting.tsv", headerLength = 1, rules = "fault s2c drop")
    void hasAFaultAmongRules(InetSocketAddress server) {}
  }

  /** A server of a field. */
  static class OfAField {
    private final Faults faults = Faults.of("s2c corrupt 1+1");

    @RegisterExtension
    private final ReplayExtension server =
        ReplayExtension.of("greeting.tsv").withFormat(new FrameFormat(1, 255)).withFaults(faults);

    @Test
    void hears() throws Exception {
      try (TestPeer client = TestPeer.connect(server.address())) {
        assertEquals("026890", client.send("02 6869").await(3));
        client.send("04 62796500");
      }
      faults.clear();
      Greeter.greet(server.address());
    }
  }

  @Test
  void aClientThatComesBackPasses() {
    Runs.assertPasses(Cases.class, "comesBackAfterAReset");
  }

  @Test
  void faultsMayChangeDuringATest() {
    Runs.assertPasses(Cases.class, "cutsInsideLater");
  }

  @Test
  void whatAClientThatLeavesDoesIsUpToTheTestsOwnAssertions() {
    Runs.assertPasses(Cases.class, "leavesAfterAFault");
  }

  @Test
  void aClientThatDiffersFailsTheTestAsEver() {
    String message = Runs.message(Cases.class, "mumblesInSpiteOfAFault");
    assertTrue(message.startsWith("connection 1 c2s "), message);
  }

  @Test
  void aFieldMayHaveFaultsToo() {
    Runs.assertPass(1, OfAField.class);
  }

  @Test
  void whatIsWrongIsNamed() {
    String wrong = Runs.message(Cases.class, "hasAWrongFault");
    assertTrue(wrong.startsWith("faults: \"s2c 3 drop\": character 6: write 1st"), wrong);
    assertEquals(
        "faults: \"c2s drop\" has no meaning for a replay, which sends s2c frames only",
        Runs.message(Cases.class, "hasAFaultOfTheClient"));
    assertEquals(
        "rules: \"fault s2c drop\" is not a rule for comparing; write it as faults",
        Runs.message(Cases.class, "hasAFaultAmongRules"));
  }
}
