/** A million requests, and whether each costs what one of a hundred thousand does. */
@NullMarked
package dev.nightmail.bench.million;

import org.jspecify.annotations.NullMarked;
