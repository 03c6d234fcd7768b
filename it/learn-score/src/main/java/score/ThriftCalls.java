package score;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolFactory;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.server.TNonblockingServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.layered.TFramedTransport;

/** Apache Thrift's framed transport, with calls whose sequence ids vary. */
final class ThriftCalls extends Subject {
  private static final int MILLIS = 10_000;

  private final TProtocolFactory protocol;

  private ThriftCalls(String name, TProtocolFactory protocol) {
    super(name, 4);
    this.protocol = protocol;
  }

  static ThriftCalls binary() {
    return new ThriftCalls("Thrift: binary protocol", new TBinaryProtocol.Factory());
  }

  /** Here a sequence id is a varint. */
  static ThriftCalls compact() {
    return new ThriftCalls("Thrift: compact protocol", new TCompactProtocol.Factory());
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    TNonblockingServerSocket socket = new TNonblockingServerSocket(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MILLIS);
    TNonblockingServer server = new TNonblockingServer(new TNonblockingServer.Args(socket)
        .protocolFactory(protocol)
        .processor(ThriftCalls::answer));
    Thread serving = new Thread(server::serve);
    serving.start();
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getPort());
      }

      @Override
      public void close() throws InterruptedException {
        server.stop();
        serving.join();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    int firstId = new Random(run).nextInt(1 << 20);
    try (TSocket socket = new TSocket(server.getHostString(), server.getPort(), MILLIS);
        TFramedTransport frames = new TFramedTransport(socket)) {
      frames.open();
      TProtocol calls = protocol.getProtocol(frames);
      int sum = 0;
      for (int i = 1; i <= 5; i++) {
        calls.writeMessageBegin(new TMessage("add", TMessageType.CALL, firstId + i));
        write(calls, 1, sum, i);
        if (calls.readMessageBegin().seqid != firstId + i) {
          throw new Wrong("a reply to another call");
        }
        sum = readSum(calls);
      }
      return "sum " + sum;
    }
  }

  private static void answer(TProtocol in, TProtocol out) throws TException {
    TMessage call = in.readMessageBegin();
    int sum = readSum(in);
    out.writeMessageBegin(new TMessage(call.name, TMessageType.REPLY, call.seqid));
    write(out, 0, sum);
  }

  private static void write(TProtocol out, int firstField, int... values) throws TException {
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
