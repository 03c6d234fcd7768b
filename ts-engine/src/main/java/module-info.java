/** Event loops and sockets that carry frames: what proxying and replaying have in common. */
// The modules that it is open to are compiled after it.
@SuppressWarnings("module")
module io.tracestream.engine {
  requires static org.jspecify;
  requires transitive io.tracestream.codec;
  requires transitive io.tracestream.rules;
  requires transitive io.tracestream.tls;
  requires org.slf4j;

  exports io.tracestream.engine to
      io.tracestream.proxy,
      io.tracestream.replay;
}
