package score;

import io.tracestream.codec.FrameFormat;
import io.tracestream.codec.FrameReader;
import io.tracestream.codec.FrameWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A generated protocol: a script of frames, which both sides follow. */
final class Protocol extends Subject {
  private static final FrameFormat FORMAT = new FrameFormat(4, 1_000_000);

  private final String group;
  private final Duration betweenRuns;
  private final List<Step> steps;
  private final Map<Integer, List<Mark[]>> ofClients = new HashMap<>();
  private final Map<Integer, List<Mark[]>> ofServers = new HashMap<>();

  /** A frame of one side, or, without a frame, a new connection. */
  record Step(boolean ofClient, Field... fields) {
    static final Step CONNECT = new Step(true);

    static Step c2s(Field... fields) {
      return new Step(true, fields);
    }

    static Step s2c(Field... fields) {
      return new Step(false, fields);
    }
  }

  Protocol(String name, String group, Duration betweenRuns, List<Step> steps) {
    super(name, FORMAT.headerLength());
    this.group = group;
    this.betweenRuns = betweenRuns;
    this.steps = steps;
  }

  @Override
  String group() {
    return "generated: " + group;
  }

  @Override
  boolean hasManyConnections() {
    return steps.contains(Step.CONNECT);
  }

  @Override
  List<Mark[]> marks(int run, boolean ofClient) {
    return (ofClient ? ofClients : ofServers).get(run);
  }

  @Override
  String rules() {
    Map<String, String> sources = new HashMap<>();
    Set<String> unused = new LinkedHashSet<>();
    Set<String> copied = new LinkedHashSet<>();
    Set<String> rules = new LinkedHashSet<>();
    for (Step step : steps) {
      Layout layout = new Layout(step.fields);
      String frames = layout.frames(step.ofClient) + ":";
      for (Layout.Part part : layout.parts()) {
        String field = frames + part.place();
        String source = sources.get(part.name());
        switch (part.kind()) {
          case FRESH -> {
            sources.put(part.name(), field);
            unused.add(field);
          }
          case SAME -> {
            if (source.startsWith(field.substring(0, 3))) {
              rules.add("ignore " + field); // in the same direction, nobody can tell it before
            } else {
              rules.add("copy " + source + "->" + field);
              copied.add(source);
            }
          }
          case LENGTH -> {
            if (layout.varies()) {
              rules.add("length " + field);
            }
          }
          default -> rules.add("ignore " + field);
        }
      }
    }
    unused.removeAll(copied);
    unused.forEach(field -> rules.add("ignore " + field));
    return String.join("\n", rules) + "\n";
  }

  /** The frames of each connection. */
  private List<List<Step>> connections() {
    List<List<Step>> connections = new ArrayList<>(List.of(new ArrayList<>()));
    for (Step step : steps) {
      if (step == Step.CONNECT) {
        connections.add(new ArrayList<>());
      } else {
        connections.get(connections.size() - 1).add(step);
      }
    }
    return connections;
  }

  @Override
  Server serve(int run, InetSocketAddress front) throws IOException {
    ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Side side = new Side(name(), run, betweenRuns, false);
    List<Mark[]> sent = new ArrayList<>();
    ofServers.put(run, sent);
    Thread serving = new Thread(() -> {
      try (listening) {
        for (List<Step> connection : connections()) {
          try (Socket client = listening.accept()) {
            play(client, connection, false, side, sent);
          }
        }
      } catch (IOException e) {
        // Whoever it talked to learns that from its socket.
      }
    });
    serving.start();
    return new Server() {
      @Override
      public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
      }

      @Override
      public void close() throws IOException, InterruptedException {
        listening.close();
        serving.join();
      }
    };
  }

  @Override
  String talk(InetSocketAddress server, int run) throws IOException {
    Side side = new Side(name(), run, betweenRuns, true);
    List<Mark[]> sent = new ArrayList<>();
    ofClients.put(run, sent);
    for (List<Step> connection : connections()) {
      try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
        play(socket, connection, true, side, sent);
      }
    }
    return "all replies";
  }

  private static void play(
      Socket socket, List<Step> steps, boolean isClient, Side side, List<Mark[]> sent)
      throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    FrameReader in = new FrameReader(socket.getInputStream(), FORMAT);
    FrameWriter out = new FrameWriter(socket.getOutputStream(), FORMAT);
    for (Step step : steps) {
      if (step.ofClient == isClient) {
        Frame frame = new Frame();
        for (Field field : step.fields) {
          field.write(frame, side);
        }
        sent.add(frame.marks());
        out.write(frame.bytes());
      } else {
        byte[] payload = in.read();
        if (payload == null) {
          throw new EOFException("found the end of the connection instead of a frame");
        }
        ByteBuffer left = ByteBuffer.wrap(payload);
        for (Field field : step.fields) {
          field.read(left, side);
        }
        if (left.hasRemaining()) {
          throw new Wrong(left.remaining() + " more bytes than expected");
        }
      }
    }
    socket.shutdownOutput();
    if (in.read() != null) {
      throw new Wrong("a frame after the last one");
    }
  }
}
