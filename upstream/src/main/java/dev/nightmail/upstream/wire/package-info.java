/** What Claude-shaped services say on the wire: error bodies, retry hints, Messages. */
@NullMarked
package dev.nightmail.upstream.wire;

import org.jspecify.annotations.NullMarked;
