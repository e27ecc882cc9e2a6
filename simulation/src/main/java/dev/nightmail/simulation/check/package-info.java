/** Reads what a server left behind, with a reader of its own, and says what is wrong with it. */
@NullMarked
package dev.nightmail.simulation.check;

import org.jspecify.annotations.NullMarked;
