/** How the upstreams stand, for those who run the server. */
@NullMarked
package dev.nightmail.api.upstreams;

import org.jspecify.annotations.NullMarked;
