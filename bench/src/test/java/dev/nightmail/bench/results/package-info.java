/** Tests of what stands in for nginx. */
@NullMarked
package dev.nightmail.bench.results;

import org.jspecify.annotations.NullMarked;
