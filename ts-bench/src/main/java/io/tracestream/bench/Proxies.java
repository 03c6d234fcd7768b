package io.tracestream.bench;

import io.tracestream.bench.Peer.Launch;
import io.tracestream.bench.Peer.Rank;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How each proxy is started: ours as the README says, the others with two threads for two cores.
 */
final class Proxies {
  private static final int BUFFER = 65536;

  private final String jar;
  private final Installed installed;

  /**
   * Of this machine.
   *
   * @param jar our command line
   * @param installed knows the other ones
   */
  Proxies(Path jar, Installed installed) {
    this.jar = jar.toString();
    this.installed = installed;
  }

  /** Nobody, us, and all the others. */
  List<Peer> all() throws InterruptedException {
    List<Peer> peers = new ArrayList<>(forMany());
    peers.add(0, new Peer("direct", Rank.LIMIT, place -> List.of()));
    installed
        .socat()
        .ifPresent(socat -> peers.add(new Peer("socat", Rank.OTHER, place -> socat(socat, place))));
    return peers;
  }

  /** Those that serve many connections with a few threads: us, haproxy and nginx. */
  List<Peer> forMany() throws InterruptedException {
    List<Peer> peers = new ArrayList<>();
    peers.add(new Peer("ts", Rank.OURS, ts()));
    installed
        .haproxy()
        .ifPresent(haproxy ->
            peers.add(new Peer("haproxy", Rank.OTHER, place -> haproxy(haproxy, place))));
    installed
        .nginx()
        .ifPresent(nginx -> peers.add(new Peer("nginx", Rank.OTHER, place -> nginx(nginx, place))));
    return peers;
  }

  /** Ours, with its defaults. */
  Launch ts() {
    return place -> ts(
        "proxy",
        "--listen",
        "127.0.0.1:" + place.listen(),
        "--target",
        "127.0.0.1:" + place.target());
  }

  /** Our command line with these arguments. */
  List<String> ts(String... args) {
    List<String> command = new ArrayList<>(List.of(Program.java(), "-jar", jar));
    command.addAll(List.of(args));
    return command;
  }

  /** Socat, with these flags beside the usual ones. */
  static List<String> socat(Path program, Place place, String... flags) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-b", "" + BUFFER));
    command.addAll(List.of(flags));
    command.add(
        "TCP-LISTEN:" + place.listen() + ",bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=4096");
    command.add("TCP:127.0.0.1:" + place.target() + ",nodelay");
    return command;
  }

  private static List<String> haproxy(Path program, Place place) throws IOException {
    String config =
        """
        global
          maxconn %d
          nbthread 2
        defaults
          mode tcp
          timeout connect 5s
          timeout client 1h
          timeout server 1h
          option tcp-smart-accept
        listen frames
          bind 127.0.0.1:%d
          server target 127.0.0.1:%d
        """.formatted(Math.max(4000, place.connections() + 20), place.listen(), place.target());
    return List.of(program.toString(), "-db", "-f", place.write("haproxy.cfg", config));
  }

  /** The user counts only for root, whose workers would otherwise be somebody else's. */
  private static List<String> nginx(Installed.Nginx nginx, Place place) throws IOException {
    String folder = place.folder().toString();
    String config = """
        %s
        daemon off;
        user root;
        worker_processes 2;
        pid %s/nginx.pid;
        error_log %s/error.log;
        events {
          worker_connections %d;
        }
        stream {
          server {
            listen 127.0.0.1:%d;
            proxy_pass 127.0.0.1:%d;
            proxy_buffer_size 64k;
            tcp_nodelay on;
            proxy_timeout 1h;
          }
        }
        """.formatted(
            nginx.loadModule(),
            folder,
            folder,
            Math.max(20_000, 2 * place.connections() + 20),
            place.listen(),
            place.target());
    return List.of(
        nginx.program().toString(), "-p", folder, "-c", place.write("nginx.conf", config));
  }
}
