package io.tracestream.replay;

import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Mismatch.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** For a connection that comes when all conversations were begun: nothing is played to it. */
final class Refusal extends Play {
  private final Playlist playlist;

  Refusal(Role role, Playlist playlist) {
    super(role);
    this.playlist = playlist;
  }

  @Override
  String refusal() {
    int size = playlist.size();
    return "this connection is one too many: "
        + (size == 1 ? "the conversation has" : "all " + size + " conversations have")
        + " been played";
  }

  @Override
  void open(long now) {}

  @Override
  Kind came(ByteBuffer frame) {
    return Kind.EXTRA_CONNECTION;
  }

  @Override
  boolean toNext() {
    return false;
  }

  @Override
  long due() {
    throw new IllegalStateException("there is no frame");
  }

  @Override
  ByteBuffer next() {
    throw new IllegalStateException("there is no frame");
  }

  @Override
  String whereSent() {
    throw new IllegalStateException("there is no frame");
  }

  @Override
  boolean isAtEnd() {
    return true;
  }

  @Override
  @Nullable
  RecordingException damage() {
    return null;
  }

  @Override
  boolean isOwn() {
    return false;
  }

  @Override
  long recordedPauseNanos() {
    return 0;
  }

  @Override
  Mismatch mismatch(
      Kind kind, long connection, InetSocketAddress peer, @Nullable ByteBuffer found) {
    Place place = Place.of(toString(), role.received(), 1, 0, 0);
    return Mismatch.of(kind, connection, peer, place, role.rules());
  }

  @Override
  SessionResult describe(SessionResult result) {
    return result;
  }

  @Override
  void close() {}

  @Override
  public String toString() {
    return playlist.toString();
  }
}
