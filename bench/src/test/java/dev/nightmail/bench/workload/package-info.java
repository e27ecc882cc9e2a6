/** Specifies what the benchmarks rely on. */
@NullMarked
package dev.nightmail.bench.workload;

import org.jspecify.annotations.NullMarked;
