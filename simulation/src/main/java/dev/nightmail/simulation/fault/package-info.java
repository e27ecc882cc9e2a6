/** What can go wrong around the server, and when it does. */
@NullMarked
package dev.nightmail.simulation.fault;

import org.jspecify.annotations.NullMarked;
