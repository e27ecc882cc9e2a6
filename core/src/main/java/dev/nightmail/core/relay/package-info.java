/** Requests of one or more batches that travel together in one batch of a provider. */
@NullMarked
package dev.nightmail.core.relay;

import org.jspecify.annotations.NullMarked;
