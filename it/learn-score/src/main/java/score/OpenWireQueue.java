package score;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.TransportConnector;

/** ActiveMQ's own protocol, OpenWire: a producer and a consumer on a queue. */
final class OpenWireQueue extends Subject {
  OpenWireQueue() {
    super("ActiveMQ OpenWire: a queue", 4);
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setBrokerName("broker" + run);
    broker.setPersistent(false);
    broker.setUseJmx(false);
    broker.setUseShutdownHook(false);
    TransportConnector connector = broker.addConnector("tcp://127.0.0.1:0");
    broker.start();
    broker.waitUntilStarted();
    URI uri = connector.getConnectUri();
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", uri.getPort());
      }

      @Override
      public void close() throws IOException {
        try {
          broker.stop();
        } catch (Exception e) {
          throw new IOException(e);
        }
        broker.waitUntilStopped();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    ActiveMQConnectionFactory factory =
        new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.getPort()
            + "?wireFormat.maxInactivityDuration=0&connectionTimeout=10000&soTimeout=10000"
            + "&jms.watchTopicAdvisories=false");
    try (Connection connection = factory.createConnection()) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Queue queue = session.createQueue("orders");
      MessageProducer producer = session.createProducer(queue);
      MessageConsumer consumer = session.createConsumer(queue);
      StringBuilder heard = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        producer.send(session.createTextMessage("order " + i));
        TextMessage received = (TextMessage) consumer.receive(10_000);
        heard.append(received == null ? "nothing" : received.getText()).append(", ");
      }
      return heard.toString();
    }
  }
}
