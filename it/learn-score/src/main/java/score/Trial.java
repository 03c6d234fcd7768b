package score;

import io.tracestream.codec.FrameFormat;
import io.tracestream.proxy.Proxy;
import io.tracestream.proxy.ProxyConfig;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.Direction;
import io.tracestream.recording.Entry;
import io.tracestream.recording.Recording;
import io.tracestream.recording.RecordingDirectory;
import io.tracestream.recording.RecordingReader;
import io.tracestream.replay.ReplayConfig;
import io.tracestream.replay.ReplayServer;
import io.tracestream.replay.Selection;
import io.tracestream.replay.Timing;
import io.tracestream.replay.Verdict;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.rules.Rules;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import score.Subject.Mark;

/** One subject's way from two recordings over learned rules to fresh and wrong peers. */
final class Trial {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int FRESH = 3; // clients and servers
  private static final int MOST_WRONG_PEERS = 250; // of each side
  private static final long BETWEEN_RUNS = 2_000; // milliseconds

  private final Subject subject;
  private final Path folder;
  private final boolean written;
  private final FrameFormat format;
  private final InetSocketAddress front;
  private final List<String> failures = new ArrayList<>();
  private Outcome outcome = new Outcome(0, 0, FRESH, 0, FRESH, 0, 0, 0, 0, 0);
  private Rules rules = Rules.NONE;
  private String heard;

  /**
   * A trial.
   *
   * @param written whether to take the rules that were written for it, instead of learning some
   */
  Trial(Subject subject, Path folder, boolean written) throws IOException {
    this.subject = subject;
    this.written = written;
    this.folder = Files.createDirectories(folder);
    this.format = new FrameFormat(subject.headerLength(), 16_000_000);
    try (ServerSocket free = Peer.listen()) {
      front = (InetSocketAddress) free.getLocalSocketAddress();
    }
  }

  /** Runs it, and leaves what went wrong in a file of its folder. */
  Outcome run() throws IOException {
    try {
      heard = record(0, "a");
      if (isReal()) {
        Thread.sleep(BETWEEN_RUNS); // people do not record twice in a second
      }
      record(1, "b");
      String text = written ? subject.rules() : learn();
      Files.writeString(folder.resolve("rules"), text);
      rules = Rules.read(folder.resolve("rules"));
      count(text);
    } catch (Exception e) {
      failures.add("learning ended with " + e);
    }
    if (!failures.isEmpty()) {
      Files.write(folder.resolve("failures"), failures);
    }
    return outcome;
  }

