/**
 * The engine over a real journal and catalog, with clocks, answers and faults in the test's hand.
 */
@NullMarked
package dev.nightmail.engine;

import org.jspecify.annotations.NullMarked;
