package io.tracestream.engine;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows each payload to an observer before somebody else takes it. For one thread. */
public final class ObservedPayloads implements Payloads {
  private final Consumer<ByteBuffer[]> observer;
  private final @Nullable Payloads next;

  /**
   * Payloads that are observed.
   *
   * @param observer is lent read-only views of a payload's parts; must not throw
   * @param next takes the payloads; null for nobody
   */
  public ObservedPayloads(Consumer<ByteBuffer[]> observer, @Nullable Payloads next) {
    this.observer = observer;
    this.next = next;
  }

  @Override
  public void payload(ByteBuffer payload) {
    observer.accept(views(payload));
    if (next != null) {
      next.payload(payload);
    }
  }

  @Override
  public void largePayload(ByteBuffer[] parts) {
    observer.accept(views(parts));
    if (next != null) {
      next.largePayload(parts);
    }
  }

  /**
   * What an observer is lent of a payload.
   *
   * @param parts the payload's bytes, each part from its position to its limit
   * @return views of them that cannot be written to
   */
  public static ByteBuffer[] views(ByteBuffer... parts) {
    ByteBuffer[] views = new ByteBuffer[parts.length];
    for (int i = 0; i < parts.length; i++) {
      views[i] = parts[i].asReadOnlyBuffer();
    }
    return views;
  }
}
