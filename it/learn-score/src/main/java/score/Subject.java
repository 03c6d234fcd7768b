package score;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** A protocol to score: servers and clients of it, which know nothing of proxies and recordings. */
abstract class Subject {
  private final String name;
  private final int headerLength;

  /**
   * What all subjects have.
   *
   * @param name its name in tables
   * @param headerLength bytes of its headers
   */
  Subject(String name, int headerLength) {
    this.name = name;
    this.headerLength = headerLength;
  }

  /** A server that runs until it is closed. */
  interface Server extends AutoCloseable {
    InetSocketAddress address();

    @Override
    void close() throws IOException, InterruptedException;
  }

  final String name() {
    return name;
  }

  final int headerLength() {
    return headerLength;
  }

  /** Those subjects that are summed up together. */
  String group() {
    return "real servers and clients";
  }

  /** Why this cannot run here, and what to install; null if it can. */
  String missing() {
    return null;
  }

  /** Whether its client opens several connections, so that a folder is recorded. */
  boolean hasManyConnections() {
    return false;
  }

  /**
   * Starts a server that has not served anybody.
   *
   * @param run the number of this run; whatever varies, differs from run to run
   * @param front where clients will connect, for servers that tell them
   */
  abstract Server serve(int run, InetSocketAddress front) throws Exception;

  /**
   * Lets a fresh client talk to the server.
   *
   * @return what it heard, without what may vary
   * @throws Exception if a reply is not what this client needs
   */
  abstract String talk(InetSocketAddress server, int run) throws Exception;

  /**
   * What each byte of a direction's frames is, in a run that is over: all frames of all
   * connections, one after another. Null if nobody knows; then what several runs have in common
   * counts as fixed.
   */
  List<Mark[]> marks(int run, boolean ofClient) {
    return null;
  }

  /** The rules that somebody would write who knows the protocol; null if nobody has. */
  String rules() {
    return null;
  }

  /** What a byte is to the side that receives it. */
  enum Mark {
    /** The same in each run: another value is wrong. */
    FIXED,
    /** Sent back as it came from the other side: another value is wrong. */
    ECHO,
    /** Any value will do. */
    FREE
  }
}
