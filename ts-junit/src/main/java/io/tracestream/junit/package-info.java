/**
 * Tests against a recording in the place of the real server, which is made from that server once.
 *
 * <pre>
 *   &#64;ReplayTest(value = "login.tsv", target = "localhost:9001")
 *   void aUserLogsIn(InetSocketAddress server) throws Exception {
 *     try (BankClient client = new BankClient(server)) {
 *       assertEquals("welcome", client.login("anna"));
 *     }
 *   }
 * </pre>
 *
 * <p>The first run finds no {@code src/test/resources/login.tsv}, so the test's client talks to the
 * target, through a proxy that records. When the test passed, its recording becomes that file:
 * commit it. Each run after that plays the file, and needs no target.
 * {@link io.tracestream.junit.RecordMode} says when a recording is made; in CI, set the environment
 * variable {@code TRACESTREAM_RECORD=none}, so that a recording that was not committed fails the
 * test.
 *
 * <p>A replay that the client did not play as recorded, or not to its end, fails the test with the
 * explanation: the entry, what was expected and found, byte by byte, and a rule for what may vary.
 * It does so too when the client swallowed its error. A test that fails by itself keeps its own
 * exception, and has the explanation as a suppressed one.
 *
 * <p>{@link io.tracestream.junit.ReplayTest} is for one test. For parameterized and repeated tests,
 * for one server during a whole class, for several servers at once, and for a target that is known
 * at run time only, there is {@link io.tracestream.junit.ReplayExtension}. Each server has a free
 * port of its own, so tests may run in parallel.
 */
package io.tracestream.junit;
