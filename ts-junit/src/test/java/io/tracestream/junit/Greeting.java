package io.tracestream.junit;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** {@code greeting.tsv}, played once, as an annotation of one's own. */
@Retention(RetentionPolicy.RUNTIME)
@ReplayTest(value = "greeting.tsv", headerLength = 1, connections = 1)
@interface Greeting {}
