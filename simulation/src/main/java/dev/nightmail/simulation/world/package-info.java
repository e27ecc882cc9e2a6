/** A whole server and everything around it, by seed. */
@NullMarked
package dev.nightmail.simulation.world;

import org.jspecify.annotations.NullMarked;
