/** A program that is a Java module, on the codec. */
module app {
  requires io.tracestream.codec;
}
