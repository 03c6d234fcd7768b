package io.tracestream.replay;

import java.util.ArrayDeque;
import java.util.Objects;

/**
 * The decoded pages of all scripts of a server, as many as fit into a share of the memory: those
 * unused for longest are dropped, and read again when needed. If most of them do not fit, most
 * would be dropped before they are wanted again, and then only give the garbage collector more to
 * do: so few are kept. For any number of threads.
 */
final class PageCache {
  /** A large recording that one client plays should not fill a large heap. */
  private static final long MOST_BYTES = 64 * 1024 * 1024;
  /** Entries that are read in any order are wanted again and again. */
  private static final long MOST_BYTES_IN_ANY_ORDER = 4 * MOST_BYTES;

  private static final long FEWEST_BYTES = 256 * 1024;

  private final long mostBytes;
  /** In the order in which they came, except that those used since get a second chance. */
  private final ArrayDeque<Script.Page> pages = new ArrayDeque<>();

  private long bytes;
  /** What that would be if nothing had been dropped. */
  private long bytesOfAll;

  PageCache() {
    this(false);
  }

  /** For entries that are read in their order, or in any order. */
  PageCache(boolean inAnyOrder) {
    this(
        inAnyOrder
            ? Math.min(Runtime.getRuntime().maxMemory() / 4, MOST_BYTES_IN_ANY_ORDER)
            : Math.min(Runtime.getRuntime().maxMemory() / 8, MOST_BYTES));
  }

  PageCache(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Keeps that content; the newest one is always kept. */
  synchronized void keep(Script.Page page, Script.Content content) {
    page.content = content;
    bytes += content.memory();
    if (!page.keptBefore) {
      page.keptBefore = true;
      bytesOfAll += content.memory();
    }
    while (bytes > room() && !pages.isEmpty()) {
      dropOne();
    }
    pages.addLast(page);
  }

  private long room() {
    boolean mostFit = bytesOfAll / 2 <= mostBytes;
    return mostFit ? mostBytes : Math.min(mostBytes, Math.max(mostBytes / 16, FEWEST_BYTES));
  }

  private void dropOne() {
    Script.Page oldest = pages.removeFirst();
    if (oldest.used) {
      oldest.used = false;
      pages.addLast(oldest);
    } else {
      bytes -= Objects.requireNonNull(oldest.content).memory();
      oldest.content = null;
    }
  }

  /** Drops all: memory has run out. */
  synchronized void clear() {
    for (Script.Page page : pages) {
      page.content = null;
    }
    pages.clear();
    bytes = 0;
  }

  /** Bytes of all that is kept. */
  synchronized long bytes() {
    return bytes;
  }
}
