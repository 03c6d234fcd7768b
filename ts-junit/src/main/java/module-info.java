/** A JUnit Jupiter extension that plays recordings to tests, and makes recordings. */
module io.tracestream.junit {
  requires static org.jspecify;
  requires transitive io.tracestream.replay;
  requires transitive io.tracestream.tls;
  requires transitive org.junit.jupiter.api;
  requires io.tracestream.proxy;

  exports io.tracestream.junit;

  // JUnit creates the extension that our annotation names, though it is not public.
  opens io.tracestream.junit to
      org.junit.platform.commons;
}
