package io.tracestream.replay;

import static java.util.stream.Collectors.joining;

import io.tracestream.recording.Conversation;
import io.tracestream.rules.Field;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The conversations that connections play. For any number of threads. */
final class Playlist implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Playlist.class);

  /** How many conversations are searched for one that begins with a frame. */
  private static final int MOST_LOOKED_AT = 100;

  private final List<Script> scripts = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final boolean repeat;
  private final String name;
  /** For connections whose frames choose; null if each takes the next conversation. */
  private final @Nullable Chooser chooser;
  /** What a stub answers from; null without a stub. */
  private final @Nullable Pool pool;
  /** How many were begun, repetitions included. */
  private long begun;
  /** Those that were taken by their numbers. */
  private final BitSet taken = new BitSet();

  private boolean closed;

  /**
   * Opens each of them once, so that a bad one is reported at once. An interrupt is held back
   * meanwhile: it would close the file being read.
   *
   * @param asPool whether a stub answers from all of them
   * @throws io.tracestream.recording.RecordingException if one cannot be read, or is not a
   *     recording
   */
  static Playlist open(
      List<Conversation> conversations,
      Selection selection,
      boolean repeat,
      Role role,
      boolean asPool)
      throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      return new Playlist(conversations, selection, repeat, role, asPool);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Playlist(
      List<Conversation> conversations,
      Selection selection,
      boolean repeat,
      Role role,
      boolean asPool)
      throws IOException {
    this.repeat = repeat;
    this.name = name(conversations);
    if (!role.rules().redacted().isEmpty()) {
      notes.add("redacted when it was recorded, so these bytes are not compared: "
          + role.rules().redacted().stream().map(Field::toString).collect(joining(", ")));
    }
    PageCache cache = new PageCache(asPool);
    for (Conversation conversation : conversations) {
      int longest = role.format().longestPayload();
      Script script = asPool
          ? new Script(conversation, longest, cache, true)
          : new Script(conversation, longest, cache, role.use());
      scripts.add(script);
      script.acquire();
      try {
        check(script);
        script.requireFraming(role.format().framing());
        if (script.mayBeCutShort()) {
          warn(conversation);
        }
      } catch (IOException | RuntimeException | Error e) {
        script.release();
        throw e;
      }
      if (conversations.size() > 1) {
        script.release(); // else the one file stays open: another one may take its name
      }
    }
    pool = asPool ? pool(role) : null;
    chooser = asPool || selection == Selection.ORDER || scripts.size() == 1
        ? null
        : new Chooser(scripts, repeat, role);
  }

  private Pool pool(Role role) throws IOException {
    try {
      return new Pool(name, scripts, role);
    } catch (IOException | RuntimeException | Error e) {
      scripts.forEach(Script::closeFiles);
      throw e;
    }
  }

  private void warn(Conversation conversation) {
    List<Path> parts = conversation.parts();
    String note = Play.cutShort(parts.get(parts.size() - 1).toString());
    LOG.warn("{}", note);
    if (notes.size() < Verdict.MOST_NOTES) {
      notes.add(note);
    }
  }

  /** What people should know about the recordings, as far as it is known at the start. */
  List<String> notes() {
    return notes;
  }

  private static void check(Script script) throws IOException {
    Cursor first = script.cursor();
    if (first.damage() != null) {
      throw first.damage();
    }
  }

  private static String name(List<Conversation> conversations) {
    Conversation first = conversations.get(0);
    Path folder = first.parts().isEmpty() ? null : first.parts().get(0).getParent();
    return conversations.size() == 1 || folder == null ? first.toString() : folder.toString();
  }

  /** The next connection's conversation; null if all were begun, or if frames choose. */
  synchronized @Nullable Script next() {
    if (pool != null || chooser != null || begun >= scripts.size() && !repeat) {
      return null;
    }
    return scripts.get((int) (begun++ % scripts.size()));
  }

  /** The conversation of that number from 0, where those after the last are the first again. */
  synchronized Script take(long number) {
    int index = (int) (number % scripts.size());
    taken.set(index);
    return scripts.get(index);
  }

  /**
   * Finds out which conversations answer each request once, and what they wait for their time; an
   * interrupt is held back.
   *
   * @return the mean of the pauses before requests, in nanoseconds
   */
  double countRequests(Role role) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      long requests = 0;
      double pauses = 0;
      for (Script script : scripts) {
        script.countRequests(role);
        requests += script.requests();
        pauses += script.pauses();
      }
      return requests == 0 ? 0 : pauses / requests;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * What a connection plays: what its frames choose, else what it was given, if not all were begun.
   */
  Play play(Role role, @Nullable Script given) {
    if (pool != null) {
      return new Stub(role, pool);
    }
    if (chooser != null) {
      Chooser.Seat seat = chooser.seat();
      return seat == null ? new Refusal(role, this) : new InOrder(role, seat);
    }
    if (given == null) {
      return new Refusal(role, this);
    }
    return role.anyOrder() ? new AnyOrder(role, given) : new InOrder(role, given);
  }

  /**
   * If each connection takes the next conversation: the name of the first one in which the other
   * side begins with that frame; null if none of those looked at does.
   */
  @Nullable
  String beginningWith(ByteBuffer frame, Role role) {
    if (pool != null || chooser != null || scripts.size() == 1) {
      return null;
    }
    for (Script script : scripts.subList(0, Math.min(scripts.size(), MOST_LOOKED_AT))) {
      script.acquire();
      try {
        Cursor at = script.cursor();
        while (at.isAtEntry() && at.direction() != role.received()) {
          at.next();
        }
        if (at.isAtEntry() && role.comparer().areAlike(at.payload(), frame)) {
          return script.toString();
        }
      } catch (IOException e) {
        return null; // it cannot be read now, and only a hint depends on it
      } finally {
        script.release();
      }
    }
    return null;
  }

  int size() {
    return scripts.size();
  }

  /** How many have not been begun. */
  synchronized long notPlayed() {
    if (pool != null) {
      return 0; // requests are counted instead
    }
    return chooser == null
        ? Math.max(0, scripts.size() - begun - taken.cardinality())
        : chooser.notPlayed();
  }

  /** What a stub answers from; null for other plays. */
  @Nullable
  Pool pool() {
    return pool;
  }

  /** The name of the only one, or that of the folder of them all. */
  @Override
  public String toString() {
    return name;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (pool != null) {
      pool.close();
    }
    if (scripts.size() == 1) {
      scripts.get(0).release();
    }
  }
}
