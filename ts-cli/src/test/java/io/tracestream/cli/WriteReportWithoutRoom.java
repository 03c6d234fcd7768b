package io.tracestream.cli;

import io.tracestream.replay.SessionListener;
import io.tracestream.replay.SessionResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Writes a report of 5000 sessions to the file that it is given, and prints whether that went. */
final class WriteReportWithoutRoom {
  private WriteReportWithoutRoom() {}

  public static void main(String[] args) throws Exception {
    ReportOption report = new ReportOption();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("report", spec(report)))
        .parseArgs("--report", args[0]);
    Path recording = Path.of("a.rec");
    report.check(recording);
    SessionListener listener = report.listener(result -> {}, 16, Decoders.NONE);
    List<SessionResult> results = new ArrayList<>();
    for (long number = 1; number <= 5000; number++) {
      results.add(Results.matched(number));
      listener.ended(results.get(results.size() - 1));
    }
    System.out.println(report.write("replay", recording, Results.verdict(results), true));
  }

  private static CommandLine.Model.CommandSpec spec(ReportOption report) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(report);
  }
}
