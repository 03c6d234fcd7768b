package io.tracestream.cli;

import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Load;
import io.tracestream.replay.LoadConfig;
import io.tracestream.replay.LoadStats;
import io.tracestream.replay.Mismatch;
import io.tracestream.replay.SessionListener;
import io.tracestream.replay.Timing;
import io.tracestream.tls.ClientTls;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "load",
    description = "Plays recorded clients to a real server many times over, and measures how long"
        + " its replies take.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = {
      "ts-proxy load --target H:P (--record FILE | --record-dir DIR)",
      "         --clients N [OPTIONS]"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy load --target 127.0.0.1:9001 --record a.rec --clients 50",
      "  ts-proxy load --target HOST:5000 --record-dir DIR --clients 200 --rate 5000/s"
    })
final class LoadCommand implements Callable<Integer> {
  private static final Duration USUAL_DURATION = Duration.ofSeconds(10);
  /** How long a signal waits for a load that is about to start. */
  private static final long START_MILLIS = 500;

  private static final int MOST_EXPLAINED = 10;
  /** Bytes to show on each side of a difference. */
  private static final int CONTEXT = 16;

  @Spec
  private CommandSpec command;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Server to put under load.")
  private HostPort target;

  @Mixin
  private SourceOptions source;

  @Option(
      names = "--clients",
      required = true,
      paramLabel = "N",
      converter = Clients.class,
      description = "How many clients play at the same time, each on a connection of its own.")
  private int clients;

  @Mixin(name = "Load:")
  private final Amount amount = new Amount();

  private static final class Amount {
    @Option(
        names = "--rate",
        paramLabel = "N/s",
        converter = ToRate.class,
        description =
            "Send N requests (c2s entries) per second, all clients together, at fixed times, such"
                + " as 500/s. Latency counts from these times, even if a request could only be sent"
                + " later. Default: each client sends a request as soon as it has the replies"
                + " before it.")
    private Double rate;

    @Option(
        names = "--speed",
        paramLabel = "FACTOR",
        converter = TimingOptions.ToSpeed.class,
        description = "Keep the recorded pauses, divided by FACTOR: 1 is as recorded.")
    private Double speed;

    @Option(
        names = "--max-gap",
        paramLabel = "TIME",
        converter = Values.Time.class,
        description = "With --speed, make no pause longer than TIME, such as 500ms.")
    private Duration maxGap;

    @Option(
        names = "--duration",
        paramLabel = "TIME",
        converter = Values.PositiveTime.class,
        description = "For how long to send requests. Default: 10s, without --rounds.")
    private Duration duration;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        converter = Values.FromOne.class,
        description = "How many recorded conversations each client plays, in place of a duration.")
    private Integer rounds;

    @Option(
        names = "--warm-up",
        paramLabel = "TIME",
        defaultValue = "0s",
        converter = Values.Time.class,
        description = "Send requests for TIME first that are neither counted nor measured.")
    private Duration warmUp;

