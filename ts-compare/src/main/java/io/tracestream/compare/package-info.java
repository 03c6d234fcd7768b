/**
 * Compares recordings of the same conversation.
 *
 * <ul>
 *   <li>{@link io.tracestream.compare.RecordingDiff} says which entries of two recordings differ;
 *   <li>{@link io.tracestream.compare.Learner} proposes the rules under which they do not.
 * </ul>
 *
 * <p>Both stream the recordings: memory does not grow with them.
 */
package io.tracestream.compare;
