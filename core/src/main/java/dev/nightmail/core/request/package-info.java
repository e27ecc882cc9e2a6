/** The requests of a batch: their names, where their bytes lie, what they are likely to cost. */
@NullMarked
package dev.nightmail.core.request;

import org.jspecify.annotations.NullMarked;
