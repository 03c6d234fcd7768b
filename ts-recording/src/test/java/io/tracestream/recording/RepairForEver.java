package io.tracestream.recording;

import java.io.IOException;
import java.nio.file.Path;

/** Begins to repair a recording in a JVM of its own, and does not come to an end. */
final class RepairForEver {
  private RepairForEver() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    RepairedFile.create(Path.of(args[0]), Path.of(args[1]));
    System.out.println("begun");
    Thread.sleep(Long.MAX_VALUE);
  }
}
