/** Pipelines of up to millions of records, as a user runs them, beside what the rest can do. */
@NullMarked
package dev.nightmail.bench.pipeline;

import org.jspecify.annotations.NullMarked;
