/** JSON that is read for its structure and passed on in the very bytes it was written with. */
@NullMarked
package dev.nightmail.upstream.json;

import org.jspecify.annotations.NullMarked;
