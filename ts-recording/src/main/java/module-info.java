/** Recordings of framed conversations: read and written. */
module io.tracestream.recording {
  requires transitive io.tracestream.codec;

  exports io.tracestream.recording;
}
