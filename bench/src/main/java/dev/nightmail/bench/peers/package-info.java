/** What others make of the same work, on the same upstream, in the same run. */
@NullMarked
package dev.nightmail.bench.peers;

import org.jspecify.annotations.NullMarked;
