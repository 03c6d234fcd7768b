package io.tracestream.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestream.codec.FrameFormat;
import io.tracestream.rules.Rules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.server.TNonblockingServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thrift's framed transport and its non-blocking server. What its compiler would make of {@code i32
 * add(1: i32 a, 2: i32 b)} is written by hand.
 */
@Timeout(60)
class ThriftTest {
  private static final FrameFormat FORMAT = new FrameFormat(4, 1000);
  private static final int MILLIS = 10_000;

  @TempDir
  private Path dir;

  private TNonblockingServerSocket socket;
  private TNonblockingServer server;
  private Thread serving;

  @BeforeEach
  void startServer() throws Exception {
    socket = new TNonblockingServerSocket(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MILLIS);
    server =
        new TNonblockingServer(new TNonblockingServer.Args(socket).processor(ThriftTest::answer));
    serving = new Thread(server::serve, "thrift-server");
    serving.start();
  }

  @AfterEach
  void stopServer() throws Exception {
    server.stop();
    serving.join();
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getPort());
  }

  @Test
  void callsThatCountFromOneAreReplayedToTheClientAndToTheServer() throws Exception {
    Conversation counted = new Conversation(FORMAT, address -> addUp(address, 1));
    Path file = dir.resolve("thrift.rec");
    assertEquals("15", counted.record(address(), file));
    counted.verify(address(), file, Rules.NONE);
    assertEquals("15", counted.replay(file, Rules.NONE));
  }

  @Test
  void sequenceIdsThatVaryAreLearntFromTwoConversations() throws Exception {
    // All four bytes differ: a byte that happens to be the same in all recordings is not opened.
    AtomicInteger firstId = new AtomicInteger(0x0b64d20e);
    Conversation varying =
        new Conversation(FORMAT, address -> addUp(address, firstId.getAndAdd(0x11223344)));
    Path first = dir.resolve("first.rec");
    Path second = dir.resolve("second.rec");
    varying.record(address(), first);
    varying.record(address(), second);

    Rules rules = varying.learn(first, second);
    assertEquals("copy c2s:11+4->s2c:11+4\n", rules.toString());
    assertEquals("15", varying.replay(first, rules));
    varying.verify(address(), first, rules);
  }

  /** Adds one to five, call by call, and insists on the sequence id of each reply. */
  private static String addUp(InetSocketAddress server, int firstId) throws TException {
    try (TSocket socket = new TSocket(server.getHostString(), server.getPort(), MILLIS);
        TFramedTransport frames = new TFramedTransport(socket)) {
      frames.open();
      TProtocol calls = new TBinaryProtocol(frames);
      int sum = 0;
      for (int i = 1; i <= 5; i++) {
        int id = firstId + i;
        calls.writeMessageBegin(new TMessage("add", TMessageType.CALL, id));
        writeStruct(calls, 1, sum, i);
        TMessage reply = calls.readMessageBegin();
        assertEquals(id, reply.seqid);
        sum = readSum(calls);
      }
      return Integer.toString(sum);
    }
  }

  /** Reads a call, and replies with the sum of its fields. */
  private static void answer(TProtocol in, TProtocol out) throws TException {
    TMessage call = in.readMessageBegin();
    int sum = readSum(in);
    out.writeMessageBegin(new TMessage(call.name, TMessageType.REPLY, call.seqid));
    writeStruct(out, 0, sum);
  }

  private static void writeStruct(TProtocol out, int firstField, int... values) throws TException {
    out.writeStructBegin(new TStruct("values"));
    for (int i = 0; i < values.length; i++) {
      out.writeFieldBegin(new TField("value", TType.I32, (short) (firstField + i)));
      out.writeI32(values[i]);
      out.writeFieldEnd();
    }
    out.writeFieldStop();
    out.writeStructEnd();
    out.writeMessageEnd();
    out.getTransport().flush();
  }

  private static int readSum(TProtocol in) throws TException {
    int sum = 0;
    in.readStructBegin();
    for (TField field = in.readFieldBegin();
        field.type != TType.STOP;
        field = in.readFieldBegin()) {
      sum += in.readI32();
      in.readFieldEnd();
    }
    in.readStructEnd();
    in.readMessageEnd();
    return sum;
  }
}
