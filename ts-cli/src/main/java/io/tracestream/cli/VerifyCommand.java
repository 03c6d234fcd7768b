package io.tracestream.cli;

import io.tracestream.codec.FrameFormat;
import io.tracestream.recording.Conversation;
import io.tracestream.recording.RecordingException;
import io.tracestream.replay.Order;
import io.tracestream.replay.Verdict;
import io.tracestream.replay.Verifier;
import io.tracestream.replay.VerifyConfig;
import io.tracestream.tls.ClientTls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description =
        "Plays the recorded client to a real server, and reports where its replies differ.",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    sortOptions = false,
    customSynopsis = "ts-proxy verify --target H:P (--record FILE | --record-dir DIR) [OPTIONS]",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ts-proxy verify --target 127.0.0.1:9001 --record a.rec",
      "  ts-proxy verify --target HOST:5000 --record-dir recordings --rules a.rules"
    })
final class VerifyCommand implements Callable<Integer> {
  /** How long a signal waits for a verification that is about to start. */
  private static final long START_MILLIS = 500;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "H:P",
      converter = HostPort.ToConnect.class,
      description = "Server to verify.")
  private HostPort target;

  @Mixin(name = "Frames:")
  private FrameOptions frames;

  @Mixin
  private PlayOptions play;

  @Option(
      names = "--order",
      paramLabel = "any|strict",
      defaultValue = "any",
      converter = ToOrder.class,
      description = "Accept replies that a copy ties to their requests in any order after them, or"
          + " only in the recorded order. Default: ${DEFAULT-VALUE}.")
  private Order order;

  @Option(
      names = "--reply-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = Values.PositiveTime.class,
      description =
          "How long to wait for a reply, beyond its recorded pause. Default: ${DEFAULT-VALUE}.")
  private Duration replyTimeout;

  @Mixin(name = "TLS with the server:")
  private TargetTlsOptions targetTls;

  @Mixin(name = "TLS in Wireshark:")
  private KeyLogOption keyLog;

  @Mixin(name = "General:")
  private LogOptions log;

  /** Holds null where it did not start. */
  private final CompletableFuture<Verifier> verifier = new CompletableFuture<>();

  @Override
  public Integer call() throws Exception {
    log.apply();
    play.check();
    play.show().start();
    VerifyConfig config = config();
    // Before it starts: a signal may come as soon as the server has seen a frame.
    Shutdown shutdown = Shutdown.with(() -> stop(config.conversations().size()));
    try {
      verifier.complete(start(config));
    } finally {
      verifier.complete(null);
    }
    verifier.join().awaitConnections(config.conversations().size(), Shutdown.FOREVER);
    return shutdown.now();
  }

  private Verifier start(VerifyConfig config) throws Failures.NotStarted, Failures.Failed {
    try {
      return Verifier.start(config);
    } catch (RecordingException e) {
      throw new Failures.NotStarted(e.getMessage());
    } catch (IOException e) {
      throw new Failures.Failed(Failures.reason(e));
    }
  }

  private VerifyConfig config() throws Failures.NotStarted, Failures.Failed {
    List<Conversation> conversations = play.conversations();
    FrameFormat format = frames.formatOf(conversations);
    play.prepareReport(conversations, format);
    ClientTls tls = targetTls.tls();
    keyLog.open(null, tls);
    return VerifyConfig.of(target.resolved("--target"), conversations)
        .withFormat(format)
        .withTiming(play.timing())
        .withRules(play.rulesWithoutFaults())
        .withOrder(order)
        .withReplyTimeout(replyTimeout)
        .withTargetTls(keyLog.of(tls))
        .withObserver(play.show().observer())
        .withListener(play.listener());
  }

  private int stop(int conversations) throws Exception {
    Verifier started =
        verifier.completeOnTimeout(null, START_MILLIS, TimeUnit.MILLISECONDS).get();
    if (started == null) {
      return Failures.FAILED;
    }
    started.close();
    Verdict verdict = started.verdict();
    return play.conclude("verify", verdict, verdict.matched() == conversations);
  }

  private static final class ToOrder extends Values.Either<Order> {
    private ToOrder() {
      super("any", Order.ANY, "strict", Order.STRICT);
    }
  }
}
