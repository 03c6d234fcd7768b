package score;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import org.jpos.core.SimpleConfiguration;
import org.jpos.iso.ISOMsg;
import org.jpos.iso.ISOServer;
import org.jpos.iso.ISOUtil;
import org.jpos.iso.channel.PostChannel;
import org.jpos.iso.packager.ISO87APackager;
import org.jpos.util.ThreadPool;

/**
 * ISO 8583 card payments with jPOS, in 2-byte lengths: trace numbers, times and reference numbers.
 */
final class Iso8583Payments extends Subject {
  private static final DateTimeFormatter DATE_AND_TIME = DateTimeFormatter.ofPattern("MMddHHmmss");

  Iso8583Payments() {
    super("ISO 8583 (jPOS): card payments", 2);
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    PostChannel channel = new PostChannel(new ISO87APackager());
    ISOServer server = new ISOServer(Programs.freePort(), channel, new ThreadPool());
    server.setConfiguration(new SimpleConfiguration());
    SecureRandom random = new SecureRandom();
    server.addISORequestListener((source, request) -> {
      try {
        ISOMsg reply = (ISOMsg) request.clone();
        reply.setResponseMTI();
        reply.set(37, ISOUtil.zeropad(Long.toString(random.nextLong(1_000_000_000_000L)), 12));
        reply.set(38, ISOUtil.zeropad(Integer.toString(random.nextInt(1_000_000)), 6));
        reply.set(39, "00");
        source.send(reply);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return true;
    });
    Thread serving = new Thread(server);
    serving.start();
    while (server.getPort() == 0 || !listens(server.getPort())) {
      Thread.sleep(20);
    }
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
      }

      @Override
      public void close() {
        server.shutdown();
      }
    };
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    PostChannel channel =
        new PostChannel(server.getHostString(), server.getPort(), new ISO87APackager());
    channel.setTimeout(10_000);
    channel.connect();
    try {
      StringBuilder heard = new StringBuilder();
      int trace = new SecureRandom().nextInt(900_000);
      for (String amount :
          new String[] {"000000001250", "000000009999", "000000000300", "000000120000"}) {
        ISOMsg request = new ISOMsg("0200");
        String number = ISOUtil.zeropad(Integer.toString(trace++), 6);
        request.set(2, "4111111111111111");
        request.set(3, "000000");
        request.set(4, amount);
        request.set(7, LocalDateTime.now().format(DATE_AND_TIME));
        request.set(11, number);
        request.set(41, "TERM0001");
        request.set(49, "978");
        channel.send(request);
        ISOMsg reply = channel.receive();
        if (!number.equals(reply.getString(11))) {
          throw new Wrong("trace number: found " + reply.getString(11) + ", expected " + number);
        }
        heard.append(reply.getString(4)).append(' ').append(reply.getString(39)).append(", ");
      }
      return heard.toString();
    } finally {
      channel.disconnect();
    }
  }
}
