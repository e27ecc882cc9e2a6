/** Runs the whole server by seed. */
@NullMarked
package dev.nightmail.simulation;

import org.jspecify.annotations.NullMarked;
