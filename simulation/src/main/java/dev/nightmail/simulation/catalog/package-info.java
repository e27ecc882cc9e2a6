/** A catalog and a ledger that are durable at commit, and fail before or after it. */
@NullMarked
package dev.nightmail.simulation.catalog;

import org.jspecify.annotations.NullMarked;
