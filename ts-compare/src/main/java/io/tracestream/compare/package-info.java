/**
 * Compares recordings of the same conversation, made at different times.
 *
 * <pre>
 *   try (Recording a = Recording.open(Path.of("a.rec"), 16_777_216);
 *       Recording b = Recording.open(Path.of("b.rec"), 16_777_216)) {
 *     Rules rules = Learner.learn(a, b).rules();
 *     RecordingDiff.compare(a, b, rules, change -&gt; System.out.println(change.kind()));
 *   }
 * </pre>
 *
 * <p>{@link io.tracestream.compare.RecordingDiff} finds the entries that differ, and the bytes in
 * which they do. It streams both recordings and aligns each direction by itself, looking 64 entries
 * ahead, so that an added or removed entry does not make those after it differ.
 *
 * <p>{@link io.tracestream.compare.Learner} proposes the rules under which nothing differs. It
 * pairs the entries of two or more recordings, and groups them into kinds of frames that vary in
 * the same bytes. Clocks are found by their pace. What was in an earlier frame of the other
 * direction is copied; any other byte that varies is ignored. Each rule is limited to the kinds of
 * frames that show it, and comes with the number of entries that support it.
 */
@NullMarked
package io.tracestream.compare;

import org.jspecify.annotations.NullMarked;
