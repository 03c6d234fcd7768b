package io.tracestream.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcTest {
  private static final String SOCKETS = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
         1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2 1
      """;

  @Test
  void processorSecondsAddUpUserAndSystemOfItselfAndOfChildrenThatEnded() {
    String stat = "17 (a (b) c) S 1 17 17 0 -1 4194560 5 6 7 8 250 130 15 5 20 0 1 0 99 1 2";
    assertEquals(4.0, Proc.processorSeconds(stat));
  }

  @Test
  void aProcessThatIsGoneUsedNothing() {
    assertEquals(0, Proc.processorSeconds(""));
    assertEquals(0, Proc.mib("", "VmHWM:"));
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
