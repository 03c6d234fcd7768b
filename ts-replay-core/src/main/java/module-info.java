/** Plays a recording to clients, to start inside a program or a test. */
module io.tracestream.replay {
  requires static org.jspecify;
  requires transitive io.tracestream.codec;
  requires transitive io.tracestream.recording;
  requires transitive io.tracestream.rules;
  requires transitive io.tracestream.tls;
  requires io.tracestream.engine;
  requires org.slf4j;

  exports io.tracestream.replay;
}
