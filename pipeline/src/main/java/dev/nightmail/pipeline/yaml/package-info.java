/**
 * Reads mappings of YAML, for the pipeline file and for the part of it that a source or a sink
 * reads itself.
 */
@NullMarked
package dev.nightmail.pipeline.yaml;

import org.jspecify.annotations.NullMarked;
