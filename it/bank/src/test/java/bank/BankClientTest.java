package bank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.junit.ReplayTest;
import java.net.InetSocketAddress;

class BankClientTest {
  @ReplayTest(value = "balance.tsv", headerLength = 4, rules = "copy c2s:0+4->s2c:0+4")
  void annaHasSomeMoney(InetSocketAddress server) throws Exception {
    try (BankClient client = new BankClient(server)) {
      assertEquals("42.00", client.ask("balance anna"));
    }
  }
}
