/** How soon a server is back after it was killed. */
@NullMarked
package dev.nightmail.bench.restart;

import org.jspecify.annotations.NullMarked;
