package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.mina.core.future.ConnectFuture;
import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.service.IoService;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.prefixedstring.PrefixedStringCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;
import org.apache.mina.transport.socket.nio.NioSocketConnector;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MINA's text with a length before it, as the client and as the server. */
@Timeout(60)
class MinaTest {
  private static final int LONGEST = 250;

  @TempDir
  private Path dir;

  private int headerLength;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void eachPrefixThatMinaHasIsReplayedToItsClientAndItsServer(int length) throws Exception {
    headerLength = length;
    Conversation counting = new Conversation(new FrameFormat(length, LONGEST), this::count);
    Path file = dir.resolve("mina.rec");
    String heard;
    NioSocketAcceptor server = startServer();
    try {
      heard = counting.record(server.getLocalAddress(), file);
      counting.verify(server.getLocalAddress(), file, Rules.NONE);
    } finally {
      server.dispose(true);
    }
    assertEquals("[one has 3, two has 3, three has 5, four has 4]", heard);
    assertEquals(heard, counting.replay(file, Rules.NONE));
  }

  private NioSocketAcceptor startServer() throws Exception {
    NioSocketAcceptor acceptor = new NioSocketAcceptor(1);
    prepare(acceptor, (session, text) -> session.write(text + " has " + text.length()));
    acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return acceptor;
  }

  private void prepare(IoService service, BiConsumer<IoSession, String> handler) {
    PrefixedStringCodecFactory codec = new PrefixedStringCodecFactory(UTF_8);
    codec.setEncoderPrefixLength(headerLength);
    codec.setDecoderPrefixLength(headerLength);
    service.getFilterChain().addLast("frames", new ProtocolCodecFilter(codec));
    service.setHandler(new IoHandlerAdapter() {
      @Override
      public void messageReceived(IoSession session, Object text) {
        handler.accept(session, (String) text);
      }
    });
  }

  /** Sends two words without waiting, and again two when their replies have come. */
  private String count(InetSocketAddress server) throws Exception {
    BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    NioSocketConnector connector = new NioSocketConnector(1);
    try {
      prepare(connector, (session, reply) -> replies.add(reply));
      ConnectFuture connected = connector.connect(server).awaitUninterruptibly();
      IoSession session = connected.getSession();
      List<String> heard = new ArrayList<>();
      for (String[] words : new String[][] {{"one", "two"}, {"three", "four"}}) {
        session.write(words[0]);
        session.write(words[1]);
        heard.add(replies.poll(10, TimeUnit.SECONDS));
        heard.add(replies.poll(10, TimeUnit.SECONDS));
      }
      session.closeNow().awaitUninterruptibly();
      return heard.toString();
    } finally {
      connector.dispose(true);
    }
  }
}
