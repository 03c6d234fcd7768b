/** Framed I/O on streams and buffers; needs nothing but the JDK. */
module io.tracestream.codec {
  requires static org.jspecify;

  exports io.tracestream.codec;
}
