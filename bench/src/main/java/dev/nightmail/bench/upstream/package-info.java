/** A local upstream that answers at once, in a process of its own. */
@NullMarked
package dev.nightmail.bench.upstream;

import org.jspecify.annotations.NullMarked;
