package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ProcTest {
  private static final String SOCKETS = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
         1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2 1
      """;

  @Test
  void userAndSystemTimeAddUpAndThoseOfEndedChildrenApart() {
    String stat = "17 (a (b) c) S 1 17 17 0 -1 4194560 5 6 7 8 250 130 15 5 20 0 1 0 99 1 2";
    assertEquals(3.8, Proc.ownSeconds(stat));
    assertEquals(0.2, Proc.childSeconds(stat));
  }

  @Test
  void aThreadCountsInNanoseconds() {
    assertEquals(1.5, Proc.scheduledSeconds("1500000000 222 3\n"));
  }

  @Test
  void aProcessThatIsGoneUsedNothing() {
    assertEquals(0, Proc.ownSeconds(""));
    assertEquals(0, Proc.childSeconds(""));
    assertEquals(0, Proc.scheduledSeconds(""));
    assertEquals(0, Proc.mib("", "VmHWM:"));
  }

  @Test
  void thisProcessHasUsedSomething() {
    assumeTrue(Proc.isThere(), "nobody counts here");
    assertTrue(Proc.processorSeconds(ProcessHandle.current()) > 0);
    assertTrue(Proc.peakMiB(ProcessHandle.current()) > 1);
    assertTrue(Proc.residentMiB(ProcessHandle.current()) > 1);
  }

  @Test
  void memoryIsFoundByItsName() {
    String status = "Name:\tjava\nVmPeak:\t  99999 kB\nVmHWM:\t    3072 kB\nVmRSS:\t    2048 kB\n";
    assertEquals(3, Proc.mib(status, "VmHWM:"));
    assertEquals(2, Proc.mib(status, "VmRSS:"));
  }

  @Test
  void onlyASocketThatListensOnThePortCounts() {
    assertTrue(Proc.isListening(SOCKETS, 8080));
    assertFalse(Proc.isListening(SOCKETS, 8081));
    assertFalse(Proc.isListening(SOCKETS, 80));
    assertFalse(Proc.isListening("", 8080));
  }
}
