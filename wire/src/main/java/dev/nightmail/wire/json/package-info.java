/**
 * Reads the bodies of the Message Batches API into the values of {@code dev.nightmail.wire.batch}.
 */
@NullMarked
package dev.nightmail.wire.json;

import org.jspecify.annotations.NullMarked;