    @Option(
        names = "--reply-timeout",
        paramLabel = "TIME",
        defaultValue = "10s",
        converter = Values.PositiveTime.class,
        description =
            "How long to wait for a reply, beyond its recorded pause. Default: ${DEFAULT-VALUE}.")
    private Duration replyTimeout;
  }

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin(name = "What may differ:")
  private RuleOptions rules;

  @Mixin(name = "Results:")
  private final Results results = new Results();

  private static final class Results {
    @Option(
        names = "--fail-if",
        paramLabel = "LIMIT",
        converter = LoadLimit.ToLimit.class,
        description =
            "End with status 1 if a limit is broken: 'p99>50ms' or another percentile, 'max>1s',"
                + " 'mean>10ms', 'rate<450/s' (replies), 'mismatches>0', 'errors>0', 'overdue>0'"
                + " (requests not sent at their time nor later). Repeatable. Any mismatch or error"
                + " fails, unless a limit says how many may.")
    private List<LoadLimit> limits = new ArrayList<>();

    @Option(
        names = "--report",
        paramLabel = "FILE",
        converter = ToReport.class,
        description =
            "Write the results: for people as a page to a FILE.html, which shows the first"
                + " mismatches in the recording; for programs as JSON to a FILE.json.")
    private Path report;

    @Option(
        names = "--histogram",
        paramLabel = "FILE",
        converter = Values.FileName.class,
        description = "Write the latencies of each second as an HdrHistogram log.")
    private Path histogram;
  }

  @Mixin(name = "TLS with the server:")
  private TargetTlsOptions targetTls;

  @Mixin(name = "TLS in Wireshark:")
  private KeyLogOption keyLog;

  @Mixin(name = "General:")
  private LogOptions log;

  /** Holds null if it did not start. */
  private final CompletableFuture<Load> load = new CompletableFuture<>();

  private Latencies latencies;
  private Instant started;
  private SessionCollector sessions;
  /** Null without a report that is a page. */
  private Page page;

  @Override
  public Integer call() throws Exception {
    log.apply();
    checkOptions();
    source.check();
    LoadConfig config = config();
    ReportOption.check("--report", results.report, source.recording());
    ReportOption.check("--histogram", results.histogram, source.recording());
    page = ReportOption.page(
        results.report, config.conversations(), config.format().maxPayloadLength(), Decoders.NONE);
    latencies = new Latencies();
    started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Shutdown shutdown = Shutdown.with(this::stop);
    try {
      load.complete(start(config.withLatencies(latencies)));
    } finally {
      load.complete(null);
    }
    try {
      latencies.begin(results.histogram);
    } catch (IOException e) {
      throw new Failures.NotStarted(Page.cannotWrite("--histogram", results.histogram, e));
    }
    StatusLine.start(log, () -> traffic(load.join().stats()));
    load.join().awaitEnd(Shutdown.FOREVER);
    return shutdown.now();
  }

  private void checkOptions() {
    if (amount.rate != null && amount.speed != null) {
      throw wrong("--speed is only valid without --rate, which leaves no recorded pauses");
    }
    if (amount.maxGap != null && amount.speed == null) {
      throw wrong("--max-gap is only valid with --speed, which keeps recorded pauses");
    }
    if (amount.duration != null && amount.rounds != null) {
      throw wrong("--rounds is only valid without --duration");
    }
    if (results.report != null && results.report.equals(results.histogram)) {
      throw wrong("--report and --histogram cannot be the same file");
    }
  }

  private ParameterException wrong(String why) {
    return new ParameterException(command.commandLine(), why);
  }

  private Load start(LoadConfig config) throws Failures.NotStarted, Failures.Failed {
    try {
      return Load.start(config);
    } catch (RecordingException e) {
      throw new Failures.NotStarted(e.getMessage());
    } catch (ConnectException e) {
      throw new Failures.Failed(Failures.reason(e));
    } catch (IOException e) {
      throw new Failures.NotStarted(Failures.reason(e));
    }
  }

  private LoadConfig config() throws Failures.NotStarted, Failures.Failed {
    List<Conversation> conversations = source.conversations();
    sessions = new SessionCollector(explaining(), CONTEXT, Decoders.NONE);
    ClientTls tls = targetTls.tls();
    keyLog.open(null, tls);
    return LoadConfig.of(target.resolved("--target"), conversations, clients)
        .withFormat(frames.formatOf(conversations))
        .withTiming(timing())
        .withRules(rules.rulesWithoutFaults())
        .withRate(amount.rate == null ? 0 : amount.rate)
        .withRounds(amount.rounds == null ? 0 : amount.rounds)
        .withDuration(
            amount.duration == null && amount.rounds == null ? USUAL_DURATION : amount.duration)
        .withWarmUp(amount.warmUp)
        .withReplyTimeout(amount.replyTimeout)
        .withTargetTls(keyLog.of(tls))
        .withListener(sessions);
  }

  private Timing timing() {
    if (amount.speed == null) {
      return Timing.NONE;
    }
    Timing timing = Timing.ORIGINAL.withSpeed(amount.speed);
    return amount.maxGap == null ? timing : timing.withMaxGap(amount.maxGap);
  }

  /** Explains the first mismatches and errors on stderr, each kind of them once. */
  private static SessionListener explaining() {
    boolean colours = Terminal.STDERR.showsColours();
    Set<String> explained = new HashSet<>();
    return result -> {
      Mismatch mismatch = result.mismatch();
      String kind = mismatch == null
          ? String.valueOf(result.damage())
          : mismatch.kind() + " " + mismatch.place();
      if (explained.size() < MOST_EXPLAINED && explained.add(kind)) {
        MismatchText.say(result, CONTEXT, colours, Decoders.NONE);
      }
    };
  }

  private StatusLine.Figures traffic(LoadStats stats) {
    long mismatches = stats.count(LoadStats.Problem.MISMATCH);
    return new StatusLine.Figures(
        stats.openConnections(),
        stats.requests() + stats.replies(),
        stats.bytesSent() + stats.bytesReceived(),
        "p99 " + Units.time(latencies.recentMicros())
            + (mismatches == 0 ? "" : ", " + Units.count(mismatches, "mismatch", "mismatches"))
            + (stats.errors() == 0 ? "" : ", " + Units.count(stats.errors(), "error", "errors")));
  }

  private int stop() throws Exception {
    Load running =
        load.completeOnTimeout(null, START_MILLIS, TimeUnit.MILLISECONDS).get();
    if (running == null) {
      return Failures.FAILED;
    }
    running.close();
    latencies.close();
    LoadLimit.Measured measured = new LoadLimit.Measured(running.stats(), latencies.all());
    LoadResult result =
        new LoadResult(source.recording(), clients, amount.rate, started, limits(), measured);
    boolean written = write(result);
    return Shutdown.conclude(result.passed() && written ? 0 : Failures.FAILED, result.text());
  }

  /** Those that were given, and the usual ones of which none was given. */
  private List<LoadLimit> limits() {
    List<LoadLimit> all = new ArrayList<>(results.limits);
    for (LoadLimit usual : List.of(LoadLimit.NO_MISMATCHES, LoadLimit.NO_ERRORS)) {
      if (all.stream().noneMatch(limit -> limit.metric().equals(usual.metric()))) {
        all.add(usual);
      }
    }
    return all;
  }

  private boolean write(LoadResult result) {
    boolean written = latencies.isWritten();
    if (!written) {
      Failures.say("--histogram: cannot write " + results.histogram + "; is the disk full?");
    }
    if (results.report != null) {
      try {
        if (page == null) {
          WholeFile.write(results.report, result::writeJson);
        } else {
          HtmlReport.write(
              result.report(sessions.sessions()),
              page,
              Decoders.NONE,
              result.text().lines().toList());
        }
      } catch (IOException e) {
        Failures.say(Page.cannotWrite("--report", results.report, e));
        written = false;
      }
    }
    return written;
  }

  private static final class Clients extends Values.Range {
    private Clients() {
      super(1, LoadConfig.MOST_CLIENTS);
    }
  }

  private static final class ToRate implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      if (value.matches("\\d{1,9}(\\.\\d{1,6})?/s")) {
        double rate = Double.parseDouble(value.substring(0, value.length() - 2));
        if (rate > 0) {
          return rate;
        }
      }
      throw new TypeConversionException(
          "found \"" + value + "\", expected requests per second above 0, such as 500/s");
    }
  }

  private static final class ToReport extends Values.Report {
    private ToReport() {
      super(".html or .json", ReportOption.HTML, ReportOption.JSON);
    }
  }
}
