package score;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** RSocket over TCP, with 3-byte lengths: a trace id in each request, and streams. */
final class RSocketCalls extends Subject {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  RSocketCalls() {
    super("RSocket: trace ids, and a stream", 3);
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    SocketAcceptor acceptor = SocketAcceptor.with(new RSocket() {
      @Override
      public Mono<Payload> requestResponse(Payload request) {
        return Mono.just(
            DefaultPayload.create(request.getDataUtf8() + " done", request.getMetadataUtf8()));
      }

      @Override
      public Flux<Payload> requestStream(Payload request) {
        return Flux.range(1, 3).map(i -> DefaultPayload.create("rate " + i));
      }
    });
    CloseableChannel server = RSocketServer.create(acceptor)
        .bind(TcpServerTransport.create("127.0.0.1", 0))
        .block(DEADLINE);
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return server.address();
      }

      @Override
      public void close() {
        server.dispose();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    RSocket client = RSocketConnector.create()
        .keepAlive(Duration.ofMinutes(5), Duration.ofMinutes(10))
        .connect(TcpClientTransport.create(server))
        .block(DEADLINE);
    try {
      StringBuilder heard = new StringBuilder();
      for (int i = 0; i < 4; i++) {
        String trace = UUID.randomUUID().toString();
        Payload reply =
            client.requestResponse(DefaultPayload.create("pay " + i, trace)).block(DEADLINE);
        if (!reply.getMetadataUtf8().equals(trace)) {
          throw new Wrong("a reply to another request");
        }
        heard.append(reply.getDataUtf8()).append(", ");
      }
      return heard
          + String.valueOf(client
              .requestStream(DefaultPayload.create("rates"))
              .map(Payload::getDataUtf8)
              .collectList()
              .block(DEADLINE));
    } finally {
      client.dispose();
      client.onClose().block(DEADLINE);
    }
  }
}
