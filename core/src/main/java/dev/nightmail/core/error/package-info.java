/** The kinds of error that clients know. */
@NullMarked
package dev.nightmail.core.error;

import org.jspecify.annotations.NullMarked;
