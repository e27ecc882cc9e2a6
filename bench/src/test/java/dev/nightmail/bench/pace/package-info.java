/** Specifies the upstreams that the pace is measured at. */
@NullMarked
package dev.nightmail.bench.pace;

import org.jspecify.annotations.NullMarked;
