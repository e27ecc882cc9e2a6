/** What clients hand in, what they do, and what they were told. */
@NullMarked
package dev.nightmail.simulation.client;

import org.jspecify.annotations.NullMarked;
