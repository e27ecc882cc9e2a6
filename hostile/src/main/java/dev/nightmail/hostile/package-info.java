/**
 * Endpoints of the Message Batches API that lie, and what every client of it has to make of them.
 * For tests only: the relay's and the pipeline's run the same contract.
 */
@NullMarked
package dev.nightmail.hostile;

import org.jspecify.annotations.NullMarked;
