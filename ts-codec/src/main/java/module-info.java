/** Framed I/O on streams and buffers; needs nothing but the JDK. */
module io.tracestream.codec {
  exports io.tracestream.codec;
}
