/** Tokens into money: dated prices as data, an estimate before a run, an account after it. */
@NullMarked
package dev.nightmail.pipeline.cost;

import org.jspecify.annotations.NullMarked;
