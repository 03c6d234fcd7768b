package score;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static score.Field.checked;
import static score.Field.counted;
import static score.Field.fixed;
import static score.Field.fresh;
import static score.Field.hex;
import static score.Field.same;
import static score.Field.text;
import static score.Field.unused;
import static score.Protocol.Step.c2s;
import static score.Protocol.Step.s2c;
import static score.Shape.Length.U16;
import static score.Shape.Length.U16LE;
import static score.Shape.Length.U32;
import static score.Shape.Length.U32LE;
import static score.Shape.Length.U8;
import static score.Shape.Length.VARINT;
import static score.Shape.bytes;
import static score.Shape.digits;
import static score.Shape.rest;
import static score.Shape.sized;
import static score.Shape.until;
import static score.Shape.varint;

import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import score.Protocol.Step;

/** A small bank, whose frames carry one kind of varying field each. */
final class Generated {
  private static final List<String> REQUESTS = List.of(
      "BALANCE 4711",
      "PAY 12.50 TO 0815",
      "BALANCE 4711",
      "PAY 99.99 TO 42",
      "LIMIT 4711",
      "RATES");
  private static final List<String> REPLIES = List.of(
      "balance 100.00",
      "paid 12.50",
      "balance 87.50",
      "refused: too much",
      "limit 50.00",
      "1.0842");

  private final List<Subject> all = new ArrayList<>();
  private Duration betweenRuns = Duration.ofHours(53);
  private String group;

  private Generated() {}

  static List<Subject> all() {
    Generated generated = new Generated();
    generated.ids();
    generated.tokens();
    generated.times();
    generated.timesSecondsApart();
    generated.lengths();
    generated.computed();
    generated.layouts();
    generated.neighbours();
    generated.mixtures();
    return generated.all;
  }

  private void ids() {
    group = "request ids";
    for (ByteOrder order : List.of(BIG_ENDIAN, LITTLE_ENDIAN)) {
      for (int size : List.of(1, 2, 3, 4, 6, 8)) {
        if (size > 1 || order == BIG_ENDIAN) {
          String end = size == 1 ? "" : order == BIG_ENDIAN ? ", big-endian" : ", little-endian";
          echo(
              "request id, counter of " + size + (size == 1 ? " byte" : " bytes" + end),
              bytes(size),
              Value.counter(size, order));
        }
      }
    }
    echo("request id, 4 random bytes", bytes(4), Value.random(4));
    echo("request id, 8 random bytes", bytes(8), Value.random(8));
    echo("request id, 8 hex digits", bytes(8), Value.hexText(4));
    echo("request id, UUID as text", bytes(36), Value.uuid());
    echo("request id, decimal digits, 3 to 4 of them", until(";"), Value.digits(1000));
    echo("request id, varint of 1 to 2 bytes", varint(), Value.varint());
    add(
        "request id, first in requests and last in replies",
        calls(i -> List.of(
            c2s(fresh(bytes(4), "id", Value.random(4)), text(REQUESTS.get(i))),
            s2c(text(REPLIES.get(i)), same(bytes(4), "id")))));
    add(
        "request id twice in each frame",
        calls(i -> List.of(
            c2s(
                fresh(bytes(2), "id", Value.random(2)),
                text(REQUESTS.get(i)),
                same(bytes(2), "id")),
            s2c(same(bytes(2), "id"), text(REPLIES.get(i)), same(bytes(2), "id")))));
    add("request ids, replies in another order", pipelined());
    add(
        "server's counter in each reply",
        calls(i -> List.of(
            c2s(hex("0102"), text(REQUESTS.get(i))),
            s2c(unused(bytes(4), Value.counter(4, BIG_ENDIAN)), text(REPLIES.get(i))))));
  }

