/** A framed server and client, as a user would write them on the codec. */
module io.tracestream.examples {
  requires transitive io.tracestream.codec;
  requires org.slf4j;

  exports io.tracestream.examples;
}
