/** A worker's right to a chunk of a batch, until a deadline, fenced by an epoch. */
@NullMarked
package dev.nightmail.core.lease;

import org.jspecify.annotations.NullMarked;
