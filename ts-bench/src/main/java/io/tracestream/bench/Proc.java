package io.tracestream.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux tells of processes and sockets in {@code /proc}; nothing elsewhere. */
final class Proc {
  private static final Path ROOT = Path.of("/proc");
  /** The kernel counts in these for user space on every machine, whatever its own clock does. */
  private static final double TICKS_PER_SECOND = 100;

  private static final double KIB_PER_MIB = 1024;
  private static final String LISTENING = "0A";

  private Proc() {}

  static boolean isThere() {
    return Files.isReadable(ROOT.resolve("self/stat"));
  }

  /** Processor seconds of a process, its children, and those of its children that have ended. */
  static double processorSeconds(ProcessHandle process) {
    return tree(process)
        .mapToDouble(pid -> processorSeconds(read(pid + "/stat")))
        .sum();
  }

  /** The most memory that a process and its children ever had resident, in MiB. */
  static double peakMiB(ProcessHandle process) {
    return tree(process)
        .mapToDouble(pid -> mib(read(pid + "/status"), "VmHWM:"))
        .sum();
  }

  /** The memory that a process and its children have resident now, in MiB. */
  static double residentMiB(ProcessHandle process) {
    return tree(process)
        .mapToDouble(pid -> mib(read(pid + "/status"), "VmRSS:"))
        .sum();
  }

  /** Whether anybody on this machine listens on that port. */
  static boolean isListening(int port) {
    return isListening(read("net/tcp"), port) || isListening(read("net/tcp6"), port);
  }

  /** From the text of {@code /proc/PID/stat}; 0 when there is none, as of a process that ended. */
  static double processorSeconds(String stat) {
    if (stat.isEmpty()) {
      return 0;
    }
    // The name in brackets may hold anything: the numbers begin behind the last bracket.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int field = 11; field <= 14; field++) { // user, system; the same of children waited for
      ticks += Long.parseLong(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** From the text of {@code /proc/PID/status}, where sizes are in KiB; 0 when it is not there. */
  static double mib(String status, String name) {
    return status
            .lines()
            .filter(line -> line.startsWith(name))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        / KIB_PER_MIB;
  }

  /** From the text of {@code /proc/net/tcp}: its second column ends with the port in hex. */
  static boolean isListening(String sockets, int port) {
    String ending = String.format(":%04X", port);
    return sockets
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(column ->
            column.length > 3 && column[1].endsWith(ending) && column[3].equals(LISTENING));
  }

  private static Stream<Long> tree(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).map(ProcessHandle::pid);
  }

  private static String read(String name) {
    try {
      return Files.readString(ROOT.resolve(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // the process has ended, or this is not Linux
    }
  }
}
