/**
 * How quick the libraries are. {@link io.tracestream.bench.Main} starts one of three:
 *
 * <ul>
 *   <li>{@code compare}: the command line beside other proxies, which {@code scripts/bench.sh} is
 *       for. A {@code Job} has entries, one for each peer; a {@code Comparison} runs them in turn,
 *       and a {@code Report} puts the medians into tables. The {@code Load} and its {@code Target}
 *       run in this JVM, each peer as a {@code PeerProcess} of its own.
 *   <li>{@code client_send}: the send path from one end to the other, in memory.
 *   <li>{@code jmh}: JMH with the benchmarks of single parts.
 * </ul>
 *
 * <p>Compare figures of one run on one machine only.
 */
package io.tracestream.bench;
