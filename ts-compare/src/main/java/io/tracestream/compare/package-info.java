/**
 * Compares two recordings of the same conversation, made at different times.
 *
 * <pre>
 *   try (Recording a = Recording.open(Path.of("a.rec"), 16_777_216);
 *       Recording b = Recording.open(Path.of("b.rec"), 16_777_216)) {
 *     Rules rules = Learner.learn(a, b).rules();
 *     RecordingDiff.compare(a, b, rules, change -&gt; System.out.println(change.kind()));
 *   }
 * </pre>
 *
 * <p>{@link io.tracestream.compare.RecordingDiff} says which entries differ, and in which bytes. It
 * streams both recordings: each direction is aligned by itself, 64 entries ahead, so that an entry
 * that was added or removed does not make those after it differ.
 *
 * <p>{@link io.tracestream.compare.Learner} proposes the rules under which nothing differs. It
 * pairs the entries, groups the pairs that differ in the same bytes, finds the fields that these
 * bytes are, and asks of each field whether its values were in an earlier frame of the other
 * direction: then they are copied, else ignored. Each rule comes with how many entries speak for
 * it.
 */
package io.tracestream.compare;
