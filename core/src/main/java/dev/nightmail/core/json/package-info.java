/** JSON as the core sees it: bytes to be carried, never looked into. */
@NullMarked
package dev.nightmail.core.json;

import org.jspecify.annotations.NullMarked;
