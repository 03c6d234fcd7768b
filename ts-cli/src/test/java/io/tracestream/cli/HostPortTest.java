package io.tracestream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class HostPortTest {
  private final HostPort.ToListen toListen = new HostPort.ToListen();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9000",
        "my-host_1.example.com:1",
        "127.0.0.1:0",
        "[::1]:65535",
        "[fe80::1%eth0]:80"
      })
  void anAddressReadsAsItIsWritten(String text) {
    assertEquals(text, toListen.convert(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":9000",
        "host",
        "host:",
        "host:x",
        "host:65536",
        "127.0.0.1:65536",
        "host:-1",
        "::1:9000",
        "[::1]",
        "a b:1",
        "[host]:1"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(TypeConversionException.class, () -> toListen.convert(text));
  }

  @Test
  void onlyAListenerMayLeaveThePortToTheSystem() {
    assertThrows(TypeConversionException.class, () -> new HostPort.ToConnect().convert("host:0"));
  }

  @Test
  void aNameIsLeftToBeLookedUpLaterAndANumberIsNot() {
    assertTrue(toListen.convert("localhost:1").unresolved().isUnresolved());
    assertFalse(toListen.convert("127.0.0.1:1").unresolved().isUnresolved());
    assertFalse(toListen.convert("[::1]:1").unresolved().isUnresolved());
  }
}
