package io.tracestream.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pipeline of Netty's frame decoder and prepender, as the client and as the server. */
@Timeout(60)
class NettyTest {
  private static final int REQUESTS = 100;
  private static final int LONGEST = 200;

  @TempDir
  private Path dir;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private int headerLength;

  @AfterEach
  void stopLoops() throws Exception {
    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8})
  void eachHeaderLengthThatNettyHasIsReplayedToItsClientAndItsServer(int length) throws Exception {
    headerLength = length;
    Conversation pipelined = new Conversation(new FrameFormat(length, LONGEST), this::askAll);
    Path file = dir.resolve("netty.rec");
    Channel server = startServer();
    String heard = pipelined.record(address(server), file);
    assertTrue(heard.startsWith("[you said: x, you said: xx, "), heard);

    pipelined.verify(address(server), file, Rules.NONE);
    server.close().sync();
    assertEquals(heard, pipelined.replay(file, Rules.NONE));
  }

  private Channel startServer() throws InterruptedException {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(pipeline((channel, request) -> channel.writeAndFlush("you said: " + request)))
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel();
  }

  private static InetSocketAddress address(Channel server) {
    return (InetSocketAddress) server.localAddress();
  }

  /** Sends all requests in one piece, of all lengths, and then waits for the replies. */
  private String askAll(InetSocketAddress server) throws Exception {
    BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    Channel channel = new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .handler(pipeline((context, reply) -> replies.add(reply)))
        .connect(server)
        .sync()
        .channel();
    for (int i = 1; i <= REQUESTS; i++) {
      channel.write("x".repeat(i)); // of an empty text its encoder makes no frame
    }
    channel.flush();
    List<String> heard = new ArrayList<>();
    while (heard.size() < REQUESTS) {
      heard.add(replies.poll(10, TimeUnit.SECONDS));
    }
    channel.close().sync();
    return heard.toString();
  }

  private ChannelHandler pipeline(BiConsumer<ChannelHandlerContext, String> handler) {
    int length = headerLength;
    return new ChannelInitializer<SocketChannel>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel
            .pipeline()
            .addLast(new LengthFieldBasedFrameDecoder(LONGEST + length, 0, length, 0, length))
            .addLast(new LengthFieldPrepender(length))
            .addLast(new StringDecoder(UTF_8))
            .addLast(new StringEncoder(UTF_8))
            .addLast(handler(handler));
      }
    };
  }

  private static ChannelHandler handler(BiConsumer<ChannelHandlerContext, String> handler) {
    return new SimpleChannelInboundHandler<String>() {
      @Override
      protected void channelRead0(ChannelHandlerContext context, String text) {
        handler.accept(context, text);
      }
    };
  }
}
