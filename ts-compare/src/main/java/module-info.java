/** Compares recordings, and learns from them what may vary. */
module io.tracestream.compare {
  requires static org.jspecify;
  requires transitive io.tracestream.recording;
  requires transitive io.tracestream.rules;

  exports io.tracestream.compare;
}
