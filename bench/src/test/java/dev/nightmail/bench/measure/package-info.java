/** Specifies what the benchmarks rely on. */
@NullMarked
package dev.nightmail.bench.measure;

import org.jspecify.annotations.NullMarked;
