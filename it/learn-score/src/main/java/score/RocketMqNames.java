package score;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.rocketmq.common.namesrv.NamesrvConfig;
import org.apache.rocketmq.namesrv.NamesrvController;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.header.namesrv.GetKVConfigRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.namesrv.GetKVConfigResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.namesrv.PutKVConfigRequestHeader;

/** RocketMQ's name server: headers in JSON, with a request number that grows. */
final class RocketMqNames extends Subject {
  RocketMqNames() {
    super("RocketMQ name server: JSON headers", 4);
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws Exception {
    Path folder = Files.createTempDirectory("rocketmq");
    NamesrvConfig names = new NamesrvConfig();
    names.setRocketmqHome(folder.toString());
    names.setKvConfigPath(folder.resolve("kv.json").toString());
    NettyServerConfig network = new NettyServerConfig();
    network.setBindAddress("127.0.0.1");
    network.setListenPort(Programs.freePort());
    NamesrvController server = new NamesrvController(names, network);
    server.initialize();
    server.start();
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", network.getListenPort());
      }

      @Override
      public void close() {
        server.shutdown();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws Exception {
    NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig());
    client.start();
    try {
      String address = "127.0.0.1:" + server.getPort();
      StringBuilder heard = new StringBuilder();
      for (int i = 0; i < 4; i++) {
        PutKVConfigRequestHeader put = new PutKVConfigRequestHeader();
        put.setNamespace("rates");
        put.setKey("EUR" + i);
        put.setValue("1.0" + i);
        client.invokeSync(
            address, RemotingCommand.createRequestCommand(RequestCode.PUT_KV_CONFIG, put), 10_000);
        GetKVConfigRequestHeader get = new GetKVConfigRequestHeader();
        get.setNamespace("rates");
        get.setKey("EUR" + i);
        RemotingCommand reply = client.invokeSync(
            address, RemotingCommand.createRequestCommand(RequestCode.GET_KV_CONFIG, get), 10_000);
        heard
            .append(
                reply.decodeCommandCustomHeader(GetKVConfigResponseHeader.class).getValue())
            .append(' ');
      }
      return heard.toString();
    } finally {
      client.shutdown();
    }
  }
}
