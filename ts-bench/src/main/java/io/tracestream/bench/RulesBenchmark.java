package io.tracestream.bench;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Comparer;
import io.tracestream.rules.LiveValues;
import io.tracestream.rules.RuleUse;
import io.tracestream.rules.Rules;
import io.tracestream.rules.RulesException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Compares requests and makes replies under rules, as a replay does. Frames are of 20 kinds, which
 * their first two bytes tell; each rule is for one kind. Odd rules copy a request's id into its
 * reply, even ones ignore four bytes of a request. All of these bytes are other ones than recorded.
 */
@State(Scope.Thread)
public class RulesBenchmark extends Settings {
  private static final int KINDS = 20;
  private static final int LENGTH = 256;

  /** How many rules there are. */
  @Param({"0", "1", "10", "100"})
  public int rules;

  private final ByteBuffer[] requests = new ByteBuffer[KINDS];
  private final ByteBuffer[] live = new ByteBuffer[KINDS];
  private final ByteBuffer[] replies = new ByteBuffer[KINDS];
  private Comparer comparer;
  private RuleUse use;
  private LiveValues values;
  private long entry;

  /** Makes the rules, and frames that they hold for. */
  @Setup
  public void make() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < KINDS; i++) {
      requests[i] = ofKind(i);
      live[i] = ofKind(i);
      replies[i] = ofKind(i);
    }
    for (int i = 0; i < rules; i++) {
      int kind = i % KINDS;
      int offset = 4 + 8 * (i / KINDS);
      String of = String.format("[0=%04x]:%d+4", kind, offset);
      lines.add(i % 2 == 0 ? "ignore c2s" + of : "copy c2s" + of + "->s2c" + of);
      live[kind].putInt(offset, 0x01020304);
    }
    Rules all = Rules.of(lines.toArray(new String[0]));
    comparer = new Comparer(all, Direction.C2S);
    use = new RuleUse(all, Direction.C2S);
    values = new LiveValues(use);
  }

  private static ByteBuffer ofKind(int kind) {
    return ByteBuffer.allocate(LENGTH).putShort(0, (short) kind);
  }

  /** A request and its reply, of each kind. */
  @Benchmark
  public void play(Amount amount, Blackhole hole) throws RulesException {
    for (int i = 0; i < KINDS; i++) {
      ByteBuffer recorded = requests[i];
      ByteBuffer expected = values.live(++entry, Direction.C2S, recorded);
      if (comparer.difference(recorded, expected, live[i]) >= 0) {
        throw new IllegalStateException("kind " + i + " differs");
      }
      hole.consume(comparer.openBytes(recorded, expected, live[i]));
      use.compared(recorded, live[i]);
      values.settled(entry);
      values.passed(entry, Direction.C2S, recorded, live[i]);
      ByteBuffer reply = values.live(++entry, Direction.S2C, replies[i]);
      values.passed(entry, Direction.S2C, replies[i], reply);
      hole.consume(reply);
    }
    amount.add(2 * KINDS, 2L * KINDS * LENGTH);
  }
}
