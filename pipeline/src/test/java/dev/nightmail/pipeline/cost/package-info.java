/** Tokens into money. */
@NullMarked
package dev.nightmail.pipeline.cost;

import org.jspecify.annotations.NullMarked;
