/**
 * How quick the libraries are: {@link io.tracestream.bench.Main} starts {@code client_send}, the
 * send path from one end to the other, or JMH with the benchmarks of single parts. Compare figures
 * of one run on one machine only.
 */
package io.tracestream.bench;
