/** API keys: how they look, what they may do, how they are kept. */
@NullMarked
package dev.nightmail.core.key;

import org.jspecify.annotations.NullMarked;
