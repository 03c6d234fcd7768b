/**
 * The first programs on the codec: {@link io.tracestream.examples.SimpleServer} sends every frame
 * back, {@link io.tracestream.examples.SimpleClient} sends numbered ones. Copy from here.
 */
package io.tracestream.examples;
