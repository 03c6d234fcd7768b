package score;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Servers and clients that Debian packages; what is not installed is left out. */
final class Debian {
  private static final String ZONE = "demo.test";

  private Debian() {}

  static List<Subject> all() {
    return List.of(new Dnsmasq(), new Named(), new SshAgent(), new Samba(), new PythonConnection());
  }

  /** The same dig for each server: ids and cookies vary. */
  private abstract static class Dns extends Subject {
    Dns(String name) {
      super(name, 2);
    }

    @Override
    final String talk(InetSocketAddress server, int run) throws Exception {
      String printed = Programs.run(
          "dig",
          "@127.0.0.1",
          "-p",
          Integer.toString(server.getPort()),
          "+tcp",
          "+keepopen",
          "+tries=1",
          "+time=5",
          "+norecurse",
          "www." + ZONE,
          "A",
          "www." + ZONE,
          "AAAA",
          ZONE,
          "MX",
          ZONE,
          "TXT",
          "none." + ZONE,
          "A");
      if (printed.contains("mismatch") || printed.contains("Warning")) {
        throw new IOException(printed);
      }
      return printed
          .lines()
          .filter(line -> line.contains("status:") || !line.startsWith(";") && !line.isBlank())
          .map(line -> line.replaceAll(", id: \\d+", ""))
          .collect(Collectors.joining("\n"));
    }
  }

  private static final class Dnsmasq extends Dns {
    Dnsmasq() {
      super("DNS: dig and dnsmasq");
    }

    @Override
    String missing() {
      return Programs.missing("bind9-dnsutils dnsmasq-base", "dig", "dnsmasq");
    }

    @Override
    Server serve(int run, InetSocketAddress front) throws Exception {
      int port = Programs.freePort();
      return Programs.serve(
          port,
          Files.createTempFile("dnsmasq", ".log"),
          List.of(
              Programs.find("dnsmasq"),
              "--keep-in-foreground",
              "--conf-file=/dev/null",
              "--pid-file=",
              "--user=",
              "--log-facility=-",
              "--port=" + port,
              "--listen-address=127.0.0.1",
              "--bind-interfaces",
              "--no-resolv",
              "--no-hosts",
              "--local=/" + ZONE + "/",
              "--host-record=www." + ZONE + ",192.0.2.10,2001:db8::10",
              "--mx-host=" + ZONE + ",mail." + ZONE + ",10",
              "--txt-record=" + ZONE + ",recorded and replayed"));
    }
  }

  private static final class Named extends Dns {
    Named() {
      super("DNS: dig and named, with cookies of both");
    }

    @Override
    String missing() {
      return Programs.missing("bind9-dnsutils bind9", "dig", "named");
    }

    @Override
    Server serve(int run, InetSocketAddress front) throws Exception {
      int port = Programs.freePort();
      Path folder = Files.createTempDirectory("named");
      Path zone = folder.resolve("zone");
      Files.writeString(zone, """
          $TTL 300
          @ SOA ns hostmaster 1 3600 600 86400 300
          @ NS ns
          @ MX 10 mail
          @ TXT "recorded and replayed"
          ns A 192.0.2.1
          mail A 192.0.2.2
          www A 192.0.2.10
          www AAAA 2001:db8::10
          """);
      Path config = folder.resolve("named.conf");
      Files.writeString(config, """
          options { directory "FOLDER"; listen-on port PORT { 127.0.0.1; }; listen-on-v6 { none; };
            pid-file none; session-keyfile none; recursion no; minimal-responses yes; };
          controls { };
          zone "ZONE" { type master; file "zone"; };
          """.replace("FOLDER", folder.toString())
          .replace("PORT", "" + port)
          .replace("ZONE", ZONE));
      return Programs.serve(
          port,
          folder.resolve("log"),
          List.of(Programs.find("named"), "-g", "-c", config.toString(), "-n", "1"));
    }
  }

  /** ssh-agent speaks on a Unix socket, so socat stands on both sides. */
  private static final class SshAgent extends Subject {
    private Path folder;

    SshAgent() {
      super("ssh-agent: a key, and signatures", 4);
    }

    @Override
    String missing() {
      return Programs.missing(
          "openssh-client socat", "ssh-agent", "ssh-add", "ssh-keygen", "socat");
    }

    @Override
    boolean hasManyConnections() {
      return true;
    }

    @Override
    Server serve(int run, InetSocketAddress front) throws Exception {
      if (folder == null) {
        folder = Files.createTempDirectory("agent");
        Programs.run(
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "somebody",
            "-f",
            folder.resolve("key").toString());
      }
      Path socket = folder.resolve("agent" + run);
      Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("log").toFile())
          .start();
      while (!Files.exists(socket) && agent.isAlive()) {
        Thread.sleep(20);
      }
      int port = Programs.freePort();
      Server bridge = Programs.serve(
          port,
          folder.resolve("bridge.log"),
          List.of(
              "socat",
              "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,fork",
              "UNIX-CONNECT:" + socket));
      return new Server() {
        @Override
        public InetSocketAddress address() {
          return bridge.address();
        }

        @Override
        public void close() throws IOException, InterruptedException {
          bridge.close();
          agent.destroy();
          agent.waitFor();
        }
      };
    }

