package io.tracestream.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void anAddressIsAHostAndAPort() throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress("my-host", new byte[] {127, 0, 0, 1}), 9000);
    assertEquals("my-host:9000", Addresses.asGiven(address));
    assertEquals("127.0.0.1:9000", Addresses.numeric(address));
    assertEquals(
        "db.example:1", Addresses.asGiven(InetSocketAddress.createUnresolved("db.example", 1)));
  }

  @Test
  void anAddressOfIpv6HasBrackets() {
    InetSocketAddress address = new InetSocketAddress("::1", 9000);
    assertEquals("[0:0:0:0:0:0:0:1]:9000", Addresses.numeric(address));
    assertEquals("[::1]:9000", Addresses.asGiven(InetSocketAddress.createUnresolved("::1", 9000)));
  }
}
