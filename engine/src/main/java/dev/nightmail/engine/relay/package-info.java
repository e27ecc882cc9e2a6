/**
 * Sees relays through: makes them batches of a provider, follows those, and brings their results.
 */
@NullMarked
package dev.nightmail.engine.relay;

import org.jspecify.annotations.NullMarked;
