package io.tracestream.compare;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A made-up protocol with ids that the client chooses, nonces of either side, operations and keys.
 * One seed always makes the same protocol and the same things to say in it.
 */
final class AnyProtocol {
  private final Random random;
  private final int idWidth;
  private final boolean counts;
  private final int header;
  private final boolean idBehindInRequest;
  private final boolean idBehindInReply;
  private final int requestNonce;
  private final int replyNonce;
  private final boolean pipelines;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<Integer> operations = new ArrayList<>();

  AnyProtocol(long seed) {
    random = new Random(seed);
    idWidth = List.of(2, 4, 8, 16).get(random.nextInt(4));
    counts = idWidth < 16 && random.nextBoolean();
    header = 1 + random.nextInt(4);
    idBehindInRequest = random.nextInt(3) == 0;
    idBehindInReply = random.nextInt(3) == 0;
    requestNonce = random.nextInt(3) == 0 ? 8 : 0;
    replyNonce = random.nextInt(2) == 0 ? 8 : 0;
    pipelines = random.nextBoolean();
    int requests = 8 + random.nextInt(12);
    for (int i = 0; i < requests; i++) {
      operations.add(1 + random.nextInt(3));
      byte[] key = new byte[4 + random.nextInt(3)];
      random.nextBytes(key);
      keys.add(key);
    }
  }

  int requests() {
    return keys.size();
  }

  /** Says it all once, with ids and nonces of its own. */
  String conversation(long seed, int wrongOperation, int wrongKey) {
    Random own = new Random(seed);
    long id = own.nextLong();
    StringBuilder text = new StringBuilder();
    List<String> replies = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      byte[] idBytes = new byte[idWidth];
      own.nextBytes(idBytes);
      if (counts) {
        byte[] number = ByteBuffer.allocate(8).putLong(++id).array();
        idBytes = Arrays.copyOfRange(number, 8 - idWidth, 8);
      }
      int operation = operations.get(i) + (i == wrongOperation ? 0x40 : 0);
      byte[] key = keys.get(i).clone();
      key[1] = (byte) (key[1] ^ (i == wrongKey ? 0x55 : 0));
      text.append("c2s ")
          .append(frame(operation, idBytes, key, requestNonce, idBehindInRequest, own))
          .append(',');
      byte[] value = (keys.get(i).length + " is the value").getBytes(StandardCharsets.US_ASCII);
      replies.add(
          "s2c " + frame(operation, idBytes, value, replyNonce, idBehindInReply, own) + ",");
      if (!pipelines || i % 3 == 2) {
        Collections.shuffle(replies, own);
        replies.forEach(text::append);
        replies.clear();
      }
    }
    replies.forEach(text::append);
    return text.toString();
  }

  /** Operation first, the id behind it or at the end, a nonce before the content or behind it. */
  private String frame(
      int operation, byte[] id, byte[] content, int nonceWidth, boolean idBehind, Random own) {
    byte[] nonce = new byte[nonceWidth];
    own.nextBytes(nonce);
    byte[] head = new byte[header];
    head[header - 1] = (byte) operation;
    HexFormat hex = HexFormat.of();
    String idText = hex.formatHex(id);
    return hex.formatHex(head)
        + (idBehind ? hex.formatHex(nonce) : idText)
        + hex.formatHex(content)
        + (idBehind ? idText : hex.formatHex(nonce));
  }
}
