/** Runs pipelines by seed: see docs/simulation.md. */
@NullMarked
package dev.nightmail.pipeline.simulation;

import org.jspecify.annotations.NullMarked;
