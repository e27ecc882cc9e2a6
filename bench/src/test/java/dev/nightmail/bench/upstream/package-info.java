/** Specifies what the benchmarks rely on. */
@NullMarked
package dev.nightmail.bench.upstream;

import org.jspecify.annotations.NullMarked;
