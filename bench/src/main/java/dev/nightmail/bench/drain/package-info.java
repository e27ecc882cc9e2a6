/** How fast the requests of a batch are answered and settled. */
@NullMarked
package dev.nightmail.bench.drain;

import org.jspecify.annotations.NullMarked;
