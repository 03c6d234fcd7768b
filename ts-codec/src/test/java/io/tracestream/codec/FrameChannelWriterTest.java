package io.tracestream.codec;

import static io.tracestream.codec.Bytes.buffer;
import static io.tracestream.codec.Bytes.bytes;
import static io.tracestream.codec.Bytes.counting;
import static io.tracestream.codec.Bytes.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tracestream.testing.PiecewiseChannel;
import io.tracestream.testing.TestPeer;
import io.tracestream.testing.TestTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A {@link FrameWriter} on a channel. */
@Timeout(60)
class FrameChannelWriterTest {
  private static final FrameFormat TWO_BYTES = new FrameFormat(2, 300);

  private final PiecewiseChannel channel = PiecewiseChannel.whole();
  private final FrameWriter writer = new FrameWriter(channel, TWO_BYTES);

  /** The payload 6869, with other bytes before and after it. */
  static Stream<ByteBuffer> buffersOfEachKind() {
    ByteBuffer direct = ByteBuffer.allocateDirect(4).put(bytes("ff 6869 ff"));
    return Stream.of(
        buffer("ff 6869 ff").position(1).limit(3),
        buffer("ffff 6869 ff").position(2).slice().limit(2),
        buffer("ff 6869 ff").asReadOnlyBuffer().position(1).limit(3),
        buffer("ff 6869 ff").order(ByteOrder.LITTLE_ENDIAN).position(1).limit(3),
        direct.duplicate().position(1).limit(3),
        direct.asReadOnlyBuffer().position(1).limit(3));
  }

  @Test
  void eachFrameGoesOutInOneGatheringWriteAndAtOnce() throws Exception {
    writer.write(bytes("6869"));
    assertEquals(List.of("00026869"), channel.heard());
    writer.write(bytes("21"));
    assertEquals(List.of("00026869", "000121"), channel.heard());
  }

  @ParameterizedTest
  @MethodSource("buffersOfEachKind")
  void aBufferIsWrittenFromPositionToLimitAndLeftRead(ByteBuffer payload) throws Exception {
    int limit = payload.limit();
    writer.write(payload);
    assertEquals(List.of("00026869"), channel.heard());
    assertEquals(limit, payload.position());
    assertEquals(limit, payload.limit());
  }

  @ParameterizedTest
  @MethodSource("buffersOfEachKind")
  void aChannelThatTakesByteByByteGetsTheSameBytes(ByteBuffer payload) throws Exception {
    PiecewiseChannel slow = new PiecewiseChannel(() -> 1);
    FrameWriter toSlow = new FrameWriter(slow, TWO_BYTES);
    toSlow.write(payload);
    toSlow.write(bytes("21"));
    assertEquals(List.of("00", "02", "68", "69", "00", "01", "21"), slow.heard());
    assertEquals(payload.limit(), payload.position());
  }

  @Test
  void aChannelThatTakesNothingForAWhileIsAskedAgain() throws Exception {
    int[] writes = {0};
    PiecewiseChannel moody = new PiecewiseChannel(() -> writes[0]++ % 3 == 2 ? 3 : 0);
    new FrameWriter(moody, TWO_BYTES).write(bytes("6869"));
    assertEquals(List.of("", "", "000268", "", "", "69"), moody.heard());
  }

  @Test
  void anEmptyPayloadIsAFrameLikeAnyOther() throws Exception {
    writer.write(new byte[0]);
    writer.write(ByteBuffer.allocateDirect(0));
    assertEquals(List.of("0000", "0000"), channel.heard());
  }

  @Test
  void aLongDirectPayloadIsOneWrite() throws Exception {
    byte[] payload = counting(1_000_000);
    ByteBuffer direct = ByteBuffer.allocateDirect(payload.length).put(payload).flip();
    new FrameWriter(channel, FrameFormat.DEFAULT).write(direct);
    assertEquals(List.of("00000000000f4240" + hex(payload)), channel.heard());
  }

