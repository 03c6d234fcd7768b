/** Keys, certificates and trust for connections that are protected with TLS. */
module io.tracestream.tls {
  requires static org.jspecify;

  exports io.tracestream.tls;
}
