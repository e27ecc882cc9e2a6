/** Specifies what the benchmarks rely on. */
@NullMarked
package dev.nightmail.bench.http;

import org.jspecify.annotations.NullMarked;
