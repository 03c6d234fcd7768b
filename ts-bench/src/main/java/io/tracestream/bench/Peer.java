package io.tracestream.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What stands between clients and server.
 *
 * @param name as in the table and in {@code --peers}; ours begin with {@code ts}
 * @param launch how it is started
 */
record Peer(String name, Launch launch) {
  /** No proxy at all. */
  static final Peer DIRECT = new Peer("direct", (folder, listen, target) -> List.of());

  private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");
  private static final Path NGINX_STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

  /** Makes a command line. */
  interface Launch {
    /**
     * The command that listens on one port of the loopback address and forwards to another. Its
     * files go into the folder. Empty where clients are to talk to the server itself.
     */
    List<String> command(Path folder, int listen, int target) throws IOException;
  }

  /** Ours and nobody, whatever is installed. */
  static Map<String, Peer> ours(Path jar) {
    Map<String, Peer> peers = new LinkedHashMap<>();
    add(peers, DIRECT);
    add(peers, proxy(jar, "ts", ""));
    add(peers, proxy(jar, "ts-record", "--record %s"));
    add(peers, proxy(jar, "ts-record-flush", "--record %s --flush-recording"));
    add(peers, proxy(jar, "ts-record-gzip", "--record %s.gz"));
    add(peers, proxy(jar, "ts-record-dir", "--record-dir %s"));
    return peers;
  }

  /** Our proxy; {@code %s} in its options is where it records to. */
  private static Peer proxy(Path jar, String name, String options) {
    return new Peer(name, (folder, listen, target) -> {
      String arguments = "proxy --listen %s --target %s ".formatted(local(listen), local(target))
          + options.formatted(recording(folder));
      return ts(jar, arguments.strip().split(" "));
    });
  }

  /** The other proxies that are installed, with two threads for two cores. */
  static Map<String, Peer> others(List<String> versions, List<String> missing)
      throws IOException, InterruptedException {
    Map<String, Peer> peers = new LinkedHashMap<>();
    if (isThere("haproxy", "-v", versions, missing)) {
      add(peers, new Peer("haproxy", Peer::haproxy));
    }
    if (isThere("nginx", "-v", versions, missing)) {
      add(peers, new Peer("nginx", Peer::nginx));
    }
    if (isThere("socat", "-V", versions, missing)) {
      add(peers, new Peer("socat", (folder, listen, target) -> socat(listen, target)));
      add(peers, new Peer("socat-record", (folder, listen, target) -> {
        String file = recording(folder).toString();
        return socat(listen, target, "-r", file, "-R", file);
      }));
    }
    if (Files.isExecutable(Main.limit())) {
      add(peers, new Peer("limit-record", Peer::limit));
    } else {
      missing.add("the limit of a recorder in C");
    }
    return peers;
  }

  private static void add(Map<String, Peer> peers, Peer peer) {
    peers.put(peer.name, peer);
  }

  /** Our command line with these arguments, as users start it. */
  static List<String> ts(Path jar, String... args) {
    List<String> command = new ArrayList<>(List.of(
        "env",
        "TS_PROXY_JAR=" + jar,
        "JAVA_HOME=" + System.getProperty("java.home"),
        Main.module("scripts").resolve("ts_proxy").toString()));
    command.addAll(List.of(args));
    return command;
  }

  /** The Java that runs this. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static String local(int port) {
    return "127.0.0.1:" + port;
  }

  static Path recording(Path folder) {
    return folder.resolve("recording");
  }

  private static boolean isThere(
      String program, String versionFlag, List<String> versions, List<String> missing)
      throws IOException, InterruptedException {
    if (find(program) == null) {
      missing.add(program);
      return false;
    }
    Matcher version = VERSION.matcher(output(find(program), versionFlag));
    versions.add(version.find() ? program + " " + version.group() : program);
    return true;
  }

  /** A program's path, also where servers are installed; null when it is nowhere. */
  private static String find(String program) {
    return Stream.of((System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin").split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  /** All that a command prints, to stdout and stderr. */
  static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }

  private static List<String> socat(int listen, int target, String... flags) {
    List<String> command = new ArrayList<>(List.of(find("socat"), "-b", "65536"));
    command.addAll(List.of(flags));
    command.add("TCP-LISTEN:" + listen + ",bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=4096");
    command.add("TCP:" + local(target) + ",nodelay");
    return command;
  }

  private static List<String> limit(Path folder, int listen, int target) {
    return List.of(
        Main.limit().toString(),
        Integer.toString(listen),
        Integer.toString(target),
        recording(folder).toString());
  }

  private static List<String> haproxy(Path folder, int listen, int target) throws IOException {
    String config = """
        global
          nbthread 2
        defaults
          mode tcp
          timeout connect 5s
          timeout client 1h
          timeout server 1h
          option tcp-smart-accept
        listen frames
          bind 127.0.0.1:%s
          server target 127.0.0.1:%s
        """.formatted(listen, target);
    Path file = Files.writeString(folder.resolve("haproxy.cfg"), config);
    return List.of(find("haproxy"), "-db", "-f", file.toString());
  }

  /** The user counts only for root, whose workers would otherwise be somebody else's. */
  private static List<String> nginx(Path folder, int listen, int target) throws IOException {
    String load = Files.isReadable(NGINX_STREAM) ? "load_module " + NGINX_STREAM + ";" : "";
    String config = """
        %s
        daemon off;
        user root;
        worker_processes 2;
        pid %s/nginx.pid;
        error_log %s/error.log;
        events {
          worker_connections 40000;
        }
        stream {
          server {
            listen 127.0.0.1:%s;
            proxy_pass 127.0.0.1:%s;
            proxy_buffer_size 64k;
            tcp_nodelay on;
            proxy_timeout 1h;
          }
        }
        """.formatted(load, folder, folder, listen, target);
    Path file = Files.writeString(folder.resolve("nginx.conf"), config);
    return List.of(find("nginx"), "-p", folder.toString(), "-c", file.toString());
  }
}
