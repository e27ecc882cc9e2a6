/**
 * Whose turn it is: the pure core of the engine. Events in, effects out; no clock, no threads, no
 * I/O.
 */
@NullMarked
package dev.nightmail.core.schedule;

import org.jspecify.annotations.NullMarked;
