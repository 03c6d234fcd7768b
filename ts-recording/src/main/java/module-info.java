/** Recordings of framed conversations: read and written; needs nothing but the JDK. */
module io.tracestream.recording {
  exports io.tracestream.recording;
}
