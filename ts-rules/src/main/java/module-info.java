/** What may vary between a recording and live frames, and what follows from it for a payload. */
module io.tracestream.rules {
  requires static org.jspecify;
  requires transitive io.tracestream.recording;

  exports io.tracestream.rules;
}
