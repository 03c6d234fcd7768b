/**
 * What may vary between a recording and live frames.
 *
 * <pre>
 *   Rules rules = Rules.of("ignore c2s:4+4", "copy c2s:0+2-&gt;s2c:0+2");
 *   Comparer comparer = new Comparer(rules, Direction.C2S);
 *   LiveValues values = new LiveValues(rules);
 *   ...
 *   if (comparer.difference(values.live(1, Direction.C2S, recordedRequest), request) &lt; 0) {
 *     values.passed(1, Direction.C2S, recordedRequest, request);
 *     send(values.live(2, Direction.S2C, recordedReply));
 *   }
 * </pre>
 *
 * <p>Without rules, payloads are compared byte for byte, and nothing is guessed. What may vary is
 * said by {@link io.tracestream.rules.Rules}: a {@link io.tracestream.rules.Field} is not compared,
 * a {@link io.tracestream.rules.Copy} puts a live value, such as the id of a request, into the
 * frames that answer, and a length follows where these change how many bytes it counts. The same
 * rules serve replaying, verifying, comparing and learning; a file of them is read by
 * {@link io.tracestream.rules.Rules#read}. {@link io.tracestream.rules.RedactedFields} keep bytes
 * out of a recording, and are rules for whoever plays it.
 *
 * <p>One {@link io.tracestream.rules.Comparer} for each direction serves all conversations. Each
 * conversation has {@link io.tracestream.rules.LiveValues} of its own, which are told of the frames
 * that passed in both directions. {@link io.tracestream.rules.HexRows} shows people where two
 * payloads differ.
 *
 * <p>A {@link io.tracestream.rules.Fault} says what is done to some frames where they are sent;
 * {@link io.tracestream.rules.Faults} are those of a running proxy or replay, and may change.
 *
 * <p>Rules and comparers are immutable and shared freely, faults are thread-safe; live values
 * belong to one thread. Needs nothing but ts-recording, logs nothing.
 */
@NullMarked
package io.tracestream.rules;

import org.jspecify.annotations.NullMarked;
