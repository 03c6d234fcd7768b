package score;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.Protocol.Message;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.ipc.SocketServer;
import org.apache.avro.ipc.SocketTransceiver;
import org.apache.avro.ipc.generic.GenericRequestor;
import org.apache.avro.ipc.generic.GenericResponder;

/**
 * Apache Avro's remote calls over sockets, with order numbers of the client and times of the
 * server.
 */
final class AvroCalls extends Subject {
  private static final org.apache.avro.Protocol SHOP = org.apache.avro.Protocol.parse("""
      {"protocol": "Shop", "messages": {"order": {
        "request": [{"name": "number", "type": "string"}, {"name": "pieces", "type": "int"}],
        "response": "string"}}}
      """);

  AvroCalls() {
    super("Avro IPC: order numbers and times", 4);
  }

  @Override
  @SuppressWarnings("deprecation") // of Avro's transports, this is the one in frames
  Server serve(int run, InetSocketAddress front) throws Exception {
    SocketServer server = new SocketServer(
        new GenericResponder(SHOP) {
          @Override
          public Object respond(Message message, Object request) {
            GenericRecord order = (GenericRecord) request;
            return order.get("number") + " of " + order.get("pieces") + " pieces at "
                + Instant.now().toEpochMilli();
          }
        },
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server.start();
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  @Override
  @SuppressWarnings("deprecation")
  String talk(InetSocketAddress server, int run) throws Exception {
    StringBuilder heard = new StringBuilder();
    try (SocketTransceiver transceiver = new SocketTransceiver(server)) {
      GenericRequestor shop = new GenericRequestor(SHOP, transceiver);
      for (int pieces = 1; pieces <= 4; pieces++) {
        String number = UUID.randomUUID().toString();
        GenericRecord order =
            new GenericData.Record(SHOP.getMessages().get("order").getRequest());
        order.put("number", number);
        order.put("pieces", pieces);
        String reply = shop.request("order", order).toString();
        if (!reply.startsWith(number)) {
          throw new Wrong("found \"" + reply + "\", expected a reply to " + number);
        }
        heard.append(reply, number.length(), reply.indexOf(" at "));
      }
    }
    return heard.toString();
  }
}
