/**
 * Small programs that use the codec: {@link io.tracestream.examples.SimpleServer} sends every frame
 * back, and {@link io.tracestream.examples.SimpleClient} sends numbered frames. Copy from here.
 */
package io.tracestream.examples;
