package io.tracestream.replay;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log how each session ended. */
final class SessionLog {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);

  private SessionLog() {}

  static void ended(SessionResult result) {
    switch (result.outcome()) {
      case MATCHED -> LOG.info("connection {}: matched", result.connection());
      case DIFFERED -> LOG.warn("{}", result.mismatch());
      case INCOMPLETE ->
        LOG.info(
            "connection {}: stopped after {} matched entries",
            result.connection(),
            result.entriesMatched());
      case FAULTED ->
        LOG.info(
            "connection {}: cut short by a fault after {} matched entries",
            result.connection(),
            result.entriesMatched());
      case BROKEN -> LOG.error("connection {}: {}", result.connection(), result.damage());
    }
  }
}
