/**
 * What may vary between a recording and live frames.
 *
 * <pre>
 *   Rules rules = Rules.of("ignore c2s:4+4", "copy c2s:0+2->s2c:0+2");
 * </pre>
 *
 * <p>Without rules, payloads are compared byte for byte, and nothing is guessed. What may vary is
 * said by {@link io.tracestream.rules.Rules}: a {@link io.tracestream.rules.Field} is not compared,
 * a {@link io.tracestream.rules.Copy} puts a live value, such as the id of a request, into the
 * frames that answer. The same rules serve replaying, verifying, comparing and learning; a file of
 * them is read by {@link io.tracestream.rules.Rules#read}.
 *
 * <p>{@link io.tracestream.rules.Comparer} compares two payloads under rules, and
 * {@link io.tracestream.rules.LiveValues} holds the live values of one conversation.
 */
package io.tracestream.rules;
