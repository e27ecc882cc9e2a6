/** An upstream without a model: plausible answers, deterministic by seed, faults on order. */
@NullMarked
package dev.nightmail.upstream.simulator;

import org.jspecify.annotations.NullMarked;
