/** A disk with a page cache, which loses power and fails. */
@NullMarked
package dev.nightmail.simulation.disk;

import org.jspecify.annotations.NullMarked;
