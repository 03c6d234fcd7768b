package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.solab.iso8583.IsoMessage;
import com.solab.iso8583.IsoType;
import com.solab.iso8583.MessageFactory;
import com.solab.iso8583.impl.SimpleTraceGenerator;
import com.solab.iso8583.parse.FieldParseInfo;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
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
import io.tracestream.rules.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Card payments by j8583, each after two bytes of a length that counts itself. */
@Timeout(60)
class Iso8583Test {
  private static final Map<Integer, FieldParseInfo> FIELDS = Map.of(
      4, FieldParseInfo.getInstance(IsoType.AMOUNT, 12, "US-ASCII"),
      11, FieldParseInfo.getInstance(IsoType.NUMERIC, 6, "US-ASCII"),
      39, FieldParseInfo.getInstance(IsoType.ALPHA, 2, "US-ASCII"));
  private static final int REQUEST = 0x200;
  private static final int REPLY = 0x210;

  @TempDir
  private Path dir;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  /**
   * Else j8583 writes digits that no message has where the default locale has digits of its own.
   */
  private final Locale locale = Locale.getDefault();

  @BeforeEach
  void useDigitsOfMessages() {
    Locale.setDefault(Locale.ROOT);
  }

  @AfterEach
  void stopLoops() throws Exception {
    Locale.setDefault(locale);
    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
  }

  @Test
  void traceNumbersThatVaryAreLearntFromTwoConversations() throws Exception {
    Conversation once = Conversation.of("iso8583-2-inclusive", server -> pay(server, 123_456));
    Conversation again = Conversation.of("iso8583-2-inclusive", server -> pay(server, 987_001));
    Path first = dir.resolve("first.rec");
    Path second = dir.resolve("second.rec");
    Channel server = startServer();
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    String heard = once.record(address, first);
    assertEquals("10.00: 00, 250.00: 51, 99.95: 00", heard);
    assertEquals(heard, again.record(address, second));

    Rules rules = once.learn(first, second);
    assertEquals("copy c2s:32+6->s2c:32+6\n", rules.toString());
    once.verify(address, second, rules);
    server.close().sync();
    assertEquals(heard, again.replay(first, rules));
  }

  private String pay(InetSocketAddress server, int firstTrace) throws Exception {
    MessageFactory<IsoMessage> messages = messages();
    messages.setTraceNumberGenerator(new SimpleTraceGenerator(firstTrace));
    BlockingQueue<IsoMessage> replies = new LinkedBlockingQueue<>();
    Channel channel = new Bootstrap()
        .group(loops)
        .channel(NioSocketChannel.class)
        .handler(pipeline((context, reply) -> replies.add(reply)))
        .connect(server)
        .sync()
        .channel();
    List<String> heard = new ArrayList<>();
    for (String amount : List.of("10.00", "250.00", "99.95")) {
      IsoMessage request = messages.newMessage(REQUEST);
      request.setValue(4, amount, IsoType.AMOUNT, 12);
      channel.writeAndFlush(bytes(request));
      IsoMessage reply = replies.poll(10, TimeUnit.SECONDS);
      assertEquals(request.getField(11).toString(), reply.getField(11).toString());
      heard.add(amount + ": " + reply.getField(39));
    }
    channel.close().sync();
    return String.join(", ", heard);
  }

  private Channel startServer() throws InterruptedException {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(pipeline((client, request) -> client.writeAndFlush(bytes(reply(request)))))
        .bind(InetAddress.getLoopbackAddress(), 0)
        .sync()
        .channel();
  }

  /** Approves payments of less than 100. */
  private static IsoMessage reply(IsoMessage request) {
    IsoMessage reply = messages().createResponse(request);
    boolean isSmall = request.getField(4).toString().compareTo("000000010000") < 0;
    reply.setValue(39, isSmall ? "00" : "51", IsoType.ALPHA, 2);
    return reply;
  }

  private static MessageFactory<IsoMessage> messages() {
    MessageFactory<IsoMessage> messages = new MessageFactory<>();
    messages.setParseMap(REQUEST, FIELDS);
    messages.setParseMap(REPLY, FIELDS);
    return messages;
  }

  private static ByteBuf bytes(IsoMessage message) {
    return Unpooled.wrappedBuffer(message.writeData());
  }

  private static ChannelHandler pipeline(BiConsumer<ChannelHandlerContext, IsoMessage> handler) {
    return new ChannelInitializer<SocketChannel>() {
      @Override
      protected void initChannel(SocketChannel channel) {
        channel
            .pipeline()
            .addLast(new LengthFieldBasedFrameDecoder(1000, 0, 2, -2, 2))
            .addLast(new LengthFieldPrepender(2, true))
            .addLast(handler(handler));
      }
    };
  }

  private static ChannelHandler handler(BiConsumer<ChannelHandlerContext, IsoMessage> handler) {
    return new SimpleChannelInboundHandler<ByteBuf>() {
      @Override
      protected void channelRead0(ChannelHandlerContext context, ByteBuf payload) throws Exception {
        handler.accept(context, messages().parseMessage(ByteBufUtil.getBytes(payload), 0));
      }
    };
  }
}