  private void tokens() {
    group = "tokens";
    token("session id of 4 bytes", bytes(4), Value.random(4));
    token("session id of 8 bytes", bytes(8), Value.random(8));
    token("token of 16 random bytes", bytes(16), Value.random(16));
    token("token of 32 hex digits", bytes(32), Value.hexText(16));
    token("token in base64", bytes(24), Value.base64(16));
    token("token that is a UUID as text", bytes(36), Value.uuid());
    token("session number in decimal digits, up to a semicolon", until(";"), Value.digits(10_000));
    token("token of 8 to 24 letters after its length (u8)", sized(U8), Value.word(8, 24));
    token("token of 8 to 24 letters after its length (u16)", sized(U16), Value.word(8, 24));
    token("token of 8 to 24 letters up to a line end", until("\r\n"), Value.word(8, 24));
    List<Step> twoConnections = new ArrayList<>(List.of(
        c2s(text("LOGIN anna")),
        s2c(text("WELCOME "), fresh(bytes(16), "token", Value.random(16)))));
    for (int i = 0; i < 3; i++) {
      twoConnections.add(Step.CONNECT);
      twoConnections.add(c2s(text("CALL"), same(bytes(16), "token"), text(REQUESTS.get(i))));
      twoConnections.add(s2c(text("DONE"), text(REPLIES.get(i))));
    }
    add("token that other connections use", twoConnections);
    List<Step> nonces = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nonces.add(c2s(text("HELLO"), fresh(bytes(8), "mine", Value.random(8))));
      nonces.add(
          s2c(text("HI"), same(bytes(8), "mine"), fresh(bytes(8), "yours", Value.random(8))));
      nonces.add(c2s(text("DO"), same(bytes(8), "yours"), text(REQUESTS.get(i))));
      nonces.add(s2c(text("OK"), text(REPLIES.get(i))));
    }
    add("nonces of both sides, side by side", nonces);
  }

  private void times() {
    group = "times";
    stamp("time, Unix seconds", bytes(4), Value.ticks(4, BIG_ENDIAN, 0, 1));
    stamp("time, Unix milliseconds", bytes(8), Value.ticks(8, BIG_ENDIAN, 0, 1000));
    stamp(
        "time, Unix microseconds, little-endian",
        bytes(8),
        Value.ticks(8, LITTLE_ENDIAN, 0, 1_000_000));
    stamp("time, Unix nanoseconds", bytes(8), Value.ticks(8, BIG_ENDIAN, 0, 1_000_000_000));
    stamp("time, FILETIME", bytes(8), Value.ticks(8, LITTLE_ENDIAN, -11_644_473_600L, 10_000_000));
    stamp("time, NTP", bytes(8), Value.ntp());
    stamp("time, packed decimals", bytes(6), Value.bcd("yyMMddHHmmss"));
    stamp("time, packed decimals of seven bytes", bytes(7), Value.bcd("yyyyMMddHHmmss"));
    stamp(
        "time, HTTP date",
        bytes(29),
        Value.timeText("EEE, dd MMM yyyy HH:mm:ss 'GMT'"));
    stamp("time, seconds as a double", bytes(8), Value.secondsAsDouble());
    stamp("time, ASCII yyyyMMddHHmmss", bytes(14), Value.timeText("yyyyMMddHHmmss"));
    stamp(
        "time, ASCII ISO 8601 with milliseconds",
        bytes(24),
        Value.timeText("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"));
    stamp("time, Unix milliseconds as decimal digits", bytes(13), Value.time(now -> Long.toString(
            now.toEpochMilli())
        .getBytes()));
  }

  private void timesSecondsApart() {
    betweenRuns = Duration.ofSeconds(7);
    stamp("time, Unix milliseconds, seconds apart", bytes(8), Value.ticks(8, BIG_ENDIAN, 0, 1000));
    stamp(
        "time, FILETIME, seconds apart",
        bytes(8),
        Value.ticks(8, LITTLE_ENDIAN, -11_644_473_600L, 10_000_000));
    stamp("time, NTP, seconds apart", bytes(8), Value.ntp());
    stamp("time, packed decimals, seconds apart", bytes(6), Value.bcd("yyMMddHHmmss"));
    stamp(
        "time, ASCII ISO 8601 with milliseconds, seconds apart",
        bytes(24),
        Value.timeText("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"));
    betweenRuns = Duration.ofHours(53);
  }

  private void lengths() {
    group = "lengths that vary";
    echo("text after its length (u8)", sized(U8), Value.word(3, 12));
    echo("text after its length (u16)", sized(U16), Value.word(3, 12));
    echo("text after its length (u32)", sized(U32), Value.word(3, 12));
    echo("text after its length (u16), little-endian", sized(U16LE), Value.word(3, 12));
    echo("text after its length (u32), little-endian", sized(U32LE), Value.word(3, 12));
    echo("bytes after their length (varint)", sized(VARINT), Value.blob(100, 150));
    add(
        "text after its length (u8), sent back up to a delimiter",
        calls(i -> List.of(
            c2s(hex("0102"), fresh(sized(U8), "name", Value.word(3, 12)), text(REQUESTS.get(i))),
            s2c(text("OK "), same(until(";"), "name"), text(REPLIES.get(i))))));
    add(
        "inner length (u16) that follows a text",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                counted(U16, fresh(sized(U8), "name", Value.word(3, 12)), text(REQUESTS.get(i))),
                hex("ff")),
            s2c(
                hex("0202"),
                counted(U16, same(sized(U8), "name"), text(REPLIES.get(i))),
                hex("ff")))));
    add(
        "random padding after its length (u8)",
        calls(i -> List.of(
            c2s(hex("0102"), text(REQUESTS.get(i)), unused(sized(U8), Value.blob(0, 15))),
            s2c(hex("0202"), text(REPLIES.get(i)), unused(sized(U8), Value.blob(0, 15))))));
    add(
        "rest of the payload varies in length",
        calls(i -> List.of(
            c2s(text("TRACE=0;"), text(REQUESTS.get(i))),
            s2c(text(REPLIES.get(i)), text("; trace "), unused(rest(), Value.word(4, 30))))));
    add(
        "decimal digits between texts, 2 to 3 of them",
        calls(i -> List.of(
            c2s(
                text("seq="),
                fresh(digits(), "seq", Value.digits(100)),
                text(" "),
                text(REQUESTS.get(i))),
            s2c(text("ack="), same(digits(), "seq"), text(" "), text(REPLIES.get(i))))));
  }

  private void computed() {
    group = "computed values";
    add(
        "MAC of 32 bytes, not checked",
        calls(i -> List.of(
            c2s(
                fresh(bytes(4), "id", Value.random(4)),
                text(REQUESTS.get(i)),
                unused(bytes(32), Value.mac(32))),
            s2c(same(bytes(4), "id"), text(REPLIES.get(i)), unused(bytes(32), Value.mac(32))))));
    add(
        "CRC-32, not checked",
        calls(i -> List.of(
            c2s(
                fresh(bytes(4), "id", Value.random(4)),
                text(REQUESTS.get(i)),
                unused(bytes(4), Value.crc32())),
            s2c(same(bytes(4), "id"), text(REPLIES.get(i)), unused(bytes(4), Value.crc32())))));
    List<Step> tokenThenMac = new ArrayList<>(List.of(
        c2s(text("LOGIN anna")),
        s2c(text("WELCOME "), fresh(bytes(16), "token", Value.random(16)))));
    tokenThenMac.addAll(calls(i -> List.of(
        c2s(
            text("CALL"),
            text(REQUESTS.get(i)),
            same(bytes(16), "token"),
            unused(bytes(16), Value.mac(16))),
        s2c(text("DONE"), text(REPLIES.get(i)), unused(bytes(16), Value.mac(16))))));
    add("token that ends where a MAC begins", tokenThenMac);
    add(
        "MAC that is checked (needs a hook)",
        calls(i -> List.of(
            c2s(
                fresh(bytes(4), "id", Value.random(4)),
                text(REQUESTS.get(i)),
                checked(bytes(16), Value.mac(16))),
            s2c(same(bytes(4), "id"), text(REPLIES.get(i)), checked(bytes(16), Value.mac(16))))));
  }

  private void layouts() {
    group = "kinds of frames";
    List<Step> bank = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      bank.add(c2s(text("LOGR"), fresh(bytes(4), "id", Value.random(4)), text("anna")));
      bank.add(s2c(
          text("LOGA"),
          same(bytes(4), "id"),
          fresh(bytes(8), "token", Value.random(8)),
          text("welcome")));
      bank.add(c2s(text("BALR"), same(bytes(8), "token"), fresh(bytes(4), "id", Value.random(4))));
      bank.add(s2c(text("BALA"), same(bytes(4), "id"), text("00012345.67EUR")));
      bank.add(c2s(
          text("PAYR"),
          text("00012.50"),
          same(bytes(8), "token"),
          text("to 0815"),
          fresh(bytes(4), "id", Value.random(4))));
      bank.add(s2c(
          text("PAYA"),
          unused(bytes(8), Value.ticks(8, BIG_ENDIAN, 0, 1000)),
          text("paid 00012.50"),
          same(bytes(4), "id")));
    }
    add("kinds of frames with their own layouts", bank);
    List<Step> bankWithMac = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      bankWithMac.add(
          c2s(text("LOGR"), unused(bytes(8), Value.ticks(8, BIG_ENDIAN, 0, 1000)), text("anna")));
      bankWithMac.add(
          s2c(text("LOGA"), fresh(bytes(16), "token", Value.random(16)), text("hello")));
      bankWithMac.add(
          c2s(text("BALR"), same(bytes(16), "token"), unused(bytes(16), Value.mac(16))));
      bankWithMac.add(s2c(text("BALA"), text("00012345.67 EUR ........ your balance")));
      bankWithMac.add(c2s(
          text("PAYR"),
          same(bytes(16), "token"),
          text("00012.50 EUR"),
          unused(bytes(16), Value.mac(16))));
      bankWithMac.add(s2c(
          text("PAYA"),
          fresh(bytes(6), "receipt", Value.counter(6, BIG_ENDIAN)),
          text("00012.50 EUR paid, thanks")));
    }
    add("bank with a token, times, receipts and MACs", bankWithMac);
    add(
        "flags beside an id",
        calls(i -> List.of(
            c2s(
                hex(i % 2 == 0 ? "80" : "81"),
                fresh(bytes(2), "id", Value.random(2)),
                hex("0001"),
                text(REQUESTS.get(i))),
            s2c(
                hex(i % 3 == 0 ? "c0" : "c1"),
                same(bytes(2), "id"),
                hex("0100"),
                text(REPLIES.get(i))))));
    add(
        "kinds told apart by length alone",
        calls(i -> i % 2 == 0
            ? List.of(
                c2s(fresh(bytes(4), "id", Value.random(4)), hex("00000064")),
                s2c(same(bytes(4), "id"), hex("0000271000000001")))
            : List.of(
                c2s(hex("00000065"), fresh(bytes(4), "id", Value.random(4)), hex("0000000c")),
                s2c(hex("0000271100000002"), same(bytes(4), "id"), hex("0005")))));
    add(
        "nothing varies",
        calls(i -> List.of(c2s(text(REQUESTS.get(i))), s2c(text(REPLIES.get(i))))));
  }

  /** Fields side by side, in text, in several frames, or in one kind of frame alone. */
  private void neighbours() {
    group = "fields side by side";
    Shape id = bytes(4);
    Value anyId = Value.random(4);
    Value millis = Value.ticks(8, BIG_ENDIAN, 0, 1000);
    echo(
        "request id, counter with a step of 4, little-endian",
        id,
        Value.counter(4, LITTLE_ENDIAN, 4));
    session(
        "two tokens side by side, sent back the other way round",
        List.of(
            text("WELCOME "),
            fresh(bytes(8), "session", Value.random(8)),
            fresh(bytes(8), "secret", Value.random(8))),
        i -> List.of(
            c2s(
                text("CALL"),
                same(bytes(8), "secret"),
                same(bytes(8), "session"),
                text(REQUESTS.get(i))),
            s2c(text("DONE"), text(REPLIES.get(i)))));
    session(
        "token, then request id; a salt after the token",
        List.of(
            text("WELCOME "),
            fresh(bytes(8), "session", Value.random(8)),
            unused(bytes(8), Value.random(8))),
        i -> List.of(
            c2s(
                text("CALL"),
                same(bytes(8), "session"),
                fresh(id, "id", anyId),
                text(REQUESTS.get(i))),
            s2c(text("DONE"), same(id, "id"), text(REPLIES.get(i)))));
    session(
        "token in each request and each reply",
        List.of(text("WELCOME "), fresh(bytes(8), "session", Value.random(8))),
        i -> List.of(
            c2s(text("CALL"), same(bytes(8), "session"), text(REQUESTS.get(i))),
            s2c(text("DONE"), same(bytes(8), "session"), text(REPLIES.get(i)))));
    session(
        "hex token in upper case, then letters",
        List.of(text("OK"), fresh(bytes(24), "token", Value.upperHexText(12)), text("ANNA")),
        i -> List.of(
            c2s(text("T"), same(bytes(24), "token"), text("ANNA"), text(REQUESTS.get(i))),
            s2c(text(REPLIES.get(i)))));
    session(
        "token in JSON, and a number of 2 to 3 digits",
        List.of(text("{\"token\":\""), fresh(bytes(32), "token", Value.hexText(16)), text("\"}")),
        i -> List.of(
            c2s(
                text("{\"token\":\""),
                same(bytes(32), "token"),
                text("\",\"n\":"),
                fresh(digits(), "n", Value.digits(100)),
                text(",\"do\":\"" + REQUESTS.get(i) + "\"}")),
            s2c(
                text("{\"n\":"),
                same(digits(), "n"),
                text(",\"is\":\"" + REPLIES.get(i) + "\"}"))));
    session(
        "token in base64, in a line of its own",
        List.of(
            text("OK\r\nSet-Cookie: sid="),
            fresh(bytes(24), "token", Value.base64(16)),
            text("; path=/\r\n")),
        i -> List.of(
            c2s(text(REQUESTS.get(i) + "\r\nCookie: sid="), same(bytes(24), "token"), text("\r\n")),
            s2c(text(REPLIES.get(i)))));
    session(
        "token, MAC, amount",
        List.of(text("LOGA"), fresh(bytes(16), "token", Value.random(16))),
        i -> List.of(
            c2s(
                text(i < 4 ? "PAYR" : "BALR"),
                same(bytes(16), "token"),
                unused(bytes(16), Value.mac(16)),
                text(i < 4 ? "00012.50" : "")),
            s2c(
                text(i < 4 ? "PAYA" : "BALA"),
                unused(id, anyId),
                text(i < 4 ? "00012.50" : "0000012345.67"))));
    add(
        "request id, then a time",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                fresh(id, "id", anyId),
                unused(bytes(8), Value.ticks(8, LITTLE_ENDIAN, 0, 1000)),
                text(REQUESTS.get(i))),
            s2c(hex("0202"), unused(bytes(8), millis), same(id, "id"), text(REPLIES.get(i))))));
    add(
        "nonce, FILETIME, nonce",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                unused(bytes(8), Value.random(8)),
                unused(bytes(8), Value.ticks(8, LITTLE_ENDIAN, -11_644_473_600L, 10_000_000)),
                unused(bytes(8), Value.random(8)),
                text(REQUESTS.get(i))),
            s2c(hex("0202"), text(REPLIES.get(i))))));
    add(
        "time in milliseconds, then 4 random bytes",
        calls(i -> List.of(
            c2s(hex("01"), unused(bytes(8), millis), unused(id, anyId), text(REQUESTS.get(i))),
            s2c(hex("02"), unused(id, anyId), unused(bytes(8), millis), text(REPLIES.get(i))))));
    add(
        "NTP times, of which replies send one back",
        calls(i -> List.of(
            c2s(
                hex("23"),
                unused(bytes(8), Value.ntp()),
                fresh(bytes(8), "sent", Value.ntp()),
                text(REQUESTS.get(i))),
            s2c(
                hex("24"),
                same(bytes(8), "sent"),
                unused(bytes(8), Value.ntp()),
                unused(bytes(8), Value.ntp()),
                text(REPLIES.get(i))))));
    add(
        "counter of 2 bytes, then a time in seconds, of both sides",
        calls(i -> List.of(
            c2s(
                hex("fe53"),
                fresh(bytes(2), "seq", Value.counter(2, LITTLE_ENDIAN)),
                unused(bytes(4), Value.ticks(4, LITTLE_ENDIAN, 0, 1)),
                text(REQUESTS.get(i))),
            s2c(
                hex("fe53"),
                same(bytes(2), "seq"),
                unused(bytes(4), Value.ticks(4, LITTLE_ENDIAN, 0, 1)),
                text(REPLIES.get(i))))));
    betweenRuns = Duration.ofSeconds(5);
    add(
        "digits: date and time, trace number, reference; seconds apart",
        calls(i -> List.of(
            c2s(
                text("020000001250"),
                fresh(bytes(10), "when", Value.timeText("MMddHHmmss")),
                fresh(bytes(6), "trace", Value.padded(6, 1_000_000)),
                text("TERM0001")),
            s2c(
                text("021000001250"),
                same(bytes(10), "when"),
                same(bytes(6), "trace"),
                unused(bytes(12), Value.padded(12, 2_000_000_000)),
                text("00TERM0001")))));
    betweenRuns = Duration.ofHours(53);
    add(
        "UUID in JSON, and a time in digits",
        calls(i -> List.of(
            c2s(
                text("{\"id\":\""),
                fresh(bytes(36), "id", Value.uuid()),
                text("\",\"do\":\"" + REQUESTS.get(i) + "\"}")),
            s2c(
                text("{\"re\":\""),
                same(bytes(36), "id"),
                text("\",\"at\":"),
                unused(bytes(13), Value.time(now -> Long.toString(now.toEpochMilli()).getBytes())),
                text(",\"is\":\"" + REPLIES.get(i) + "\"}")))));
    add(
        "hex id and a date in lines of text",
        calls(i -> List.of(
            c2s(
                text("GET /" + i + "\r\nX-Request-Id: "),
                fresh(bytes(16), "id", Value.hexText(8)),
                text("\r\n")),
            s2c(
                text("OK\r\nX-Request-Id: "),
                same(bytes(16), "id"),
                text("\r\nDate: "),
                unused(bytes(19), Value.timeText("yyyy-MM-dd HH:mm:ss")),
                text("\r\n" + REPLIES.get(i))))));
    add(
        "order number of 3 to 4 digits, and a reference of 12",
        calls(i -> List.of(
            c2s(
                text("NEW;order="),
                fresh(digits(), "order", Value.digits(1000)),
                text(";" + REQUESTS.get(i))),
            s2c(
                text("ACK;order="),
                same(digits(), "order"),
                text(";ref="),
                unused(bytes(12), Value.padded(12, 2_000_000_000)),
                text(";" + REPLIES.get(i))))));
    add(
        "receipt number of 4 digits at the end of each reply",
        calls(i -> List.of(
            c2s(text(REQUESTS.get(i))),
            s2c(
                text(REPLIES.get(i) + ";receipt="),
                unused(digits(), Value.digits(1000)),
                text(";")))));
    add(
        "request id twice in each reply",
        calls(i -> List.of(
            c2s(hex("0102"), fresh(id, "id", anyId), text(REQUESTS.get(i))),
            s2c(hex("02"), same(id, "id"), text(REPLIES.get(i)), same(id, "id")))));
    add(
        "tags with their lengths (TLV)",
        calls(i -> List.of(
            c2s(
                hex("0104"),
                fresh(id, "id", anyId),
                hex("0208"),
                unused(bytes(8), millis),
                hex("03"),
                fixed(sized(U8), REQUESTS.get(i).getBytes())),
            s2c(
                hex("8104"),
                same(id, "id"),
                hex("8210"),
                unused(bytes(16), Value.random(16)),
                hex("83"),
                fixed(sized(U8), REPLIES.get(i).getBytes())))));
    List<Step> counters = new ArrayList<>();
    for (int i = 0; i < REQUESTS.size(); i++) {
      if (i == 2 || i == 4) {
        counters.add(Step.CONNECT);
      }
      counters.add(
          c2s(text("DO"), fresh(id, "id", Value.counter(4, BIG_ENDIAN)), text(REQUESTS.get(i))));
      counters.add(s2c(text("OK"), same(id, "id"), text(REPLIES.get(i))));
    }
    add("request ids that count on over connections", counters);
    add(
        "sequence number, acknowledged with the next one (needs a hook)",
        calls(i -> List.of(
            c2s(
                text("SEQ"), fresh(id, "mine", Value.counter(4, BIG_ENDIAN)), text(REQUESTS.get(i))),
            s2c(text("ACK"), checked(id, Value.next("mine")), text(REPLIES.get(i))))));
    add(
        "two texts of varying length in one frame (no rule is learned)",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                fresh(sized(U8), "name", Value.word(3, 12)),
                text("="),
                unused(sized(U8), Value.word(3, 12)),
                text(REQUESTS.get(i))),
            s2c(hex("0202"), same(sized(U8), "name"), text(REPLIES.get(i))))));
  }

  /** Frames as they are in use: several fields in each, of which amounts are constant. */
  private void mixtures() {
    group = "several fields in each frame";
    Value millis = Value.ticks(8, BIG_ENDIAN, 0, 1000);
    Value millisLe = Value.ticks(8, LITTLE_ENDIAN, 0, 1000);
    session(
        "token of 8 to 24 letters, amount, MAC",
        List.of(text("LOGA"), fresh(sized(U8), "token", Value.word(8, 24)), text("EUR")),
        i -> List.of(
            c2s(
                text("PAYR"),
                same(sized(U8), "token"),
                text("00012.50"),
                unused(bytes(16), Value.mac(16))),
            s2c(text("PAYA00012.50"), unused(bytes(16), Value.mac(16)))));
    add(
        "packed decimals: amount, trace number, date and time",
        calls(i -> List.of(
            c2s(
                hex("0200000000001250"),
                fresh(bytes(3), "trace", Value.packed(3)),
                fresh(bytes(5), "when", Value.bcd("MMddHHmmss")),
                hex("0978")),
            s2c(
                hex("0210000000001250"),
                same(bytes(3), "trace"),
                same(bytes(5), "when"),
                hex("00000978")))));
    add(
        "digits: trace number, then amount",
        calls(i -> List.of(
            c2s(
                text("PAY "),
                fresh(bytes(6), "trace", Value.padded(6, 1_000_000)),
                text("000000001250EUR")),
            s2c(text("OK  "), same(bytes(6), "trace"), text("000000001250EUR")))));
    add(
        "digits: amount, then trace number of 3 to 4 digits",
        calls(i -> List.of(
            c2s(text("PAY 1250/"), fresh(digits(), "trace", Value.digits(1000)), text("/EUR")),
            s2c(text("OK 1250/"), same(digits(), "trace"), text("/EUR")))));
    add(
        "request id of 1 random byte, an amount, a MAC",
        calls(i -> List.of(
            c2s(
                hex("01"),
                fresh(bytes(1), "id", Value.random(1)),
                hex("000004e2"),
                text(REQUESTS.get(i)),
                unused(bytes(8), Value.mac(8))),
            s2c(hex("02"), same(bytes(1), "id"), hex("000004e2"), text(REPLIES.get(i))))));
    echo("request id of 1 byte that begins again", bytes(1), Value.wrapping(1, BIG_ENDIAN));
    echo("request id of 2 bytes that begins again", bytes(2), Value.wrapping(2, BIG_ENDIAN));
    echo(
        "request id of 4 bytes that begins again, little-endian",
        bytes(4),
        Value.wrapping(4, LITTLE_ENDIAN));
    add(
        "little-endian counter, time in milliseconds, amount",
        calls(i -> List.of(
            c2s(hex("0102"), text(REQUESTS.get(i))),
            s2c(
                hex("0202"),
                unused(bytes(4), Value.counter(4, LITTLE_ENDIAN)),
                unused(bytes(8), millisLe),
                hex("e2040000"),
                text(REPLIES.get(i))))));
    add(
        "little-endian time in seconds, then counter, sent back",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                unused(bytes(4), Value.ticks(4, LITTLE_ENDIAN, 0, 1)),
                fresh(bytes(4), "seq", Value.counter(4, LITTLE_ENDIAN)),
                hex("e2040000"),
                text(REQUESTS.get(i))),
            s2c(hex("0202"), same(bytes(4), "seq"), hex("e2040000"), text(REPLIES.get(i))))));
    add(
        "FILETIME, NTP time and a random nonce side by side",
        calls(i -> List.of(
            c2s(hex("0102"), text(REQUESTS.get(i))),
            s2c(
                unused(bytes(8), Value.ticks(8, LITTLE_ENDIAN, -11_644_473_600L, 10_000_000)),
                unused(bytes(8), Value.ntp()),
                unused(bytes(8), Value.random(8)),
                text(REPLIES.get(i))))));
    add(
        "durations in microseconds (u32) and nanoseconds (u64), time, amount",
        calls(i -> List.of(
            c2s(hex("0102"), text(REQUESTS.get(i))),
            s2c(
                hex("0202"),
                unused(bytes(4), Value.duration(4, BIG_ENDIAN, 1_000_000)),
                unused(bytes(8), Value.duration(8, BIG_ENDIAN, 1_000_000_000)),
                unused(bytes(8), millis),
                hex("000004e2"),
                text(REPLIES.get(i))))));
    add(
        "ISO dates of both sides with a reference of 12 letters",
        calls(i -> List.of(
            c2s(
                text("<PAY at='"),
                unused(bytes(24), Value.timeText("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")),
                text("' ref='"),
                fresh(bytes(12), "ref", Value.word(12, 12)),
                text("'>12.50</PAY>")),
            s2c(
                text("<PAID at='"),
                unused(bytes(24), Value.timeText("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")),
                text("' ref='"),
                same(bytes(12), "ref"),
                text("'>12.50</PAID>")))));
    add(
        "lengths (u32, u16) around a text after its length (u8)",
        calls(i -> List.of(
            c2s(
                hex("01"),
                counted(
                    U32,
                    hex("0a"),
                    counted(U16, fresh(sized(U8), "name", Value.word(3, 12)), text("12.50")),
                    text(REQUESTS.get(i)))),
            s2c(
                hex("02"),
                counted(
                    U32,
                    hex("0b"),
                    counted(U16, same(sized(U8), "name"), text("12.50")),
                    text(REPLIES.get(i)))))));
    add(
        "tagged varints: id, time in milliseconds, amount",
        calls(i -> List.of(
            c2s(
                hex("08"),
                fresh(varint(), "id", Value.varint()),
                hex("10"),
                unused(bytes(6), Value.time(now -> Value.varint(now.toEpochMilli()))),
                hex("18e209"),
                text(REQUESTS.get(i))),
            s2c(hex("08"), same(varint(), "id"), hex("18e209"), text(REPLIES.get(i))))));
    add(
        "line of text: user, amount, reference up to delimiters",
        calls(i -> List.of(
            c2s(
                text("user=anna;amount=12.50;ref="),
                fresh(until(";"), "ref", Value.word(4, 12)),
                text("to=0815\n")),
            s2c(
                text("paid=12.50;ref="), same(until(";"), "ref"), text("left=87.50\n")))));
    add(
        "FIX: sequence number, sending time, order id, sum",
        calls(i -> List.of(
            c2s(
                text("35=D|34="),
                unused(digits(), Value.digits(10)),
                text("|52="),
                unused(bytes(21), Value.timeText("yyyyMMdd-HH:mm:ss.SSS")),
                text("|11="),
                fresh(bytes(8), "order", Value.upperHexText(4)),
                text("|38=100|44=12.50|10="),
                unused(bytes(3), Value.padded(3, 256)),
                text("|")),
            s2c(
                text("35=8|34="),
                unused(digits(), Value.digits(10)),
                text("|52="),
                unused(bytes(21), Value.timeText("yyyyMMdd-HH:mm:ss.SSS")),
                text("|11="),
                same(bytes(8), "order"),
                text("|38=100|44=12.50|10="),
                unused(bytes(3), Value.padded(3, 256)),
                text("|")))));
    List<Step> users = new ArrayList<>();
    for (String user : List.of("anna", "bert")) {
      users.add(c2s(text("LOGIN "), text(user)));
      users.add(s2c(text("WELCOME "), fresh(bytes(8), user, Value.random(8))));
      users.add(Step.CONNECT);
    }
    for (int i = 0; i < 4; i++) {
      String user = i % 2 == 0 ? "anna" : "bert";
      users.add(c2s(
          text("CALL"),
          same(bytes(8), user),
          fresh(bytes(4), "id", Value.counter(4, BIG_ENDIAN)),
          text("12.50")));
      users.add(s2c(same(bytes(4), "id"), text("paid 12.50")));
      if (i < 3) {
        users.add(Step.CONNECT);
      }
    }
    add("tokens of two users, which other connections use, and request ids", users);
    session(
        "token with a time at which it ends, sent back together",
        List.of(
            text("WELCOME "),
            fresh(bytes(16), "token", Value.random(16)),
            fresh(bytes(8), "until", Value.ticks(8, BIG_ENDIAN, -3600, 1000))),
        i -> List.of(
            c2s(
                text("CALL"),
                same(bytes(16), "token"),
                same(bytes(8), "until"),
                text(REQUESTS.get(i))),
            s2c(text("DONE"), text(REPLIES.get(i)))));
    add(
        "time of the server, sent back by the client with the next request",
        calls(i -> i == 0
            ? List.of(
                c2s(text("HELLO")),
                s2c(text("HI"), fresh(bytes(8), "stamp", millis), text("balance 100.00")))
            : List.of(
                c2s(text("CALL"), same(bytes(8), "stamp"), text("PAY 12.50")),
                s2c(text("HI"), fresh(bytes(8), "stamp", millis), text("balance 87.50")))));
    betweenRuns = Duration.ofSeconds(3);
    add(
        "request id, time in seconds, amount; seconds apart",
        calls(i -> List.of(
            c2s(
                hex("0102"),
                fresh(bytes(4), "id", Value.random(4)),
                unused(bytes(4), Value.ticks(4, BIG_ENDIAN, 0, 1)),
                hex("000004e2"),
                text(REQUESTS.get(i))),
            s2c(
                hex("0202"),
                same(bytes(4), "id"),
                unused(bytes(4), Value.ticks(4, BIG_ENDIAN, 0, 1)),
                hex("000004e2"),
                text(REPLIES.get(i))))));
    betweenRuns = Duration.ofHours(53);
  }

  /** A logon, whose reply gives values to the client, and calls. */
  private void session(String name, List<Field> welcome, IntFunction<List<Step>> call) {
    List<Step> steps = new ArrayList<>(List.of(
        c2s(text("LOGIN anna")), s2c(welcome.toArray(new Field[0]))));
    steps.addAll(calls(call));
    add(name, steps);
  }

  /** The client's value in each request, which the reply carries, too. */
  private void echo(String name, Shape shape, Value value) {
    add(
        name,
        calls(i -> List.of(
            c2s(hex("0102"), fresh(shape, "id", value), text(REQUESTS.get(i))),
            s2c(hex("0202"), same(shape, "id"), text(REPLIES.get(i))))));
  }

  /** The server's value in its first reply, which each request carries from then on. */
  private void token(String name, Shape shape, Value value) {
    List<Step> steps = new ArrayList<>(List.of(
        c2s(text("LOGIN anna")), s2c(text("WELCOME "), fresh(shape, "token", value), text("0"))));
    steps.addAll(calls(i -> List.of(
        c2s(text("CALL"), same(shape, "token"), text(REQUESTS.get(i))),
        s2c(text("DONE"), text(REPLIES.get(i))))));
    add(name, steps);
  }

  /** The time of day of both sides, in each frame. */
  private void stamp(String name, Shape shape, Value value) {
    add(
        name,
        calls(i -> List.of(
            c2s(hex("0102"), unused(shape, value), text(REQUESTS.get(i))),
            s2c(text(REPLIES.get(i)), unused(shape, value), hex("00")))));
  }

  private static List<Step> pipelined() {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 6; i += 3) {
      for (int j : List.of(0, 1, 2)) {
        steps.add(c2s(
            hex("0102"), fresh(bytes(4), "id" + j, Value.random(4)), text(REQUESTS.get(i + j))));
      }
      for (int j : List.of(2, 0, 1)) {
        steps.add(s2c(hex("0202"), same(bytes(4), "id" + j), text(REPLIES.get(i + j))));
      }
    }
    return steps;
  }

  private static List<Step> calls(IntFunction<List<Step>> call) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < REQUESTS.size(); i++) {
      steps.addAll(call.apply(i));
    }
    return steps;
  }

  private void add(String name, List<Step> steps) {
    all.add(new Protocol(name, group, betweenRuns, steps));
  }
}
