/** Decodes the bodies of HTTP messages, those of clients and those of upstreams alike. */
@NullMarked
package dev.nightmail.core.coding;

import org.jspecify.annotations.NullMarked;
