/** Ten thousand calls at once at an upstream that takes a second for each. */
@NullMarked
package dev.nightmail.bench.inflight;

import org.jspecify.annotations.NullMarked;
