/** One strand runs at a time, and chance says which; time passes when none can run. */
@NullMarked
package dev.nightmail.simulation.turn;

import org.jspecify.annotations.NullMarked;
