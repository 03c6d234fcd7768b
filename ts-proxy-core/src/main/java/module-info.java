/** A TCP proxy for framed protocols, with recording, to start inside a program or a test. */
module io.tracestream.proxy {
  requires static org.jspecify;
  requires io.tracestream.engine;
  requires transitive io.tracestream.codec;
  requires transitive io.tracestream.recording;
  requires transitive io.tracestream.rules;
  requires transitive io.tracestream.tls;
  requires org.slf4j;

  exports io.tracestream.proxy;
}
