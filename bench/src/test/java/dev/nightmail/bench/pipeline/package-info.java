/** Specifies the letters of the pipelines, and what becomes of a figure that is missing. */
@NullMarked
package dev.nightmail.bench.pipeline;

import org.jspecify.annotations.NullMarked;
