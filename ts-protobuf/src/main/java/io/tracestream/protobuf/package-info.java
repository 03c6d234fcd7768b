/**
 * Shows payloads as Protocol Buffers: {@link io.tracestream.protobuf.ProtobufDecoder}, which the
 * command line finds as a service. The types of messages come from a descriptor set, so nothing is
 * generated or compiled.
 */
@NullMarked
package io.tracestream.protobuf;

import org.jspecify.annotations.NullMarked;
