/** Recordings of framed conversations: read and written. */
module io.tracestream.recording {
  requires static org.jspecify;
  requires transitive io.tracestream.codec;

  exports io.tracestream.recording;
}
