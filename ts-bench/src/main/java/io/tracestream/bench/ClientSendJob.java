package io.tracestream.bench;

import io.tracestream.bench.Peer.Rank;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Our {@code client_send} beside the same on tokio, each in a process of its own. */
final class ClientSendJob {
  private static final Pattern FIGURE = Pattern.compile("MiB/s: ([0-9.]+)");
  private static final String ROUNDS = "3";

  private ClientSendJob() {}

  /**
   * The job.
   *
   * @param count frames a round
   * @param installed is told when the tokio peer has not been built
   */
  static Job job(int count, Installed installed) {
    String frames = Integer.toString(count);
    List<Job.Entry> entries = new ArrayList<>();
    entries.add(entry(
        "ts",
        Rank.OURS,
        Program.java(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "client_send",
        "--count",
        frames,
        "--rounds",
        ROUNDS));
    Path tokio = Program.module("ts-bench").resolve("target/client-send/release/client-send");
    if (Files.isExecutable(tokio)) {
      for (String way : List.of("single", "multi", "buffered")) {
        entries.add(entry("tokio-" + way, Rank.OTHER, tokio.toString(), way, frames, ROUNDS));
      }
    } else {
      installed.note("tokio peer of client_send: not built, left out; scripts/bench.sh builds "
          + "it where cargo and tokio are; on Debian: apt-get install cargo librust-tokio-dev");
    }
    return new Job("client_send", Job.Unit.MIB_PER_SECOND, 0, entries);
  }

  private static Job.Entry entry(String peer, Rank rank, String... command) {
    return new Job.Entry(peer, rank, () -> {
      String output = Program.output(command);
      Matcher figure = FIGURE.matcher(output);
      if (!figure.find()) {
        throw new IOException(
            "client_send: " + peer + ": found \"" + output.strip() + "\", expected MiB/s");
      }
      return Sample.of(Double.parseDouble(figure.group(1)));
    });
  }
}
