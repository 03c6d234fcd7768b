package bank;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Each frame is a 4-byte length, the 4-byte id of the request, and text. */
public final class BankClient implements AutoCloseable {
  private final Socket socket;

  public BankClient(InetSocketAddress server) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
  }

  public String ask(String question) throws IOException {
    int id = ThreadLocalRandom.current().nextInt(); // a new one in each run
    byte[] text = question.getBytes(UTF_8);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeInt(4 + text.length);
    out.writeInt(id);
    out.write(text);

    DataInputStream in = new DataInputStream(socket.getInputStream());
    int length = in.readInt();
    if (in.readInt() != id) {
      throw new IOException("this is the reply to another request");
    }
    return new String(in.readNBytes(length - 4), UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
