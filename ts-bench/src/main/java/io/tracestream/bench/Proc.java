package io.tracestream.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    return tree(process).mapToDouble(Proc::ofOne).sum();
  }

  /**
   * In the stat file small amounts are lost, as it counts in ticks; in the files of the threads
   * those of threads that have ended are. So what says more is nearer.
   */
  private static double ofOne(long pid) {
    String stat = read(pid + "/stat");
    return Math.max(ownSeconds(stat), threadSeconds(pid)) + childSeconds(stat);
  }

  private static double threadSeconds(long pid) {
    try (Stream<Path> threads = Files.list(ROOT.resolve(pid + "/task"))) {
      return threads
          .mapToDouble(each -> scheduledSeconds(read(each + "/schedstat")))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      return 0; // the process has ended
    }
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

  /** User and system time from the text of {@code /proc/PID/stat}; 0 when there is none. */
  static double ownSeconds(String stat) {
    return ticks(stat, 11) / TICKS_PER_SECOND;
  }

  /** The same of the children that have ended. */
  static double childSeconds(String stat) {
    return ticks(stat, 13) / TICKS_PER_SECOND;
  }

  /** The sum of two fields; the first one behind the process's name has index 0. */
  private static long ticks(String stat, int first) {
    if (stat.isEmpty()) {
      return 0;
    }
    // The name in brackets may hold anything: the numbers begin behind the last bracket.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[first]) + Long.parseLong(fields[first + 1]);
  }

  /** From the text of a thread's {@code schedstat}, which begins with nanoseconds; 0 without it. */
  static double scheduledSeconds(String schedstat) {
    return schedstat.isEmpty() ? 0 : Long.parseLong(schedstat.split(" ")[0]) / 1e9;
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
