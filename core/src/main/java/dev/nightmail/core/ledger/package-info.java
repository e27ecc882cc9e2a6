/** What batches used, by key, model, day and batch: entered once when a batch has ended. */
@NullMarked
package dev.nightmail.core.ledger;

import org.jspecify.annotations.NullMarked;
