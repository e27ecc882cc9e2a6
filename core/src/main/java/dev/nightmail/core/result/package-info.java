/** The one final answer to a request, and the log that makes it durable. */
@NullMarked
package dev.nightmail.core.result;

import org.jspecify.annotations.NullMarked;
