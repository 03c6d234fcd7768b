package io.tracestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Two small recordings in a folder, for commands that are written as text.
 *
 * @param a what {@code A} stands for
 * @param b what {@code B} stands for; its reply is another one
 */
record TwoFiles(Path a, Path b) {
  static TwoFiles in(Path dir) throws IOException {
    return new TwoFiles(
        Files.writeString(dir.resolve("a.tsv"), "0\tc2s\t61\n0\ts2c\t62\n"),
        Files.writeString(dir.resolve("b.tsv"), "0\tc2s\t61\n0\ts2c\t63\n"));
  }

  /** The words of a command, with their names in place of A, B and DIR. */
  String[] args(String command) {
    String[] args = command.split(" ");
    for (int i = 0; i < args.length; i++) {
      args[i] = switch (args[i]) {
        case "A" -> a.toString();
        case "B" -> b.toString();
        case "DIR" -> a.getParent().toString();
        default -> args[i];
      };
    }
    return args;
  }
}
