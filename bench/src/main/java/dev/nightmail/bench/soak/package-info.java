/** Hostile upstreams, hostile clients and good ones, all at the same server for a long time. */
@NullMarked
package dev.nightmail.bench.soak;

import org.jspecify.annotations.NullMarked;
