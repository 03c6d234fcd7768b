/**
 * Tests against a recording instead of the real server. The recording is made from that server
 * once.
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
 * <p>The first run does not find {@code src/test/resources/login.tsv}, so the test's client talks
 * to the target through a proxy that records. If the test passes, its recording becomes that file,
 * and a line on the standard error stream says so: commit the file. Later runs play it and need no
 * target. {@link io.tracestream.junit.RecordMode} says when a recording is made; in CI, set the
 * environment variable {@code TRACESTREAM_RECORD=none}, so that a recording that was not committed
 * fails the test.
 *
 * <p>If the client differs from the recording or does not play it to its end, the test fails with
 * an explanation: the entry, what was expected and found, byte by byte, and a rule for what may
 * vary. It does so even if the client swallowed its error. If the test threw an exception after its
 * client's connection was closed for that reason, the exception is the cause of the failure. A test
 * that fails for another reason keeps its own exception, and what its clients left undone is a
 * suppressed one.
 *
 * <p>The server can also delay, cut or leave out what it sends, to show what the client makes of
 * that: {@link io.tracestream.junit.ReplayTest#faults}.
 *
 * <p>{@link io.tracestream.junit.ReplayTest} is for one test. Use
 * {@link io.tracestream.junit.ReplayExtension} for one server during a whole class, for several
 * servers at once, and for a target whose address is not known until the test runs. Each server has
 * a free port of its own, so tests may run in parallel.
 */
@NullMarked
package io.tracestream.junit;

import org.jspecify.annotations.NullMarked;