  private void count(String text) throws Exception {
    int replayed = 0;
    int verified = 0;
    for (int run = 2; run < 2 + FRESH; run++) {
      replayed += replay(run) ? 1 : 0;
      verified += verify(run) ? 1 : 0;
    }
    Wrongs wrongs = new Wrongs();
    wrongs.count(true);
    wrongs.count(false);
    int count = (int)
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).count();
    outcome = new Outcome(
        count,
        replayed,
        FRESH,
        verified,
        FRESH,
        wrongs.constantOpen,
        wrongs.passed,
        wrongs.all,
        wrongs.echoesPassed,
        wrongs.echoes);
  }

  /** Whether nobody knows what its bytes are. */
  private boolean isReal() {
    return subject.marks(0, true) == null;
  }

  private Path path(String name) {
    return folder.resolve(subject.hasManyConnections() ? name : name + ".rec");
  }

  private List<Conversation> conversations(Path recording) throws IOException {
    return subject.hasManyConnections()
        ? RecordingDirectory.open(recording).conversations()
        : List.of(Conversation.of(recording));
  }

  private List<List<Entry>> entries(Path path) throws IOException {
    List<List<Entry>> all = new ArrayList<>();
    for (Conversation conversation : conversations(path)) {
      List<Entry> entries = new ArrayList<>();
      try (Recording recording = conversation.open(format.longestPayload());
          RecordingReader reader = recording.reader()) {
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
          entries.add(entry);
        }
      }
      all.add(entries);
    }
    return all;
  }

  private String record(int run, String name) throws Exception {
    Path to = path(name);
    try (Subject.Server server = subject.serve(run, front)) {
      ProxyConfig config = ProxyConfig.of(front, server.address()).withFormat(format);
      config = subject.hasManyConnections()
          ? config.withRecordingDirectory(to)
          : config.withRecording(to);
      try (Proxy proxy = Proxy.start(config)) {
        String said = subject.talk(proxy.address(), run);
        proxy.awaitConnections(1, DEADLINE);
        return said;
      }
    }
  }

  /** Runs the command, so that its output is what users get. */
  private String learn() throws IOException, InterruptedException {
    File errors = folder.resolve("learn.err").toFile();
    Path output = folder.resolve("learn.out");
    Process learning = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            System.getProperty("ts-proxy.jar"),
            "learn",
            path("a").toString(),
            path("b").toString())
        .redirectOutput(output.toFile())
        .redirectError(errors)
        .start();
    int status = learning.waitFor();
    if (status > 1) {
      failures.add("learn ended with status " + status + ": "
          + Files.readString(errors.toPath()).strip());
    } else if (status == 1) {
      failures.add("learn could not explain all that differs");
    }
    return Files.readString(output);
  }

  private boolean replay(int run) throws Exception {
    ReplayConfig config = replayConfig(front).withSelection(Selection.MATCH);
    try (ReplayServer server = ReplayServer.start(config)) {
      String problem = null;
      try {
        String said = subject.talk(server.address(), run);
        if (!said.equals(heard)) {
          problem = "the client heard \"" + said + "\", and from its server \"" + heard + '"';
        }
      } catch (Exception e) {
        problem = "the client of run " + run + " says " + e;
      }
      if (problem == null) {
        server.awaitConnections(config.conversations().size(), DEADLINE);
      }
      Verdict verdict = server.verdict();
      if (problem == null && verdict.passed()) {
        return true;
      }
      failures.add("replay: " + Objects.requireNonNullElse(problem, "the replay did not pass")
          + "; " + verdict);
      verdict.mismatches().forEach(mismatch -> failures.add(mismatch.explain(32, false)));
      return false;
    }
  }

  private boolean verify(int run) throws Exception {
    try (Subject.Server server = subject.serve(run, front)) {
      Verdict verdict = verify(server.address());
      if (!verdict.passed()) {
        failures.add("verify: server of run " + run + ": " + verdict);
        verdict.mismatches().forEach(mismatch -> failures.add(mismatch.explain(32, false)));
      }
      return verdict.passed();
    }
  }

  private Verdict verify(InetSocketAddress server) throws Exception {
    VerifyConfig config = (subject.hasManyConnections()
            ? VerifyConfig.of(server, conversations(path("a")))
            : VerifyConfig.of(server, path("a")))
        .withFormat(format)
        .withTiming(Timing.NONE)
        .withReplyTimeout(Duration.ofSeconds(5))
        .withRules(rules);
    try (Verifier verifier = Verifier.start(config)) {
      verifier.awaitConnections(config.conversations().size(), DEADLINE);
      return verifier.verdict();
    }
  }

  private ReplayConfig replayConfig(InetSocketAddress listen) throws IOException {
    return (subject.hasManyConnections()
            ? ReplayConfig.of(listen, conversations(path("a")))
            : ReplayConfig.of(listen, path("a")))
        .withFormat(format)
        .withTiming(Timing.NONE)
        .withRules(rules);
  }

  /** Peers that play recording A themselves, but for one byte. */
  private final class Wrongs {
    private final List<List<Entry>> a;
    private final List<List<List<Entry>>> others = new ArrayList<>();
    private int constantOpen;
    private int passed;
    private int all;
    private int echoesPassed;
    private int echoes;

    Wrongs() throws Exception {
      a = entries(path("a"));
      others.add(entries(path("b")));
      if (isReal()) {
        // What two runs have in common may be chance.
        for (String more : new String[] {"c", "d", "e", "f"}) {
          record(more.charAt(0), more);
          others.add(entries(path(more)));
        }
      }
    }

    /** A byte to change, and what it is. */
    private record Place(int connection, int entry, int offset, boolean constant, Mark mark) {}

    void count(boolean ofClient) throws Exception {
      if (!passes(ofClient, a)) {
        failures.add(
            "not even recording A itself passes as the " + (ofClient ? "client" : "server"));
        return;
      }
      List<Place> places = places(ofClient);
      int step = Math.max(1, (places.size() + MOST_WRONG_PEERS - 1) / MOST_WRONG_PEERS);
      for (int i = 0; i < places.size(); i += step) {
        Place place = places.get(i);
        boolean passes = passes(ofClient, changed(place));
        boolean wrong = place.mark == Mark.FIXED || place.mark == null && place.constant;
        all += wrong ? 1 : 0;
        echoes += place.mark == Mark.ECHO ? 1 : 0;
        if (passes) {
          constantOpen += place.constant ? 1 : 0;
          passed += wrong ? 1 : 0;
          echoesPassed += place.mark == Mark.ECHO ? 1 : 0;
          if (wrong) {
            failures.add("open: " + (ofClient ? "c2s" : "s2c") + ", connection " + place.connection
                + ", entry " + (place.entry + 1) + ", byte " + place.offset);
          }
        }
      }
    }

    private boolean passes(boolean ofClient, List<List<Entry>> connections) throws Exception {
      if (ofClient) {
        ReplayConfig config = replayConfig(ANY_PORT);
        try (ReplayServer server = ReplayServer.start(config)) {
          if (!Peer.asClient(server.address(), format, connections)) {
            return false;
          }
          server.awaitConnections(subject.hasManyConnections() ? a.size() : 1, DEADLINE);
          return server.verdict().passed();
        }
      }
      try (ServerSocket listening = Peer.listen()) {
        Thread serving = Peer.asServer(listening, format, connections);
        boolean passed =
            verify((InetSocketAddress) listening.getLocalSocketAddress()).passed();
        listening.close();
        serving.join();
        return passed;
      }
    }

    private List<List<Entry>> changed(Place place) {
      List<List<Entry>> connections = new ArrayList<>(a);
      List<Entry> entries = new ArrayList<>(a.get(place.connection));
      Entry entry = entries.get(place.entry);
      byte[] payload = entry.payload().clone();
      payload[place.offset] ^= 1; // a digit remains a digit
      entries.set(place.entry, new Entry(entry.elapsedMicros(), entry.direction(), payload));
      connections.set(place.connection, entries);
      return connections;
    }

    /** The bytes of A that are marked as not free, and those that all others have, too. */
    private List<Place> places(boolean ofClient) {
      List<Mark[]> marks = subject.marks(0, ofClient);
      List<Place> places = new ArrayList<>();
      int frame = 0;
      for (int c = 0; c < a.size(); c++) {
        int number = 0;
        for (int e = 0; e < a.get(c).size(); e++) {
          if (a.get(c).get(e).direction() != direction(ofClient)) {
            continue;
          }
          byte[] payload = a.get(c).get(e).payload();
          for (int i = 0; i < payload.length; i++) {
            boolean constant = isConstant(ofClient, c, number, i, payload);
            Mark mark = marks != null
                ? marks.get(frame)[i]
                : constant && Times.has(payload, i) ? Mark.FREE : null;
            if (constant || mark != null && mark != Mark.FREE) {
              places.add(new Place(c, e, i, constant, mark));
            }
          }
          number++;
          frame++;
        }
      }
      return places;
    }

    private boolean isConstant(
        boolean ofClient, int connection, int number, int offset, byte[] payload) {
      for (List<List<Entry>> other : others) {
        byte[] same = connection < other.size()
            ? other.get(connection).stream()
                .filter(entry -> entry.direction() == direction(ofClient))
                .skip(number)
                .findFirst()
                .map(Entry::payload)
                .orElse(payload)
            : payload;
        if (!agree(payload, same, offset)) {
          return false;
        }
      }
      return true;
    }

    /**
     * Whether the byte is the same, as far as that can be said when something before or after it
     * grows.
     */
    private static boolean agree(byte[] payload, byte[] other, int offset) {
      if (payload.length == other.length) {
        return payload[offset] == other[offset];
      }
      int end = other.length - payload.length;
      return Arrays.mismatch(payload, other) > offset
          || offset + end >= 0
              && Arrays.equals(payload, offset, payload.length, other, offset + end, other.length);
    }

    private Direction direction(boolean ofClient) {
      return ofClient ? Direction.C2S : Direction.S2C;
    }
  }
}
