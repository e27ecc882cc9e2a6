/** Reads the files of a batch without a line of the code that wrote them. */
@NullMarked
package dev.nightmail.simulation.reader;

import org.jspecify.annotations.NullMarked;
