/** Upstreams that answer late, wrongly or never, and remember what they were asked. */
@NullMarked
package dev.nightmail.simulation.upstream;

import org.jspecify.annotations.NullMarked;
