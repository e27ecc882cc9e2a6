/**
 * What the commands take from the process they run in, handed to them so that nothing else reads
 * it.
 */
@NullMarked
package dev.nightmail.cli.surroundings;

import org.jspecify.annotations.NullMarked;
