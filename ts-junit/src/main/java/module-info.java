/** A JUnit Jupiter extension that plays recordings to tests, and makes them. */
module io.tracestream.junit {
  requires transitive io.tracestream.replay;
  requires transitive org.junit.jupiter.api;
  requires io.tracestream.compare;
  requires io.tracestream.proxy;

  exports io.tracestream.junit;

  // What an annotation names is made by JUnit, though it is no part of what we offer.
  opens io.tracestream.junit to
      org.junit.platform.commons;
}
