package io.tracestream.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Starts engines with no free file descriptor, with one, and so on until a start works, in a JVM of
 * its own. Reports each failed start that left a descriptor open.
 */
final class StartUntilThatWorks {
  private static final Deque<FileChannel> OPEN = new ArrayDeque<>();

  private StartUntilThatWorks() {}

  public static void main(String[] args) throws IOException {
    start().close(); // loads the classes, which are files, too
    openAll();
    int free = 0;
    while (!starts()) {
      int left = openAll();
      if (left != free) {
        System.out.println("a start with " + free + " free descriptors left " + left);
      }
      free++;
      for (int i = 0; i < free; i++) {
        OPEN.removeLast().close();
      }
    }
    System.out.println("started");
  }

  private static Engine start() throws IOException {
    return Engine.start("test", true, 1, cause -> {});
  }

  private static boolean starts() {
    try {
      start().close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Opens files until there is no descriptor left; returns how many. */
  private static int openAll() {
    for (int count = 0; ; count++) {
      try {
        OPEN.addLast(FileChannel.open(Path.of("/dev/null")));
      } catch (IOException e) {
        return count;
      }
    }
  }
}