    @Override
    String talk(InetSocketAddress server, int run) throws Exception {
      Path socket = folder.resolve("client" + run + "-" + server.getPort());
      Process bridge = new ProcessBuilder(
              "socat", "UNIX-LISTEN:" + socket + ",fork", "TCP:127.0.0.1:" + server.getPort())
          .start();
      try {
        while (!Files.exists(socket) && bridge.isAlive()) {
          Thread.sleep(20);
        }
        Path file = folder.resolve("file" + run);
        Files.writeString(file, "a text of run " + run);
        List<String> heard = new ArrayList<>();
        for (String command : new String[] {
          "ssh-add -q key",
          "ssh-add -l",
          "ssh-keygen -q -Y sign -f key.pub -n demo " + file.getFileName(),
          "ssh-add -q -d key",
          "ssh-add -D"
        }) {
          heard.add(Programs.run(
                  "env",
                  "SSH_AUTH_SOCK=" + socket,
                  "sh",
                  "-c",
                  "cd " + folder + " && " + command + "; test $? = 0 || test '" + command
                      + "' = 'ssh-add -l'")
              .replaceAll("file\\d+", "FILE"));
        }
        return String.join("", heard);
      } finally {
        bridge.descendants().forEach(ProcessHandle::destroy);
        bridge.destroy();
        bridge.waitFor();
        Files.deleteIfExists(socket);
      }
    }
  }

  /** SMB2, little-endian, after a zero and a length of 3 bytes, which is a header of 4 bytes. */
  private static final class Samba extends Subject {
    Samba() {
      super("SMB2: smbclient and smbd", 4);
    }

    @Override
    String missing() {
      return Programs.missing("samba smbclient", "smbd", "smbclient");
    }

    @Override
    Server serve(int run, InetSocketAddress front) throws Exception {
      int port = Programs.freePort();
      Path folder = Files.createTempDirectory("samba");
      Path share = Files.createDirectory(folder.resolve("share"));
      Files.writeString(share.resolve("hello.txt"), "hello");
      Path config = folder.resolve("smb.conf");
      Files.writeString(config, """
          [global]
          server max protocol = SMB2_10
          map to guest = bad user
          guest account = USER
          disable netbios = yes
          load printers = no
          interfaces = lo
          bind interfaces only = yes
          private dir = FOLDER
          lock directory = FOLDER
          state directory = FOLDER
          cache directory = FOLDER
          pid directory = FOLDER
          ncalrpc dir = FOLDER/rpc
          [share]
          path = FOLDER/share
          guest ok = yes
          """.replace("USER", System.getProperty("user.name"))
          .replace("FOLDER", folder.toString()));
      return Programs.serve(
          port,
          folder.resolve("log"),
          List.of(
              Programs.find("smbd"),
              "--foreground",
              "--debug-stdout",
              "-s",
              config.toString(),
              "-p",
              "" + port));
    }

    @Override
    String talk(InetSocketAddress server, int run) throws Exception {
      String printed = Programs.run(
          "smbclient",
          "//127.0.0.1/share",
          "-s",
          "/dev/null",
          "-p",
          "" + server.getPort(),
          "-N",
          "-U%",
          "-m",
          "SMB2_10",
          "-c",
          "get none.txt -; get hello.txt -");
      return printed
          .lines()
          .filter(line -> !line.contains("KiloBytes/sec"))
          .collect(Collectors.joining(", "));
    }
  }

  /** Python's multiprocessing.connection: pickled objects after 4-byte lengths. */
  private static final class PythonConnection extends Subject {
    private static final String SERVER = """
        import sys, time
        from multiprocessing.connection import Listener
        listener = Listener(('127.0.0.1', int(sys.argv[1])))
        while True:
            try:
                with listener.accept() as client:
                    while True:
                        order = client.recv()
                        twice = order['pieces'] * 2
                        client.send({'id': order['id'], 'taken': time.time(), 'pieces': twice})
            except (EOFError, OSError):
                pass
        """;
    private static final String CLIENT = """
        import sys, uuid
        from multiprocessing.connection import Client
        with Client(('127.0.0.1', int(sys.argv[1]))) as server:
            for pieces in range(4):
                order = {'id': str(uuid.uuid4()), 'pieces': pieces}
                server.send(order)
                reply = server.recv()
                assert reply['id'] == order['id'], 'a reply to another order'
                print(reply['pieces'])
        """;

    PythonConnection() {
      super("Python's multiprocessing.connection", 4);
    }

    @Override
    String missing() {
      return Programs.missing("python3", "python3");
    }

    @Override
    Server serve(int run, InetSocketAddress front) throws Exception {
      int port = Programs.freePort();
      return Programs.serve(
          port,
          Files.createTempFile("python", ".log"),
          List.of("python3", "-c", SERVER, "" + port));
    }

    @Override
    String talk(InetSocketAddress server, int run) throws Exception {
      return Programs.run("python3", "-c", CLIENT, "" + server.getPort());
    }
  }
}
