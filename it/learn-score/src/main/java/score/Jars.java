package score;

import java.util.List;

/** Servers and clients that Maven fetches. */
final class Jars {
  private Jars() {}

  static List<Subject> all() {
    return List.of(
        new ZooKeeperNodes(),
        ThriftCalls.binary(),
        ThriftCalls.compact(),
        new AvroCalls(),
        new RSocketCalls(),
        new OpenWireQueue(),
        new Iso8583Payments(),
        new RocketMqNames(),
        new KafkaTopic());
  }
}
