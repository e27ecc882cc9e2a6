/** Specifies what the benchmarks rely on. */
@NullMarked
package dev.nightmail.bench.process;

import org.jspecify.annotations.NullMarked;
