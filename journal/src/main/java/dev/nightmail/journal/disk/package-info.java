/** The few things the journal asks of a disk, so that a simulation can refuse them. */
@NullMarked
package dev.nightmail.journal.disk;

import org.jspecify.annotations.NullMarked;