  @Test
  void aLongPayloadOnTheHeapGoesOutInBoundedPieces() throws Exception {
    byte[] payload = counting(300_000);
    new FrameWriter(channel, FrameFormat.DEFAULT).write(payload);
    assertEquals(
        List.of(131_080, 131_072, 37_856),
        channel.heard().stream().map(piece -> piece.length() / 2).toList());
    assertEquals("00000000000493e0" + hex(payload), String.join("", channel.heard()));
  }

  @Test
  void aPayloadThatIsTooLongIsRefusedUnreadAndNothingIsWritten() throws Exception {
    writer.write(bytes("21"));
    ByteBuffer payload = ByteBuffer.allocateDirect(301);
    Exception e = assertThrows(FrameException.class, () -> writer.write(payload));
    assertEquals(
        "byte 3: payload length: found 301, expected at most 300 (header length 2);"
            + " send less or agree on another format",
        e.getMessage());
    assertEquals(301, payload.remaining());
    assertThrows(FrameException.class, () -> writer.write(new byte[301]));
    assertEquals(List.of("000121"), channel.heard());
  }

  @Test
  void whatTheChannelThrowsIsThrownOnAndThePayloadKeepsItsLimit() {
    IOException reset = new IOException("connection reset");
    FrameWriter toBroken = new FrameWriter(PiecewiseChannel.throwing(reset), FrameFormat.DEFAULT);
    ByteBuffer payload = ByteBuffer.allocate(200_000).limit(150_000);
    assertSame(reset, assertThrows(IOException.class, () -> toBroken.write(payload)));
    assertEquals(150_000, payload.limit());
  }

  @Test
  void aChannelThatDoesNotBlockIsRefusedWhileItDoesNot() throws Exception {
    try (TestTarget target = TestTarget.start();
        SocketChannel client = SocketChannel.open(target.address());
        TestPeer peer = target.accept()) {
      FrameWriter frames = new FrameWriter(client, TWO_BYTES);
      client.configureBlocking(false);
      assertThrows(IllegalBlockingModeException.class, () -> frames.write(bytes("6869")));
      client.configureBlocking(true);
      frames.write(bytes("21"));
      assertEquals("000121", peer.await(3));
    }
  }

  @Test
  void aClosedSocketIsToldAsTheChannelTellsIt() throws Exception {
    try (TestTarget target = TestTarget.start()) {
      SocketChannel client = SocketChannel.open(target.address());
      client.close();
      FrameWriter frames = new FrameWriter(client, TWO_BYTES);
      assertThrows(ClosedChannelException.class, () -> frames.write(bytes("21")));
    }
  }

  @Test
  void aSocketChannelTakesAFrameLargerThanItsBuffers() throws Exception {
    byte[] payload = counting(16_000_000);
    try (TestTarget target = TestTarget.start();
        SocketChannel client = SocketChannel.open(target.address());
        TestPeer peer = target.accept()) {
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
        try {
          new FrameWriter(client, FrameFormat.DEFAULT).write(payload);
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      });
      FrameReader frames = new FrameReader(peer.socket().getInputStream(), FrameFormat.DEFAULT);
      assertArrayEquals(payload, frames.read());
      sending.join();
    }
  }

  /** As the constructor's Javadoc says: on JDK 17 two streams of one channel would lock up here. */
  @Test
  void aSocketChannelIsReadByOneThreadWhileAnotherOneWrites() throws Exception {
    try (TestTarget target = TestTarget.start();
        SocketChannel client = SocketChannel.open(target.address());
        TestPeer peer = target.accept()) {
      CompletableFuture<Void> echo =
          CompletableFuture.runAsync(() -> sendAndEcho(new FrameWriter(client, TWO_BYTES), peer));
      FrameReader in = new FrameReader(client.socket().getInputStream(), TWO_BYTES);
      for (int i = 0; i < 100; i++) {
        assertEquals("6869", hex(in.read()));
      }
      echo.join();
    }
  }

  private static void sendAndEcho(FrameWriter frames, TestPeer peer) {
    try {
      for (int i = 0; i < 100; i++) {
        frames.write(bytes("6869"));
        peer.send(peer.awaitBytes(4));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
