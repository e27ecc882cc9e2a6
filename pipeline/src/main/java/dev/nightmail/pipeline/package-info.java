/**
 * Pipelines as a library: {@link dev.nightmail.pipeline.Pipeline} puts one together, or reads its
 * file, estimates it and runs it.
 *
 * <p>This package is the public API. Sources and sinks of one's own are made of the ports in {@code
 * dev.nightmail.pipeline.source} and {@code dev.nightmail.pipeline.sink}. Every other package is
 * internal, and changes without notice.
 */
@NullMarked
package dev.nightmail.pipeline;

import org.jspecify.annotations.NullMarked;
