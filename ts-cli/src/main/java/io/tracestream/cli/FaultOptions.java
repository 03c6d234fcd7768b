package io.tracestream.cli;

import io.tracestream.recording.Direction;
import io.tracestream.rules.Fault;
import io.tracestream.rules.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what is done to frames that are sent. */
final class FaultOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--fault",
      paramLabel = "FAULT",
      converter = ToFault.class,
      description = "Do this to frames that are sent: 's2c 3rd truncate 5 reset',"
          + " 'c2s every 7th drop', 's2c[0=\"RESP\"] 5%% delay 200ms'. Also jitter, duplicate,"
          + " reorder, corrupt, end, hang, rate and split; see docs/faults.md. Repeatable.")
  private List<Fault> given = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      converter = Values.WholeNumber.class,
      description = "What random faults depend on. Default: a new one for each run, which the log"
          + " shows.")
  private Long seed;

  /**
   * The faults that were given, with those of rules; says what the seed is.
   *
   * @param fromRules faults from files of rules
   * @param sent the directions of the frames that the command sends
   * @return the faults; null for none
   */
  Faults faults(List<Fault> fromRules, Set<Direction> sent) {
    List<Fault> all = new ArrayList<>(given);
    all.addAll(fromRules);
    if (all.isEmpty()) {
      if (seed != null) {
        throw new ParameterException(
            command.commandLine(), "--seed is only valid with --fault, or with faults in --rules");
      }
      return null;
    }
    for (Fault fault : all) {
      if (!sent.contains(fault.frames().direction())) {
        throw new ParameterException(
            command.commandLine(),
            (given.contains(fault) ? "--fault: \"" : "--rules: \"fault ") + fault
                + "\" has no meaning for "
                + command.commandLine().getCommandName() + ", which sends "
                + fault.frames().direction().opposite() + " frames only");
      }
    }
    Faults faults = seed == null ? Faults.none() : Faults.none(seed);
    faults.set(all);
    LoggerFactory.getLogger(FaultOptions.class)
        .info("faults: --seed {} does the same to the same frames again", faults.seed());
    return faults;
  }

  private static final class ToFault extends RuleOptions.Parsed<Fault> {
    private ToFault() {
      super(Fault::parse);
    }
  }
}
