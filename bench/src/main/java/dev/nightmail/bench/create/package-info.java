/** How fast a batch is accepted. */
@NullMarked
package dev.nightmail.bench.create;

import org.jspecify.annotations.NullMarked;
