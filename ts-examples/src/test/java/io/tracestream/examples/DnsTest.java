package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** DNS over TCP (RFC 1035, 4.2.2) by dnsjava's resolver, which draws an id for each query. */
@Timeout(60)
class DnsTest {
  private static final FrameFormat FORMAT = new FrameFormat(2, 65_535);

  @TempDir
  private Path dir;

  @Test
  void aResolverGetsItsOwnIdsBackFromAnEarlierConversation() throws Exception {
    Conversation lookUps = new Conversation(FORMAT, DnsTest::lookUp);
    Path first = dir.resolve("first.rec");
    Path second = dir.resolve("second.rec");
    String heard;
    Rules rules;
    try (BlockingServer server = BlockingServer.start(DnsTest::answer)) {
      heard = lookUps.record(server.address(), first);
      assertEquals(heard, lookUps.record(server.address(), second));
      rules = lookUps.learn(first, second);
      lookUps.verify(server.address(), first, rules);
    }
    assertEquals("192.0.2.1 \"of example.org.\" 192.0.2.1", heard);
    assertEquals("copy c2s:0+2->s2c:0+2\n", rules.toString());
    assertEquals(heard, lookUps.replay(first, rules));
    assertEquals(heard, lookUps.replay(second, rules));
  }

  private static String lookUp(InetSocketAddress server) throws IOException {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setTCP(true);
    resolver.setTimeout(Duration.ofSeconds(10));
    return lookUp(resolver, "example.com.", Type.A)
        + " " + lookUp(resolver, "example.org.", Type.TXT)
        + " " + lookUp(resolver, "example.net.", Type.A);
  }

  private static String lookUp(SimpleResolver resolver, String name, int type) throws IOException {
    Record question = Record.newRecord(Name.fromString(name), type, DClass.IN);
    Message reply = resolver.send(Message.newQuery(question));
    return reply.getSection(Section.ANSWER).get(0).rdataToString();
  }

  private static void answer(DataInputStream in, DataOutputStream out) throws IOException {
    Message query = new Message(in.readNBytes(in.readUnsignedShort()));
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    Record question = query.getQuestion();
    reply.addRecord(question, Section.QUESTION);
    reply.addRecord(answer(question.getName(), question.getType()), Section.ANSWER);
    byte[] payload = reply.toWire();
    out.writeShort(payload.length);
    out.write(payload);
  }

  private static Record answer(Name name, int type) throws IOException {
    return type == Type.A
        ? new ARecord(
            name, DClass.IN, 60, InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}))
        : new TXTRecord(name, DClass.IN, 60, "of " + name);
  }
}
