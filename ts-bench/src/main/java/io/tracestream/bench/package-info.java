/**
 * How quick the libraries are. {@link io.tracestream.bench.Main} starts one of three:
 *
 * <ul>
 *   <li>{@code compare}: the command line beside other proxies, which {@code scripts/bench.sh} is
 *       for. A {@code Comparison} runs a {@code Job} with each {@code Peer} in turn and makes a
 *       table of the medians. The {@code Load} and its server run in this JVM, each peer as a
 *       {@code PeerProcess} of its own.
 *   <li>{@code client_send}: the send path from one end to the other, in memory.
 *   <li>{@code jmh}: JMH with the benchmarks of single parts.
 * </ul>
 *
 * <p>Compare figures of one run on one machine only.
 */
package io.tracestream.bench;
