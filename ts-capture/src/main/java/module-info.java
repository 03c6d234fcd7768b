/** Captures of network traffic: read, written, and turned into recordings. */
module io.tracestream.capture {
  requires static org.jspecify;
  requires transitive io.tracestream.codec;
  requires transitive io.tracestream.recording;

  exports io.tracestream.capture;
}
